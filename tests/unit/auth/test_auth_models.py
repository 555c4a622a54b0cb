"""An account: each change counts its version up by one and tells at most one event."""

import pytest
from unit_doubles import ANN, NOW

from auth import models
from ticketing.errors import ConcurrentUpdateError


def sign_up():
    return models.sign_up(ANN, "ann@example.com", "hash").state


def test_a_new_account_begins_at_version_0_and_tells_nobody():
    change = models.sign_up(ANN, "ann@example.com", "hash")
    assert change.state.version == 0
    assert change.event is None


def test_what_is_told_of_an_account_holds_no_password():
    assert sign_up().json_dict() == {"id": ANN, "email": "ann@example.com"}


def test_a_newer_hash_takes_the_place_of_the_old_one():
    change = models.rehash(sign_up(), "newer")
    assert (change.state.password_hash, change.state.version) == ("newer", 1)
    assert change.event is None


def test_one_session_is_ended_by_its_name():
    change = models.end_session(sign_up(), "jti-1")
    assert change.state.version == 1
    assert change.event.data == {"id": ANN, "version": 1, "jti": "jti-1"}
    assert change.event.subject == "session.revoked"


def test_all_sessions_are_ended_by_the_time():
    change = models.end_all_sessions(sign_up(), NOW)
    assert change.event.data == {"id": ANN, "version": 1, "before": NOW.timestamp()}


def test_each_end_has_an_event_of_its_own():
    first = models.end_session(sign_up(), "jti-1")
    second = models.end_all_sessions(first.state, NOW)
    assert [first.event.id, second.event.id] == [f"{ANN}:1", f"{ANN}:2"]


def test_a_new_password_ends_all_sessions_in_the_same_change():
    change = models.change_password(sign_up(), "hash", "newer", NOW)
    assert (change.state.password_hash, change.state.version) == ("newer", 1)
    assert change.event.data == {"id": ANN, "version": 1, "before": NOW.timestamp()}


def test_a_password_that_is_no_more_changes_nothing():
    with pytest.raises(ConcurrentUpdateError):
        models.change_password(sign_up(), "older", "newer", NOW)
