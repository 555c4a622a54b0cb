"""The shop that a newcomer runs: started as a document says, ended by Ctrl-C."""

import os
import shlex
import shutil
import signal
import subprocess
import time

from newcomer_project import Project

from launcher.ports import free_port
from launcher.testing import READY

START_TIMEOUT = 300
STOP_TIMEOUT = 30


class Shop:
    def __init__(self, project: Project) -> None:
        self._project = project
        self._data = project.root / ".data"
        self._output = project.root.parent / "shop.output"
        self._process: subprocess.Popen[bytes] | None = None
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"

    @property
    def runs(self) -> bool:
        return self._process is not None

    def start(self, words: list[str]) -> None:
        """Start it, and wait until it says that it can be used."""
        self.stop()
        with self._output.open("wb") as output:
            self._process = subprocess.Popen(
                ("bash", "-c", f"exec env {shlex.join(words)}"),
                cwd=self._project.root,
                env=self._project.environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        self._wait_until_ready()

    def stop(self) -> None:
        """Press Ctrl-C, which every process of the terminal hears of."""
        process, self._process = self._process, None
        if process is None or process.poll() is not None:
            return
        os.killpg(process.pid, signal.SIGINT)
        try:
            code = process.wait(STOP_TIMEOUT)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            raise
        assert code == 0, f"after Ctrl-C it ended with {code}:\n{self._said()}"

    def forget(self) -> None:
        self.stop()
        shutil.rmtree(self._data, ignore_errors=True)

    def lose(self) -> None:
        """A disaster: what its servers kept is gone. Its secrets are kept elsewhere."""
        self.stop()
        for path in self._data.iterdir():
            if path.is_dir():
                shutil.rmtree(path)

    def _said(self) -> str:
        return self._output.read_text(encoding="utf-8", errors="replace")

    def _wait_until_ready(self) -> None:
        assert self._process
        deadline = time.monotonic() + START_TIMEOUT
        while not any(text in self._said() for text in READY):
            over = self._process.poll() is not None or time.monotonic() > deadline
            assert not over, f"it was not ready and said:\n{self._said()}"
            time.sleep(0.1)
