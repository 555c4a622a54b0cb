"""Copies of others' things: applied in order, once, whatever the bus does."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from unit_doubles import TICKET

from ticketing.errors import NotFoundError, VersionGapError
from ticketing.fakes import MemoryReplicas
from ticketing.replicas import PATIENCE


def apply(replicas, version, **options):
    replicas.apply(TICKET, version, {"title": f"v{version}"}, **options)


def applied(replicas, version):
    try:
        apply(replicas, version)
    except VersionGapError:
        return False
    return True


@pytest.fixture
def replicas():
    return MemoryReplicas()


def test_the_next_version_is_applied(replicas):
    apply(replicas, 0)
    apply(replicas, 1)
    assert replicas.find(TICKET) == {"_id": TICKET, "version": 1, "title": "v1"}


def test_a_version_that_came_before_is_ignored(replicas):
    for version in (0, 1, 0, 1):
        apply(replicas, version)
    assert replicas.find(TICKET)["version"] == 1


@pytest.mark.parametrize("version", [1, 2, 9])
def test_a_gap_is_waited_for(replicas, version):
    with pytest.raises(VersionGapError):
        apply(replicas, version)
    assert replicas.find(TICKET) is None


def owner():
    return {"version": 5, "title": "from the owner"}


def test_a_gap_that_stays_is_closed_by_asking_the_owner(replicas):
    with pytest.raises(VersionGapError):
        apply(replicas, 3, attempt=PATIENCE - 1, owner=owner)
    apply(replicas, 3, attempt=PATIENCE, owner=owner)
    assert replicas.find(TICKET)["title"] == "from the owner"
    apply(replicas, 4)
    apply(replicas, 5)
    assert replicas.find(TICKET)["title"] == "from the owner"
    apply(replicas, 6)
    assert replicas.find(TICKET)["version"] == 6


def test_without_an_owner_a_gap_is_waited_for_as_long_as_it_takes(replicas):
    with pytest.raises(VersionGapError):
        apply(replicas, 3, attempt=1000)


def test_an_owner_who_fails_leaves_all_as_it_was(replicas):
    apply(replicas, 0)

    def lost():
        raise NotFoundError

    with pytest.raises(NotFoundError):
        apply(replicas, 3, attempt=PATIENCE, owner=lost)
    assert replicas.find(TICKET)["version"] == 0


@given(st.permutations(list(range(6)) * 2))
def test_any_order_with_repeats_ends_in_the_last_version(deliveries):
    """Each version twice, in any order, and delivered again while there is a gap."""
    replicas, waiting, turns = MemoryReplicas(), list(deliveries), 0
    while waiting:
        turns += 1
        waiting = [version for version in waiting if not applied(replicas, version)]
    assert turns <= 6
    assert replicas.find(TICKET) == {"_id": TICKET, "version": 5, "title": "v5"}
