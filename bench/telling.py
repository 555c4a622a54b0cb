"""What it costs to say what one does: ``.venv/bin/python -m bench.telling``.

CPU of this process alone, the best of some rounds: a line of the log, written to
nowhere; places of a purchase that would tell of a span, without a collector; and with
one, a span, and the making of a batch for it.
"""

import io
import os
import time

os.environ["EVENTLET_HUB"] = "asyncio"

import eventlet

eventlet.monkey_patch()

import logging  # noqa: E402 - patched by now

from opentelemetry.exporter.otlp.proto.common.trace_encoder import (  # noqa: E402
    encode_spans,
)
from opentelemetry.sdk.trace.export.in_memory_span_exporter import (  # noqa: E402
    InMemorySpanExporter,
)

from ticketing import spans, tracing  # noqa: E402
from ticketing.logs import formatter  # noqa: E402

ROUNDS, TIMES = 7, 10_000


def best(act, times=TIMES):
    """Seconds of CPU that ``act`` takes, once."""
    found = []
    for _ in range(ROUNDS):
        began = time.process_time()
        for _ in range(times):
            act()
        found.append((time.process_time() - began) / times)
    return min(found)


def line():
    log = logging.getLogger("bench")
    log.setLevel(logging.INFO)
    log.propagate = False
    handler = logging.StreamHandler(io.TextIOWrapper(open(os.devnull, "wb")))  # noqa: SIM115, PTH123 - until the end
    handler.setFormatter(formatter("json"))
    log.addHandler(handler)
    told = {"action": "request"}
    return best(lambda: log.info("%s %s: %d", "POST", "/a", 201, extra=told))


def places():
    """What one method that asks for another does by the way."""
    context = {}

    def work():
        spans.queued(context)
        spans.begin_work(None)
        with spans.call("tickets", "get_ticket"):
            pass
        spans.end_work(None, None)

    return best(work)


def recorded():
    """A span, and a batch of them; for the collector's side of it nothing is done."""
    from opentelemetry.sdk.trace.export import SimpleSpanProcessor  # noqa: PLC0415

    from ticketing.span_exporter import AT_ONCE  # noqa: PLC0415 - counts from here on
    from ticketing.span_recorder import Recorder  # noqa: PLC0415

    kept = InMemorySpanExporter()
    recorder = Recorder(SimpleSpanProcessor(kept))

    def work():
        with recorder.call("tickets", "get_ticket"):
            pass

    span = best(work, 1000)
    batch = kept.get_finished_spans()[:AT_ONCE]
    whole = best(lambda: encode_spans(batch).SerializePartialToString(), 50)
    return span, whole, AT_ONCE


def main():
    tracing.follow(tracing.new_traceparent())
    print(f"a line of the log          {line() * 1e6:6.1f} µs")
    print(f"four places, no collector  {places() * 1e6:6.2f} µs")
    span, whole, count = recorded()
    print(f"a span, with a collector   {span * 1e6:6.1f} µs")
    print(f"a batch of {count}, made       {whole * 1e3:6.2f} ms")


if __name__ == "__main__":
    eventlet.spawn(main).wait()
