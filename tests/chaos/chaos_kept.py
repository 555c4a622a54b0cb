"""What a disk still has after a power cut: what was synced, and nothing else.

Each file and folder has a number. Of a file its pages are kept as they were when it was
last synced, and of a folder its names.
"""

import json
import os
import shutil
import stat
import time
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

PAGE = 4096
TOP = 0
WHOLE = 1 << 62


@dataclass
class Change:
    """Of one file since its last sync: new pages, and how much of the rest is left."""

    pages: set[int] = field(default_factory=set)
    left: int = WHOLE


class Kept:
    """``live`` is a folder used as a disk; ``folder`` has what is kept of it."""

    def __init__(self, folder, live):
        self._folder, self._live = folder, live
        folder.mkdir(exist_ok=True)
        shutil.rmtree(live, ignore_errors=True)
        live.mkdir()
        # No number comes twice, even if nothing is left of what had it.
        self._new_numbers = count(time.time_ns())
        self._numbers = {live.stat().st_ino: TOP}
        self._names = self._read_names()
        self._changes = {}
        # Folders by number, and those where a name came from or went to.
        self._renamed = {}
        self._restore(TOP, live, {})

    # ---- what is done to the disk

    def made(self, path):
        """A new file or folder."""
        self._numbers[path.lstat().st_ino] = next(self._new_numbers)
        self.named(path)

    def named(self, path):
        """The name has come, gone, or stands for something else now."""
        self._renamed.setdefault(self._number(path.parent), set())

    def moved(self, old, new):
        self.named(old)
        self.named(new)
        if old.parent != new.parent:
            self._renamed[self._number(old.parent)].add(new.parent)
            self._renamed[self._number(new.parent)].add(old.parent)

    def written(self, handle, offset, size):
        if size:
            pages = range(offset // PAGE, (offset + size - 1) // PAGE + 1)
            self._change(os.fstat(handle)).pages.update(pages)

    def resized(self, before, size):
        """``before`` is its status until then."""
        change = self._change(before)
        change.left = min(change.left, size, before.st_size)

    # ---- what keeps it

    def sync_file(self, handle):
        """What is in it and, as on ext4, its name."""
        number = self._numbers[os.fstat(handle).st_ino]
        if change := self._changes.pop(number, None):
            self._write(number, handle, change)
        if self._renamed and (path := where(handle)).exists():
            self.sync_folder(path.parent)

    def sync_folder(self, folder):
        """All at once, as a journal does: nothing is lost between two folders."""
        before = len(self._renamed)
        self._take_names(folder)
        if len(self._renamed) < before:
            draft = self._index.with_suffix(".draft")
            draft.write_text(json.dumps(self._names), encoding="utf-8")
            draft.replace(self._index)

    def _write(self, number, handle, change):
        descriptor = os.open(self._pages(number), os.O_RDWR | os.O_CREAT)
        with os.fdopen(descriptor, "r+b") as kept:
            kept.truncate(min(change.left, os.fstat(descriptor).st_size))
            for page in sorted(change.pages):
                kept.seek(page * PAGE)
                kept.write(os.pread(handle, PAGE, page * PAGE))
            kept.truncate(os.fstat(handle).st_size)

    def _take_names(self, folder):
        """And those on the way to it, without which nobody would find it."""
        while folder.is_relative_to(self._live) and folder.exists():
            number = self._number(folder)
            if number in self._renamed:
                others = self._renamed.pop(number)
                self._names[number] = self._list(folder)
                for other in others:
                    self._take_names(other)
            folder = folder.parent

    def _list(self, folder):
        return {
            path.name: (self._numbers[found.st_ino], found.st_mode)
            for path in folder.iterdir()
            for found in [path.lstat()]
        }

    # ---- after a power cut

    def _read_names(self):
        if not self._index.exists():
            return {}
        read = json.loads(self._index.read_text(encoding="utf-8"))
        return {int(number): names for number, names in read.items()}

    def _restore(self, number, folder, known):
        """``known`` are the paths of files that have another name already."""
        for name, (each, mode) in self._names.get(number, {}).items():
            path = folder / name
            if each in known:
                path.hardlink_to(known[each])
                continue
            if stat.S_ISDIR(mode):
                path.mkdir()
                self._restore(each, path, known)
            else:
                known[each] = path
                self._restore_file(each, path)
            path.chmod(stat.S_IMODE(mode))
            self._numbers[path.stat().st_ino] = each

    def _restore_file(self, number, path):
        path.touch()
        if self._pages(number).exists():
            shutil.copyfile(self._pages(number), path)

    @property
    def _index(self):
        return self._folder / "names"

    def _pages(self, number):
        return self._folder / f"{number}"

    def _number(self, path):
        return self._numbers[path.stat().st_ino]

    def _change(self, found):
        return self._changes.setdefault(self._numbers[found.st_ino], Change())


def where(handle):
    """The path of an open file; one that has no name any more does not exist."""
    return Path(f"/proc/self/fd/{handle}").readlink()
