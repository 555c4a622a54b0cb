"""`python -m ticketing.serve auth`: services in the foreground, as containers run them.

``nameko run --config config.yaml auth.service``, and more: it chooses the hub; a start
that cannot succeed ends with one sentence and code 1, where nameko's own is 0 for some;
and SIGTERM, which the kernel keeps from a process 1 that has no handler yet, counts
from the first moment. SIGHUP starts again in place, with the code that is there then.
"""

import argparse
import logging.config
import os
import signal
import sys
import warnings
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import yaml

CONFIG = "config.yaml"
# A start lasts as long as a server is away; once asked to end, it gets so many seconds.
PATIENCE = 2


class Ending:
    """The signal that ends the services, heard from the first moment on."""

    def __init__(self) -> None:
        self.signal = 0
        self._act: Callable[[], object] = lambda: signal.alarm(PATIENCE)

    def listen(self) -> None:
        signal.signal(signal.SIGALRM, lambda *_: os._exit(0))
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._hear)

    def call(self, act: Callable[[], object]) -> None:
        """Call ``act`` when a signal comes, or now if one has come already."""
        signal.alarm(0)
        self._act = act
        if self.signal:
            act()

    def _hear(self, number: int, _frame: object) -> None:
        self.signal = number
        self._act()


def main(arguments: list[str]) -> int:
    """Run the named services until a signal ends them; return the exit code."""
    ending = Ending()
    ending.listen()
    services = _services(arguments)
    _prepare()
    _run(services, ending)
    if ending.signal == signal.SIGHUP:
        again = [sys.executable, "-m", "ticketing.serve", *arguments]
        os.execv(sys.executable, again)  # noqa: S606 - the same process, anew
    return 0


def _services(arguments: list[str]) -> list[str]:
    parser = argparse.ArgumentParser(
        prog="python -m ticketing.serve",
        description="Runs services of Ticketing on one HTTP port until it is stopped. "
        f"Settings come from {CONFIG} and the environment.",
    )
    parser.add_argument("service", nargs="+", help="auth, tickets, orders, …")
    services = list(parser.parse_args(arguments).service)
    for name in services:
        if not name.isidentifier() or find_spec(name) is None:
            raise SystemExit(f"There is no service {name} here.")
    return services


def _prepare() -> None:
    # nats-py needs this hub, and it can only be chosen before eventlet is used.
    os.environ["EVENTLET_HUB"] = "asyncio"
    # nameko's use of pkg_resources and of eventlet is known; both are pinned.
    warnings.filterwarnings("ignore", module=r"nameko\.")
    warnings.filterwarnings("ignore", message=r"\s*Eventlet is deprecated")
    import eventlet  # noqa: PLC0415 - not before the hub is chosen

    eventlet.monkey_patch()


def _run(services: list[str], ending: Ending) -> None:
    import eventlet  # noqa: PLC0415 - patched by now

    runner = _runner(services)
    runner.start()
    # A signal's handler may not wait, and a green thread may.
    ending.call(lambda: eventlet.spawn_n(runner.stop))
    runner.wait()


def _runner(services: list[str]) -> Any:
    from nameko.cli.run import import_service  # noqa: PLC0415 - patched by now
    from nameko.exceptions import CommandError, ConfigurationError  # noqa: PLC0415
    from nameko.runners import ServiceRunner  # noqa: PLC0415

    runner = ServiceRunner(_config())
    try:
        for service in services:
            for found in import_service(f"{service}.service"):
                runner.add_service(found)
    except (CommandError, ConfigurationError) as error:
        raise SystemExit(f"{error}.") from None
    return runner


def _config() -> dict[str, Any]:
    from nameko.cli.main import setup_yaml_parser  # noqa: PLC0415 - patched by now

    from ticketing.setting_files import from_files  # noqa: PLC0415

    setup_yaml_parser()
    try:
        text = Path(CONFIG).read_text(encoding="utf-8")
        given = from_files(os.environ, text)
        os.environ.update(given)
        config = yaml.safe_load(text)
        for name in given:
            del os.environ[name]
    except (OSError, yaml.YAMLError) as error:
        raise SystemExit(f"{CONFIG} cannot be read: {error}.") from None
    logging.config.dictConfig(config["LOGGING"])
    return dict(config)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
