"""A NATS server of one shop's own, which may be killed."""

import socket
import subprocess
from contextlib import suppress

from system_control import eventually, new_port

from launcher import servers
from launcher.program import find


class OwnNats:
    """As the launcher starts it."""

    def __init__(self, folder):
        self.port = new_port()
        self.url = f"nats://127.0.0.1:{self.port}"
        self._folder = folder
        self._config = folder / "nats.json"
        text = servers._nats_config(folder / "nats", self.port)
        self._config.write_text(text, encoding="utf-8")
        self._popen = None

    def start(self):
        with (self._folder / "nats.log").open("ab") as log:
            command = [find("nats-server"), "--config", self._config]
            self._popen = subprocess.Popen(command, stdout=log, stderr=log)
        return self

    def wait_until_ready(self):
        eventually(self._answers)
        return self

    def kill(self):
        self._popen.kill()
        self._popen.wait()

    end = kill

    def _answers(self):
        with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
            return True
        return False
