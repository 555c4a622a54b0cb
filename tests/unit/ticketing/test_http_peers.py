"""Who asks: told by proxies of our own, and by nobody else."""

import pytest

from ticketing.http.parsing import RawRequest
from ticketing.http.request import Request, environ_of
from ticketing.peers import Peers, Sockets, group_of

DIRECT = "198.51.100.7"


def seen(peers, **headers):
    named = [("host", "shop"), *((k.replace("_", "-"), v) for k, v in headers.items())]
    environ = environ_of(RawRequest("GET", b"/", named), DIRECT, ("127.0.0.1", 80))
    peers.reveal(environ)
    request = Request(environ, populate_request=False)
    return request.remote_addr, request.host, request.scheme


FORGED = {
    "x_forwarded_for": "203.0.113.9",
    "x_forwarded_host": "evil.example",
    "x_forwarded_proto": "https",
}


def test_nobody_is_believed_who_is_no_proxy_of_ours():
    assert seen(Peers(), **FORGED) == (DIRECT, "shop", "http")


def test_our_proxy_says_who_asks():
    assert seen(Peers(1), **FORGED) == ("203.0.113.9", "evil.example", "https")


@pytest.mark.parametrize(
    ("proxies", "address"), [(1, "192.0.2.3"), (2, "192.0.2.2"), (4, DIRECT)]
)
def test_only_what_our_proxies_wrote_is_believed(proxies, address):
    """Each adds whom it saw; what stands before that, anybody may have written."""
    forwarded = "203.0.113.9, 192.0.2.2, 192.0.2.3"
    assert seen(Peers(proxies), x_forwarded_for=forwarded)[0] == address


def test_a_header_written_twice_is_read_as_one():
    peers, raw = Peers(1), [("x-forwarded-for", "203.0.113.9")] * 2
    raw[1] = "x-forwarded-for", "192.0.2.3"
    environ = environ_of(RawRequest("GET", b"/", raw), DIRECT, ("h", 1))
    peers.reveal(environ)
    assert environ["REMOTE_ADDR"] == "192.0.2.3"


@pytest.mark.parametrize(
    ("address", "group"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("192.0.2.1:50123", "192.0.2.1"),
        ("[2001:db8:1:2:3:4:5:6]:50123", "2001:db8:1:2::/64"),
        ("[2001:db8:1:2:3:4:5:6]", "2001:db8:1:2::/64"),
        ("nonsense", "nonsense"),
    ],
)
def test_a_network_of_one_person_is_one_address(address, group):
    assert group_of(address) == group


@pytest.mark.parametrize(
    ("address", "is_counted"),
    [("192.0.2.1:50123", True), ("127.0.0.1:1", False), ("nonsense", True)],
)
def test_an_address_is_counted_however_a_proxy_writes_it(address, is_counted):
    """One that nobody can read is no way around the limits."""
    peers = Peers.of({"UNCOUNTED_ADDRESSES": "127.0.0.0/8"})
    assert peers.counts(address) is is_counted


def welcome(peers, *addresses):
    """Which of the sockets of these addresses, all open at once, are let in."""
    sockets = Sockets(peers)
    held = [sockets.one_more(address) for address in addresses]
    found = [each.__enter__() for each in held]
    for each in held:
        each.__exit__(None, None, None)
    assert not sockets._open
    return found


def test_one_address_has_so_many_sockets_and_others_theirs():
    peers = Peers(per_address=2)
    assert welcome(peers, *["192.0.2.1"] * 3, "192.0.2.2") == [True, True, False, True]


@pytest.mark.parametrize(
    "settings",
    [{"TRUSTED_PROXIES": 1}, {"UNCOUNTED_ADDRESSES": "10.0.0.1,192.0.2.0/24"}],
)
def test_proxies_and_named_addresses_may_have_any_number(settings):
    peers = Peers.of({"SOCKETS_PER_ADDRESS": 1} | settings)
    assert welcome(peers, *["192.0.2.1"] * 3) == [True] * 3


@pytest.mark.parametrize(
    "settings",
    [
        {"TRUSTED_PROXIES": -1},
        {"TRUSTED_PROXIES": "all"},
        {"SOCKETS_PER_ADDRESS": 0},
        {"UNCOUNTED_ADDRESSES": "10.0.0.300"},
    ],
)
def test_a_wrong_setting_is_named(settings):
    with pytest.raises(SystemExit, match=next(iter(settings))):
        Peers.of(settings)
