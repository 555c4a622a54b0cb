"""Running a service method in a worker and waiting for what it comes to."""

from typing import Any

from eventlet.event import Event as Flag

from ticketing import spans, tracing


def call(
    entrypoint: Any,
    args: tuple[Any, ...] = (),
    kwargs: dict[str, Any] | None = None,
    traceparent: str | None = None,
) -> tuple[Any, BaseException | None]:
    """Run the entrypoint's method; return its result and the error it raised.

    Waits as long as the method runs: who may not wait so long puts a time-out around.
    Raises ContainerBeingKilled.
    """
    done = Flag()

    def finished(_ctx: Any, result: Any, exc_info: Any) -> tuple[Any, Any]:
        done.send((result, exc_info[1] if exc_info else None))
        return result, exc_info

    context = spans.queued({tracing.CONTEXT_KEY: traceparent} if traceparent else {})
    entrypoint.container.spawn_worker(
        entrypoint, args, kwargs or {}, context_data=context, handle_result=finished
    )
    outcome: tuple[Any, BaseException | None] = done.wait()
    return outcome
