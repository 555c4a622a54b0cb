"""Which backups are kept."""

import pytest

from recovery import __main__ as recovery
from recovery.folder import MANIFEST, forget_old

NAMES = [f"2026013{day}T061700Z" for day in (0, 1, 2, 3)]


@pytest.fixture
def target(tmp_path):
    for name in NAMES:
        (tmp_path / name / "mongodb").mkdir(parents=True)
        (tmp_path / name / MANIFEST).write_text("{}")
    return tmp_path


def left(target):
    return sorted(path.name for path in target.iterdir())


def test_the_newest_are_kept(target):
    forget_old(target, 2)
    assert left(target) == NAMES[2:]


def test_fewer_than_are_kept_are_all_left(target):
    forget_old(target, 4)
    assert left(target) == NAMES


def test_what_is_no_backup_is_left_alone(target):
    """Somebody's files, one that is being made, one without its manifest."""
    for name in ("notes", ".20260131T121700Z.partial", "20260101T000000Z"):
        (target / name).mkdir()
    forget_old(target, 1)
    assert left(target) == [
        ".20260131T121700Z.partial",
        "20260101T000000Z",
        NAMES[-1],
        "notes",
    ]


@pytest.mark.parametrize("number", ["0", "-1", "x", "1.5", ""])
def test_a_number_that_would_keep_nothing_is_refused(number, capsys):
    with pytest.raises(SystemExit):
        recovery._parser().parse_args(["backup", "/b", "--keep", number])
    assert "is not a number of backups" in capsys.readouterr().err
