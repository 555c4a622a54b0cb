"""The address on which a process answers."""

import pytest

from ticketing.http.sockets import parse_address


def test_an_address_has_a_host_and_a_port():
    assert parse_address("127.0.0.1:8000") == ("127.0.0.1", 8000)
    assert parse_address(":8000") == ("0.0.0.0", 8000)


@pytest.mark.parametrize("text", ["", "host", "host:", "host:0", "host:65536", "h:x"])
def test_an_address_without_a_port_is_refused(text):
    with pytest.raises(ValueError, match=r"port|invalid literal"):
        parse_address(text)
