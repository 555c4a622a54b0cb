"""The data folder of one instance: whose it is, who holds it, what is private in it."""

from __future__ import annotations

import fcntl
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from launcher.errors import FolderError

# Its presence says that the folder is one of ours, its lock that a launcher runs there.
LOCK = "ticketing.lock"
ENVIRONMENT = "environment"
SECRETS = "secrets.json"
# Where Prometheus finds the processes that run.
TARGETS = "prometheus-targets.json"
LOGS = "logs"
MAIL = "mail"
SERVERS = ("nats", "mongodb", "redis", "rabbitmq", "stripe")
# scripts/shell holds the lock for an instant when it looks whether an instance runs.
PATIENCE_SECONDS = 0.5


@contextmanager
def claimed(data: Path) -> Iterator[None]:
    """Holds the folder, made if need be, for this process alone. Raises FolderError."""
    make(data)
    with (data / LOCK).open("a+", encoding="ascii") as lock:
        _take(lock, data)
        yield


def is_claimed(data: Path) -> bool:
    """Whether a launcher runs on that folder now."""
    try:
        with (data / LOCK).open(encoding="ascii") as lock:
            return not _locks(lock, fcntl.LOCK_SH)
    except OSError:
        return False


def make(data: Path) -> None:
    """Makes the folder one of ours, unless it holds other things: FolderError."""
    try:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        if any(data.iterdir()) and not (data / LOCK).exists():
            raise FolderError(
                f"{data} holds other things than Ticketing's data: "
                "choose a new or empty folder with --data."
            )
        (data / LOCK).touch(mode=0o600)
    except OSError as error:
        raise FolderError(
            f"Cannot use {data} as the data folder: {error.strerror}."
        ) from error


def wipe(data: Path) -> None:
    """Removes what an instance keeps, and nothing that somebody else put there."""
    for name in (*SERVERS, LOGS, MAIL):
        shutil.rmtree(data / name, ignore_errors=True)
    for name in (ENVIRONMENT, SECRETS, TARGETS):
        (data / name).unlink(missing_ok=True)


def write_private(path: Path, text: str) -> None:
    """Replaces a file at once, readable by its owner only."""
    draft = path.with_name(path.name + ".new")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    draft.replace(path)


def _take(lock: IO[str], data: Path) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not _locks(lock, fcntl.LOCK_EX):
        if time.monotonic() > deadline:
            raise FolderError(_held(lock, data))
        time.sleep(0.05)
    lock.truncate(0)
    lock.write(f"{os.getpid()}\n")
    lock.flush()


def _locks(lock: IO[str], kind: int) -> bool:
    try:
        fcntl.flock(lock, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _held(lock: IO[str], data: Path) -> str:
    lock.seek(0)
    holder = lock.read().strip() or "unknown"
    return (
        f"Ticketing already runs with the data folder {data} (process {holder}): "
        "stop it or choose another folder with --data."
    )
