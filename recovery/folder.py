"""A folder of backups: one folder each, named by its time, complete or not there.

::

    20260131T120000Z/manifest.json      what is in it, with the sums of its files
    20260131T120000Z/mongodb/orders/orders.bson
    20260131T120000Z/TICKETING.snapshot
"""

import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from recovery.errors import RecoveryError

Json = dict[str, Any]

MANIFEST = "manifest.json"
_FORMAT = 1
_NAME = "%Y%m%dT%H%M%SZ"


@dataclass(frozen=True)
class Backup:
    """A complete one. ``until`` is when its last document was read."""

    path: Path
    manifest: Json

    @property
    def begun(self) -> datetime:
        return datetime.fromisoformat(self.manifest["begun"])

    @property
    def until(self) -> datetime:
        return datetime.fromisoformat(self.manifest["until"])

    def check(self) -> None:
        """Raise RecoveryError unless every file is as it was written."""
        for name, known in self.manifest["files"].items():
            path = self.path / name
            if not path.is_file() or _sum(path) != known:
                raise RecoveryError(f"{path} is not as it was written")


def snapshot(stream: str) -> str:
    return f"{stream}.snapshot"


@contextmanager
def new_backup(target: Path, now: datetime) -> Iterator[Path]:
    """Give a folder to fill; it appears under its name once all of it is on disk."""
    path = target / now.strftime(_NAME)
    if path.exists():
        raise RecoveryError(f"{path} is there already: wait a second")
    partial = target / f".{path.name}.partial"
    target.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(mode=0o700)
    try:
        yield partial
        _sync(partial)
        partial.rename(path)
        _sync_one(target)
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise


def forget_old(target: Path, kept: int) -> None:
    """Remove all but the newest so many that are complete."""
    complete = sorted(path.parent for path in target.glob(f"[0-9]*/{MANIFEST}"))
    for path in complete[:-kept]:
        # Renamed first: half of a backup must not pass for one.
        gone = path.with_name(f".{path.name}.partial")
        path.rename(gone)
        shutil.rmtree(gone)


def write_manifest(path: Path, manifest: Json) -> None:
    sums = {str(each.relative_to(path)): _sum(each) for each in _files(path)}
    told = {"format": _FORMAT, **manifest, "files": sums}
    (path / MANIFEST).write_text(json.dumps(told, indent=1), encoding="utf-8")


def find(source: Path, at: datetime | None) -> Backup:
    """Return the newest backup that was whole by a time, or one that is named itself.

    Raises RecoveryError.
    """
    if (source / MANIFEST).is_file():
        found = [_read(source)]
    else:
        found = [
            _read(path.parent) for path in sorted(source.glob(f"[0-9]*/{MANIFEST}"))
        ]
    known = [backup for backup in found if at is None or backup.until <= at]
    if not known:
        when = f" from before {at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC" if at else ""
        raise RecoveryError(f"There is no complete backup{when} in {source}")
    return max(known, key=lambda backup: backup.until)


def _read(path: Path) -> Backup:
    try:
        manifest = json.loads((path / MANIFEST).read_text(encoding="utf-8"))
    except ValueError:
        raise RecoveryError(f"{path / MANIFEST} cannot be read") from None
    if manifest.get("format") != _FORMAT:
        raise RecoveryError(f"{path} is of a format that this version does not know")
    return Backup(path, manifest)


def _files(path: Path) -> list[Path]:
    return sorted(each for each in path.rglob("*") if each.is_file())


def _sum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _sync(path: Path) -> None:
    for each in (*_files(path), *(p for p in path.rglob("*") if p.is_dir()), path):
        _sync_one(each)


def _sync_one(path: Path) -> None:
    number = os.open(path, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
