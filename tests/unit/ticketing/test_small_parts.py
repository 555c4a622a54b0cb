"""Ids, times, fingerprints and settings."""

import re
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from unit_doubles import ANN, NO_IDS

from ticketing.clock import from_iso, iso, utc_now
from ticketing.config import flag, namespaced, optional, positive, setting
from ticketing.dependencies import Setting
from ticketing.errors import NotFoundError
from ticketing.http.server import parse_address
from ticketing.idempotency import fingerprint
from ticketing.ids import checked_id, new_id


@pytest.mark.parametrize("value", [*NO_IDS, None, 5, {"$gt": ""}, f"{ANN}\n"])
def test_what_can_be_no_id_is_not_found(value):
    with pytest.raises(NotFoundError):
        checked_id(value)


def test_a_new_id_is_an_id_and_new():
    assert checked_id(new_id()) != new_id()


def test_ids_made_later_sort_later():
    made = [new_id() for _ in range(100)]
    assert sorted(made) == made


def test_times_are_written_in_utc_with_milliseconds():
    moment = datetime(2026, 1, 31, 13, 0, 0, 5999, timezone(timedelta(hours=1)))
    assert iso(moment) == "2026-01-31T12:00:00.005Z"


@given(st.integers(0, 253_370_000_000_000))
def test_times_survive_being_written(milliseconds):
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=milliseconds)
    assert from_iso(iso(moment)) == moment


def test_now_is_cut_to_what_the_database_keeps():
    now = utc_now()
    assert now.microsecond % 1000 == 0
    assert now.tzinfo is UTC


@pytest.mark.parametrize("text", ["", "soon", "2026-13-01T00:00:00Z"])
def test_what_is_no_time_is_refused(text):
    with pytest.raises(ValueError, match=r"isoformat|month"):
        from_iso(text)


def test_a_fingerprint_tells_bodies_apart_but_not_the_order_of_keys():
    assert fingerprint({"a": 1, "b": 2}) == fingerprint({"b": 2, "a": 1})
    assert fingerprint(["ab", "c"]) != fingerprint(["a", "bc"])
    assert re.fullmatch(r"[0-9a-f]{64}", fingerprint([]))


@pytest.mark.parametrize("config", [{}, {"KEY": None}, {"KEY": ""}])
def test_a_missing_setting_ends_the_start_with_its_name(config):
    with pytest.raises(SystemExit, match="KEY is missing") as end:
        setting(config, "KEY", str)
    assert end.value.code != 0


@pytest.mark.parametrize("value", ["x", "0", -1, [], "1.5"])
def test_a_wrong_setting_ends_the_start_with_its_name(value):
    with pytest.raises(SystemExit, match="KEY is not valid"):
        setting({"KEY": value}, "KEY", positive)


def test_a_setting_is_cast():
    assert setting({"KEY": "900"}, "KEY", positive) == 900


def test_a_service_gets_its_setting_and_does_not_start_without():
    class Container:
        service_name = "s"
        shared_extensions = {}  # noqa: RUF012
        config = {"KEY": "5"}  # noqa: RUF012

    container = Container()
    bound = Setting("KEY", positive).bind(container, "key")
    bound.setup()
    assert bound.get_dependency(None) == 5
    container.config = {}
    with pytest.raises(SystemExit):
        bound.setup()


@pytest.mark.parametrize(
    ("value", "meant"),
    [(True, True), ("true", True), ("TRUE", True), (False, False), ("false", False)],
)
def test_a_flag_is_true_or_false_in_any_case(value, meant):
    assert flag({"KEY": value}, "KEY", default=not meant) is meant


@pytest.mark.parametrize("config", [{}, {"KEY": None}, {"KEY": ""}])
def test_a_flag_that_is_not_set_has_its_default(config):
    assert flag(config, "KEY", default=True) is True
    assert flag(config, "KEY", default=False) is False


@pytest.mark.parametrize("value", ["yes", "1", 1, "fasle", []])
def test_a_flag_of_another_value_ends_the_start_with_its_name(value):
    with pytest.raises(SystemExit, match="KEY is not valid"):
        flag({"KEY": value}, "KEY", default=False)


def test_a_namespace_stands_before_names_and_none_before_none():
    assert namespaced({"NAMESPACE": "a"}, "orders") == "a_orders"
    assert namespaced({"NAMESPACE": "a"}, "x", ":") == "a:x"
    assert namespaced({"NAMESPACE": ""}, "orders") == "orders"
    assert optional({}, "NAMESPACE") == ""


def test_an_address_has_a_host_and_a_port():
    assert parse_address("127.0.0.1:8000") == ("127.0.0.1", 8000)
    assert parse_address(":8000") == ("0.0.0.0", 8000)


@pytest.mark.parametrize("text", ["", "host", "host:", "host:0", "host:65536", "h:x"])
def test_an_address_without_a_port_is_refused(text):
    with pytest.raises(ValueError, match=r"port|invalid literal"):
        parse_address(text)
