"""A copy of the project in a folder of its own, as a newcomer gets it."""

import os
import shutil
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

from newcomer_documents import ROOT

# Made by scripts/setup, and the same for every copy.
INSTALLED = (
    ".venv",
    ".venv-checks",
    "web/node_modules",
    "tests/browser/node_modules",
)
FOREIGN = ("PYTHONPATH", "EVENTLET_HUB", "VIRTUAL_ENV")
SERVERS = ("NATS_URL", "MONGODB_URI", "REDIS_URL", "AMQP_URI", "STRIPE_SECRET_KEY")


def interpreter(version: str) -> str:
    """Return a Python of this version, from the path or pyenv. Raises SystemExit."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    kept = pyenv.glob(f"versions/{version}*/bin/python")
    for found in (f"python{version}", *map(str, sorted(kept))):
        with suppress(OSError):
            asked = (found, "-c", "import ensurepip, venv")
            if subprocess.run(asked, check=False, capture_output=True).returncode == 0:
                return found
    sys.exit(f"scripts/newcomer: there is no Python {version} on this machine.")


class Project:
    """``python`` is another one than that of this project, to install it anew."""

    def __init__(self, folder: Path, python: str | None = None) -> None:
        self.root = folder / "ticketing"
        self._python = python
        left_out = (*FOREIGN, *SERVERS)
        self.environment = {k: v for k, v in os.environ.items() if k not in left_out}

    def make(self) -> None:
        listed = ("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
        found = subprocess.run(listed, cwd=ROOT, check=True, capture_output=True)
        for name in filter(None, found.stdout.decode().split("\0")):
            target = self.root / name
            target.parent.mkdir(parents=True, exist_ok=True)
            if (ROOT / name).exists():  # it may have been removed since
                shutil.copy2(ROOT / name, target, follow_symlinks=False)
        if self._python:
            self.run("scripts/setup --test", PYTHON=self._python)
        else:
            self._take_what_is_installed()

    def run(self, command: str, **variables: str) -> None:
        """Raises CalledProcessError, with its output in the terminal."""
        environment = self.environment | variables
        bash = ("bash", "-c", command)
        subprocess.run(bash, cwd=self.root, env=environment, check=True)

    def _take_what_is_installed(self) -> None:
        for name in INSTALLED:
            if (ROOT / name).exists() and not (self.root / name).exists():
                (self.root / name).symlink_to((ROOT / name).resolve())
