"""A file system that forgets what was not synced when the power is cut.

``chaos_file_system.py FOLDER`` mounts it on FOLDER/disk until it is killed, which is
the power cut. It begins with what was synced before. Handles are those of real files
in FOLDER/live; what would be left of these is in FOLDER/kept. Where no such file system
can be had it ends with EX_UNAVAILABLE.
"""

import os
import sys
from pathlib import Path

from chaos_kept import Kept

try:
    from mfusepy import FUSE, Operations
except (ImportError, OSError) as error:
    sys.stderr.write(f"{error}\n")
    sys.exit(os.EX_UNAVAILABLE)

STATUS = ("mode", "nlink", "uid", "gid", "size", "blocks", "ino")


class ForgetfulDisk(Operations):
    """One thread serves it, so that each operation is done when the next one comes."""

    use_ns = True

    def __init__(self, folder):
        self._root = folder / "live"
        self._kept = Kept(folder / "kept", self._root)

    # ---- what can be lost

    def create(self, path, mode, flags):
        handle = os.open(self._at(path), os.O_RDWR | os.O_CREAT, mode)
        self._kept.made(self._at(path))
        return handle

    def mkdir(self, path, mode):
        self._at(path).mkdir(mode)
        self._kept.made(self._at(path))

    def open(self, path, flags):
        """The kernel says where to write, and when; what is written is read, too."""
        handle = os.open(self._at(path), os.O_RDWR)
        if flags & os.O_TRUNC:
            self.truncate(path, 0)
        return handle

    def write(self, path, data, offset, handle):
        size = os.pwrite(handle, data, offset)
        self._kept.written(handle, offset, size)
        return size

    def truncate(self, path, length, handle=None):
        before = self._at(path).stat()
        os.truncate(self._at(path), length)
        self._kept.resized(before, length)

    def link(self, target, source):
        self._at(target).hardlink_to(self._at(source))
        self._kept.named(self._at(target))

    def rename(self, old, new):
        self._at(old).rename(self._at(new))
        self._kept.moved(self._at(old), self._at(new))

    def unlink(self, path):
        self._at(path).unlink()
        self._kept.named(self._at(path))

    def rmdir(self, path):
        self._at(path).rmdir()
        self._kept.named(self._at(path))

    # ---- what keeps it

    def fsync(self, path, datasync, handle):
        self._kept.sync_file(handle)

    def fsyncdir(self, path, datasync, handle):
        self._kept.sync_folder(self._at(path))

    # ---- what changes nothing that is kept

    def getattr(self, path, handle=None):
        found = os.lstat(self._at(path)) if handle is None else os.fstat(handle)
        times = {f"st_{t}time": getattr(found, f"st_{t}time_ns") for t in "amc"}
        return times | {f"st_{name}": getattr(found, f"st_{name}") for name in STATUS}

    def chmod(self, path, mode):
        self._at(path).chmod(mode)

    def chown(self, path, uid, gid):
        os.chown(self._at(path), uid, gid)

    def utimens(self, path, times=None):
        os.utime(self._at(path), ns=times)

    def read(self, path, size, offset, handle):
        return os.pread(handle, size, offset)

    def release(self, path, handle):
        os.close(handle)

    def readdir(self, path, handle):
        return [".", "..", *(each.name for each in self._at(path).iterdir())]

    def statfs(self, path):
        found = os.statvfs(self._root)
        return {name: getattr(found, name) for name in dir(found) if name[:2] == "f_"}

    def _at(self, path):
        return self._root / path.lstrip("/")


def main(folder):
    disk = ForgetfulDisk(folder)
    try:
        FUSE(
            disk,
            str(folder / "disk"),
            foreground=True,
            nothreads=True,
            hard_remove=True,
            fsname="forgetful",
        )
    except RuntimeError as error:
        sys.stderr.write(f"It could not be mounted: {error}\n")
        sys.exit(os.EX_UNAVAILABLE)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
