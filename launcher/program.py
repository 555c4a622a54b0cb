"""What the launcher needs to know of a program in order to run it."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from launcher import ROOT
from launcher.probes import Probe

# nameko's use of pkg_resources and of eventlet is known; both are pinned.
KNOWN_WARNINGS = ",".join(
    f"ignore:::nameko.{module}" for module in ("cli.main", "cli.commands", "containers")
)


@dataclass(frozen=True)
class Program:
    """One program. `name` is its log file's, `title` is what people call it."""

    name: str
    title: str
    command: tuple[str, ...]
    directory: Path
    environment: Mapping[str, str]
    answers: Probe
    ports: tuple[int, ...] = ()
    is_announced: bool = True
    # A laptop that wakes up may take a while; a program that has died is seen at once.
    patience_seconds: float = 90.0


def project_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """For programs of this project: found from anywhere, heard at once."""
    path = [str(ROOT), *filter(None, [environment.get("PYTHONPATH")])]
    added = {"PYTHONPATH": ":".join(path), "PYTHONUNBUFFERED": "1"}
    return {"PYTHONWARNINGS": KNOWN_WARNINGS, **environment, **added}


def find(*names: str) -> str | None:
    """The first of these programs that is installed, beside this Python or on PATH."""
    beside = str(Path(sys.executable).parent)
    found = (shutil.which(name, path=beside) or shutil.which(name) for name in names)
    return next(filter(None, found), None)
