"""A block of ports for each instance, and whether somebody else has one of them."""

from __future__ import annotations

import socket
from dataclasses import astuple

import pytest

from launcher import ports
from launcher.errors import PortError
from launcher.ports import Ports, free_port, reachable, require_free


def test_every_port_has_a_block_of_its_own_below_the_ports_of_connections():
    """Neighbours do not share a block, and nobody's block holds its own port."""
    for web in range(1, 65_536):
        _, *servers = astuple(Ports.of(web))
        assert min(servers) >= 20_000
        assert max(servers) < 32_768
        assert web not in servers
    blocks = {Ports.of(web).nats for web in range(8_000, 9_000)}
    assert len(blocks) == 1_000


def test_the_documented_example():
    assert astuple(Ports.of(8_000)) == (8_000, *range(23_800, 23_808))


def test_a_free_port_has_free_servers():
    for port in astuple(Ports.of(free_port())):
        require_free(port, "a test")


@pytest.mark.parametrize("options", [(), (socket.SO_REUSEPORT,)])
@pytest.mark.parametrize("address", ["127.0.0.1", "0.0.0.0"])
def test_a_port_with_a_listener_is_not_free(options, address, monkeypatch):
    """Wherever it listens, and even if it is willing to share."""
    monkeypatch.setattr(ports, "LINGER_SECONDS", 0)
    with socket.socket() as listener:
        for option in options:
            listener.setsockopt(socket.SOL_SOCKET, option, 1)
        listener.bind((address, 0))
        listener.listen()
        port = listener.getsockname()[1]
        with pytest.raises(PortError, match=rf"^Port {port}, needed for tea, is taken"):
            require_free(port, "tea")


def test_a_port_with_connections_just_closed_is_free():
    """A restart need not wait for the old connections to be forgotten."""
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        address = listener.getsockname()
        with socket.create_connection(address) as client:
            served, _ = listener.accept()
            served.close()
            assert client.recv(1) == b""
    require_free(address[1], "a test")


def test_a_listener_on_all_addresses_is_reached_on_loopback():
    assert reachable("0.0.0.0") == reachable("127.0.0.1") == "127.0.0.1"
    assert reachable("192.0.2.7") == "192.0.2.7"
