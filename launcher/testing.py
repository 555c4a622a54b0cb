"""An instance started as its users start it, for tests of the whole.

with Launched(tmp_path / "data", "--servers-only") as launched:
    environment = launched.instance.environment()
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from launcher import ROOT
from launcher.instance import Instance
from launcher.ports import free_port
from launcher.program import project_environment
from launcher.up import SERVERS

# The browser that looks at pages, and how it runs where no one has a screen.
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage")
READY = ("Ticketing is ready at ", "Servers are ready.")


class Launched:
    """`python -m launcher up` on a folder and a port of its own.

    Its output goes to a file: a pipe must be emptied, and eventlet changes pipes.
    """

    def __init__(
        self,
        data: Path,
        *options: str,
        port: int | None = None,
        environment: Mapping[str, str] | None = None,
        accounts: bool | None = None,
    ) -> None:
        own = {name: value for name, value in os.environ.items() if name not in SERVERS}
        # All that tests do comes from one address, and more of it than any person does.
        own = {"RATE_LIMITS": "off"} | own | dict(environment or {})
        self.environment = project_environment(own)
        self.instance = Instance(
            data,
            port or free_port(),
            # Servers alone are shared by many tests, each with a namespace of its own.
            open="--servers-only" in options if accounts is None else not accounts,
            given=self.environment,
        )
        self.options = (*options, "--open") if self.instance.open else options
        self.output = data.with_name(f"{data.name}-{self.instance.port}.output")
        self.process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        try:
            self.wait_until_ready()
        except BaseException:
            self.kill()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def start(self) -> None:
        where = ("--data", str(self.instance.data), "--port", str(self.instance.port))
        command = (sys.executable, "-P", "-m", "launcher", "up", *where, *self.options)
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                command,
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )

    def said(self) -> str:
        return self.output.read_text(encoding="utf-8")

    def wait_until_ready(self, timeout: float = 120) -> None:
        """Raises RuntimeError with all that was said when it ends or takes too long."""
        self.wait_until_said(*READY, timeout=timeout)

    def wait_until_said(self, *texts: str, timeout: float = 60) -> None:
        """Until one of the texts stands in the output."""
        assert self.process
        deadline = time.monotonic() + timeout
        while not any(text in self.said() for text in texts):
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"Ticketing was not ready. It said:\n{self.said()}")
            time.sleep(0.05)

    def stop(self, number: signal.Signals = signal.SIGTERM, timeout: float = 15) -> int:
        """The exit code; it stops by itself after a signal, or is killed."""
        assert self.process
        self.process.send_signal(number)
        try:
            return self.process.wait(timeout)
        finally:
            self.kill()

    def kill(self) -> None:
        assert self.process
        self.process.kill()
        self.process.wait()
