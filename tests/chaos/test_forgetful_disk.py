"""The disk under row 5 by itself: after a cut it has what was synced, and only that."""

import os
from contextlib import contextmanager
from mmap import mmap

import pytest

PAGE = 4096


@contextmanager
def opened(path, flags=os.O_RDWR | os.O_CREAT):
    handle = os.open(path, flags, 0o640)
    try:
        yield handle
    finally:
        os.close(handle)


def keep(path, data=b""):
    """Writes a file and syncs it, as careful programs do."""
    with opened(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC) as handle:
        os.write(handle, data)
        os.fsync(handle)


def sync_folder(path):
    with opened(path, os.O_RDONLY) as handle:
        os.fsync(handle)


@pytest.fixture
def home(disk, tmp_path):
    """A new folder on the disk."""
    home = disk.path / tmp_path.name
    home.mkdir()
    sync_folder(disk.path)
    return home


def names(path):
    return {each.name for each in path.iterdir()}


@pytest.mark.parametrize("sync", [os.fsync, os.fdatasync])
def test_what_was_synced_stays_and_what_came_after_does_not(sync, disk, home):
    """Of bytes that were added, and of bytes that were written over."""
    with opened(home / "a") as handle:
        os.write(handle, b"kept" * PAGE)
        sync(handle)
        os.write(handle, b"lost")
        os.pwrite(handle, b"lost", 4)
        assert os.pread(handle, 12, 0) == b"keptlostkept"
    disk.cut()
    assert (home / "a").read_bytes() == b"kept" * PAGE


def test_a_file_that_was_never_synced_is_gone(disk, home):
    (home / "a").write_bytes(b"lost")
    assert names(home) == {"a"}
    disk.cut()
    assert names(home) == set()


@pytest.mark.parametrize("flag", [os.O_SYNC, os.O_DSYNC])
def test_a_file_opened_for_synced_writes_needs_no_other_sync(flag, disk, home):
    with opened(home / "a", os.O_WRONLY | os.O_CREAT | os.O_APPEND | flag) as a:
        os.write(a, b"ke")
        os.write(a, b"pt")
    disk.cut()
    assert (home / "a").read_bytes() == b"kept"


def test_the_sync_of_a_folder_keeps_its_names_and_not_what_is_in_them(disk, home):
    (home / "a").write_bytes(b"lost")
    sync_folder(home)
    disk.cut()
    assert (home / "a").read_bytes() == b""


def test_the_sync_of_a_file_keeps_the_way_to_it_with_its_rights(disk, home):
    (home / "b" / "c").mkdir(parents=True)
    keep(home / "b" / "c" / "d", b"kept")
    disk.cut()
    assert (home / "b" / "c" / "d").read_bytes() == b"kept"
    assert (home / "b" / "c" / "d").stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize("is_synced", [True, False])
def test_a_file_put_in_the_place_of_another_is_whole_either_way(is_synced, disk, home):
    """After the sync of the folder it is the new one, and without it still the old."""
    keep(home / "a", b"old")
    keep(home / "a.new", b"new")
    (home / "a.new").replace(home / "a")
    if is_synced:
        sync_folder(home)
    disk.cut()
    assert (home / "a").read_bytes() == (b"new" if is_synced else b"old")
    assert names(home) == ({"a"} if is_synced else {"a", "a.new"})


@pytest.mark.parametrize("synced", ["from", "to", None])
def test_a_file_moved_to_another_folder_is_in_one_of_them(synced, disk, home):
    """The sync of either keeps both."""
    for name in ("from", "to"):
        (home / name).mkdir()
    keep(home / "from" / "a", b"kept")
    (home / "from" / "a").rename(home / "to" / "a")
    if synced:
        sync_folder(home / synced)
    sync_folder(home)
    disk.cut()
    here, there = ("to", "from") if synced else ("from", "to")
    assert (home / here / "a").read_bytes() == b"kept"
    assert names(home / there) == set()


@pytest.mark.parametrize("is_synced", [True, False])
def test_a_removed_file_is_back_unless_its_folder_was_synced(is_synced, disk, home):
    keep(home / "a", b"kept")
    (home / "a").unlink()
    if is_synced:
        sync_folder(home)
    disk.cut()
    assert names(home) == (set() if is_synced else {"a"})


def test_a_new_file_has_nothing_of_a_removed_one(disk, home):
    keep(home / "a", b"old")
    (home / "a").unlink()
    keep(home / "b")
    disk.cut()
    assert names(home) == {"b"}
    assert (home / "b").read_bytes() == b""


def test_what_stood_behind_a_shorter_end_does_not_come_back(disk, home):
    keep(home / "a", b"1" * 5 * PAGE)
    with opened(home / "a") as handle:
        os.ftruncate(handle, PAGE + 1)
        os.pwrite(handle, b"2", 4 * PAGE)
        os.fsync(handle)
    disk.cut()
    kept = b"1" * (PAGE + 1) + b"\0" * (3 * PAGE - 1) + b"2"
    assert (home / "a").read_bytes() == kept


def test_a_file_made_longer_is_as_long_after_its_sync(disk, home):
    with opened(home / "a") as handle:
        os.ftruncate(handle, PAGE)
        os.fsync(handle)
    disk.cut()
    assert (home / "a").read_bytes() == b"\0" * PAGE


def test_a_file_made_shorter_is_as_long_as_before_until_it_is_synced(disk, home):
    keep(home / "a", b"kept")
    with opened(home / "a", os.O_WRONLY | os.O_TRUNC):
        assert (home / "a").read_bytes() == b""
    disk.cut()
    assert (home / "a").read_bytes() == b"kept"


def test_a_mapped_file_keeps_what_was_flushed(disk, home):
    keep(home / "a", b"0" * PAGE)
    flags = os.O_RDWR | os.O_APPEND
    with opened(home / "a", flags) as handle, mmap(handle, PAGE) as mapped:
        mapped[:4] = b"kept"
        mapped.flush()
        mapped[4:8] = b"lost"
        disk.cut()
    assert (home / "a").read_bytes() == b"kept" + b"0" * (PAGE - 4)


def test_a_file_with_two_names_is_one_file_still(disk, home):
    keep(home / "a", b"one")
    (home / "b").hardlink_to(home / "a")
    sync_folder(home)
    disk.cut()
    (home / "b").write_bytes(b"two")
    assert (home / "a").read_bytes() == b"two"


def test_it_can_be_cut_again_and_again(disk, home):
    for number in range(3):
        keep(home / f"{number}", b"kept")
        (home / "lost").write_bytes(b"lost")
        disk.cut()
    assert names(home) == {"0", "1", "2"}
