"""Settings are cast, and one that is missing or wrong ends the start with its name."""

import pytest

from ticketing.config import flag, namespaced, optional, positive, setting
from ticketing.dependencies import Setting


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
