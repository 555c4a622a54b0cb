"""A disk of one test's own, of which the power can be cut."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from system_control import eventually

PROGRAM = Path(__file__).with_name("chaos_file_system.py")


class NoDiskError(Exception):
    """This machine mounts no file system for us"""


class Disk:
    """``path`` is where it is used, once it is on."""

    def __init__(self, folder):
        self.path = folder / "disk"
        self._folder, self._popen = folder, None
        self.path.mkdir()

    def on(self):
        """With what was synced before. Raises NoDiskError where that cannot be."""
        if not unmounter():
            raise NoDiskError("there is no fusermount")
        with (self._folder / "disk.log").open("ab") as log:
            self._popen = subprocess.Popen(
                [sys.executable, PROGRAM, self._folder],
                stdout=log,
                stderr=log,
            )
        eventually(self._is_on)
        return self

    def cut(self):
        """All that was not synced is lost, and then the power is back."""
        self.off()
        self.on()

    def off(self):
        if self._popen is not None:
            self._popen.kill()
            self._popen.wait()
            self._popen = None
            subprocess.run([unmounter(), "-u", "-z", self.path], check=True)

    def _is_on(self):
        if (code := self._popen.poll()) is not None:
            self._popen = None
            log = (self._folder / "disk.log").read_text(encoding="utf-8")
            raise NoDiskError(log) if code == os.EX_UNAVAILABLE else RuntimeError(log)
        return self.path.is_mount()


def unmounter():
    return shutil.which("fusermount3") or shutil.which("fusermount")
