"""A data folder belongs to one launcher, and holds nothing that is somebody else's."""

from __future__ import annotations

import stat

import pytest

from launcher import folder
from launcher.errors import FolderError


def test_a_claimed_folder_is_private_and_held_until_let_go(tmp_path):
    data = tmp_path / "a" / "b"
    assert not folder.is_claimed(data)
    with folder.claimed(data):
        assert stat.S_IMODE(data.stat().st_mode) == 0o700
        assert folder.is_claimed(data)
        with pytest.raises(FolderError, match="already runs"), folder.claimed(data):
            pass
    assert not folder.is_claimed(data)
    with folder.claimed(data):
        pass


def test_a_folder_with_other_things_is_refused(tmp_path):
    (tmp_path / "thesis.txt").write_text("mine")
    with (
        pytest.raises(FolderError, match="holds other things"),
        folder.claimed(tmp_path),
    ):
        pass
    assert [each.name for each in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_file_is_not_a_folder(tmp_path):
    file = tmp_path / "file"
    file.write_text("mine")
    for path in (file, file / "below"):
        with pytest.raises(FolderError, match=r"^Cannot use "), folder.claimed(path):
            pass


def test_wiping_removes_what_an_instance_makes_and_nothing_else(tmp_path):
    with folder.claimed(tmp_path / "data"):
        for name in ("redis/deep", "logs", "mail", "photos"):
            (tmp_path / "data" / name).mkdir(parents=True)
        folder.write_private(tmp_path / "data" / "secrets.json", "{}")
        folder.wipe(tmp_path / "data")
    left = {each.name for each in (tmp_path / "data").iterdir()}
    assert left == {"photos", "ticketing.lock"}


def test_wiping_does_not_follow_a_link_out_of_the_folder(tmp_path):
    (tmp_path / "photos").mkdir()
    with folder.claimed(tmp_path / "data"):
        (tmp_path / "data" / "redis").symlink_to(tmp_path / "photos")
        folder.wipe(tmp_path / "data")
    assert (tmp_path / "photos").exists()


def test_a_private_file_is_replaced_at_once_and_stays_private(tmp_path):
    path = tmp_path / "file"
    for text in ("one", "two"):
        folder.write_private(path, text)
        assert path.read_text() == text
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [each.name for each in tmp_path.iterdir()] == ["file"]
