"""What works on an instance that runs: nameko, its shell, a backup and a restore."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import NoReturn

from launcher import ROOT, folder, instance, services
from launcher.errors import NotRunningError
from launcher.program import project_environment
from ticketing.accounts import ADMIN
from ticketing.roles import ALL


def nameko(options: argparse.Namespace) -> NoReturn:
    """Becomes nameko, at the project's root. Raises NotRunningError."""
    _become(options.data, options.arguments)


def shell(options: argparse.Namespace) -> NoReturn:
    arguments = ["shell", "--config", services.CONFIG, *options.arguments]
    if not sys.stdin.isatty():
        os.environ["PYTHONSTARTUP"] = str(ROOT / "launcher" / "startup.py")
    _become(options.data, arguments)


def recovery(command: str, options: argparse.Namespace) -> NoReturn:
    """Becomes a backup or a restore, in the folder it was asked for in."""
    arguments = ["-P", "-m", "recovery", command, *options.arguments]
    environment = _environment(options.data)
    environment |= _as_admin(environment, instance.known_secrets(options.data))
    os.execve(  # noqa: S606 - a shell is not wanted
        sys.executable, [sys.executable, *arguments], environment
    )


def _as_admin(environment: dict[str, str], secrets: dict[str, str]) -> dict[str, str]:
    """The servers of the folder, known by its administrator: services may do less."""
    found = {}
    for name, server in (("NATS_URL", "nats"), ("MONGODB_URI", "mongodb")):
        own = f"{ALL.name}:{secrets.get(f'{server}:{ALL.name}')}@"
        admin = f"{ADMIN}:{secrets.get(f'{server}:{ADMIN}')}@"
        found[name] = environment.get(name, "").replace(own, admin, 1)
    return {name: url for name, url in found.items() if url}


def _become(data: Path, arguments: list[str]) -> NoReturn:
    environment = _environment(data)
    os.chdir(ROOT)
    os.execve(  # noqa: S606 - a shell is not wanted
        services.NAMEKO, [str(services.NAMEKO), *arguments], environment
    )


def _environment(data: Path) -> dict[str, str]:
    chosen = {name: value for name, value in os.environ.items() if value}
    return project_environment(_instance_environment(data) | chosen | services.HUB)


def _instance_environment(data: Path) -> dict[str, str]:
    """Nothing is needed when the environment itself names every server."""
    try:
        if folder.is_claimed(data):
            return instance.read_environment(data)
    except FileNotFoundError:
        pass  # it is just stopping, or did not come that far yet
    if all(os.environ.get(name) for name in instance.SERVERS):
        return {}
    raise NotRunningError(
        f"Ticketing does not run with the data folder {data}: "
        "start it with scripts/up, or name the folder with --data."
    )
