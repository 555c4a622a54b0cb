"""Servers of one test's own, as the launcher starts them, to be killed."""

import asyncio
import os
import subprocess

from system_control import eventually, new_port

from launcher.instance import Instance
from launcher.up import SERVERS


def own_instance(data, **more):
    """Of servers that ask nobody for an account; ``more`` is in their environment."""
    given = {name: value for name, value in os.environ.items() if name not in SERVERS}
    return Instance(data, new_port(), open=True, given=given | more)


def as_it_is(program):
    return program


class OwnServer:
    """``setting`` says which one, as in NATS_URL.

    ``changed`` makes another program of the launcher's. Logs are in the folder.
    """

    def __init__(self, instance, setting, folder, changed=None):
        self.url = instance._servers("")[setting]
        self.port = None
        self._make = lambda: (changed or as_it_is)(SERVERS[setting](instance))
        self._folder = folder
        self._program = self._popen = None

    def start(self):
        self._program = program = self._make()
        (self.port,) = program.ports
        with self._log.open("ab") as log:
            self._popen = subprocess.Popen(
                program.command,
                cwd=program.directory,
                env=program.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        return self

    def wait_until_ready(self):
        eventually(self._answers)
        return self

    def kill(self):
        self._popen.kill()
        self._popen.wait()

    def end(self):
        if self._popen is not None:
            self.kill()

    def _answers(self):
        assert self._popen.poll() is None, f"it has ended: {self._log.read_text()}"
        return asyncio.run(self._program.answers(self._popen.pid))

    @property
    def _log(self):
        return self._folder / f"{self._program.name}.log"
