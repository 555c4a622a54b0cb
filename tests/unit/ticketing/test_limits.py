"""How often somebody may do something, and what happens when nobody can count."""

import pytest
from unit_doubles import Site, limiter, worker

from ticketing import service
from ticketing.errors import BadRequestError, TooManyRequestsError, UnavailableError
from ticketing.fakes import MemoryBuckets
from ticketing.http import route
from ticketing.limits import SIGNING_UP, WRITING, Guard, Limiter
from ticketing.limits import limiter as limiting
from ticketing.limits.rules import Limit
from ticketing.peers import Peers

ANN, ADDRESS = "ann", "192.0.2.1"
ONCE = {"LIMIT_WRITES": Limit(1, 60)}


@pytest.fixture
def buckets():
    return MemoryBuckets(lambda: 1000.0)


def test_a_user_is_limited_wherever_the_requests_come_from(buckets):
    limited = limiter(buckets, **ONCE)
    limited.check(WRITING, ANN, ADDRESS)
    with pytest.raises(TooManyRequestsError) as refused:
        limited.check(WRITING, ANN, "192.0.2.2")
    assert refused.value.retry_after == 60
    limited.check(WRITING, "bob", ADDRESS)


def test_an_address_is_limited_whoever_asks(buckets):
    limited = limiter(buckets, LIMIT_ADDRESS=Limit(1, 60))
    limited.check(WRITING, ANN, "2001:db8::1")
    with pytest.raises(TooManyRequestsError):
        limited.check(WRITING, "bob", "2001:db8::2")
    limited.check(WRITING, "bob", "2001:db8:1::")


def test_an_address_that_is_not_counted_is_not_limited(buckets):
    peers = Peers.of({"UNCOUNTED_ADDRESSES": "127.0.0.0/8"})
    limited = Limiter(buckets, {"LIMIT_SIGN_UP": Limit(1, 60)}, peers)
    for _ in range(3):
        limited.check(SIGNING_UP, "", "127.0.0.1")
    limited.check(SIGNING_UP, "", ADDRESS)
    with pytest.raises(TooManyRequestsError):
        limited.check(SIGNING_UP, "", ADDRESS)


def test_shopping_goes_on_when_nobody_can_count(buckets, monkeypatch):
    """And does not wait for it each time: only after a rest it is tried again."""
    times = [0.0]
    monkeypatch.setattr(limiting, "monotonic", lambda: times[0])
    limited = limiter(buckets, **ONCE)
    limited.check(WRITING, ANN, ADDRESS)
    times[0], buckets.away = 100.0, True
    limited.check(WRITING, ANN, ADDRESS)
    buckets.away = False
    limited.check(WRITING, ANN, ADDRESS)
    times[0] += limiting.REST
    with pytest.raises(TooManyRequestsError):
        limited.check(WRITING, ANN, ADDRESS)


def test_nobody_signs_up_while_nobody_can_count(buckets):
    limited = limiter(buckets)
    buckets.away = True
    limited.check(WRITING, ANN, ADDRESS)
    with pytest.raises(UnavailableError):
        limited.check(SIGNING_UP, "", ADDRESS)


def fail(limited, error, times=1):
    counted = [limited.bucket("LIMIT_WRITES", ANN)]
    for _ in range(times):
        with pytest.raises(type(error)), limited.failures(counted):
            raise error


def test_what_fails_by_its_own_fault_is_counted(buckets):
    limited = limiter(buckets, LIMIT_WRITES=Limit(2, 60))
    fail(limited, BadRequestError(), 2)
    with pytest.raises(TooManyRequestsError):
        fail(limited, BadRequestError())


def test_what_succeeds_or_fails_by_ours_is_not(buckets):
    limited = limiter(buckets, **ONCE)
    fail(limited, UnavailableError(), 3)
    for _ in range(3):
        with limited.failures([limited.bucket("LIMIT_WRITES", ANN)]):
            pass
    fail(limited, BadRequestError())


def test_many_at_once_are_counted_before_any_has_failed(buckets):
    limited = limiter(buckets, **ONCE)
    counted = [limited.bucket("LIMIT_WRITES", ANN)]
    refused = pytest.raises(TooManyRequestsError)
    with limited.failures(counted), refused, limited.failures(counted):
        raise AssertionError("it was let in")


def test_without_buckets_nothing_is_limited():
    limited = limiter(None, **ONCE)
    for _ in range(3):
        limited.check(WRITING, ANN, ADDRESS)
    fail(limited, BadRequestError(), 3)


@pytest.mark.parametrize("text", ["", "10", "0/5", "1/0", "x/5", "1/x", "1/-1"])
def test_a_wrong_limit_is_refused(text):
    with pytest.raises(ValueError, match=r".+"):
        Limit.parse(text)


def test_the_limits_of_a_route_are_those_it_names():
    limits = {"A": Limit(1, 1), "B": Limit(2, 2)}
    found = Guard("A", "B").buckets(limits, ANN, ADDRESS)
    assert [(each.name, each.subject, each.limit) for each in found] == [
        ("A", ANN, limits["A"]),
        ("B", ADDRESS, limits["B"]),
    ]
    assert Guard("A", "B").buckets(limits, "", "") == []


class GuardedService(service.Service):
    name = "guarded"

    @route("POST", "/things", session=True, guard=WRITING)
    def post_thing(self, request):
        return {}


def test_a_route_says_when_to_come_back(buckets):
    site = Site(worker(GuardedService))
    site.limiter = limiter(buckets, **ONCE)
    assert site.post("/things").status == 401
    assert site.post("/things", user=ANN).status == 200
    answer = site.post("/things", user=ANN)
    assert (answer.status, answer.headers["Retry-After"]) == (429, "60")
    assert answer.messages == ["Too many tries; wait a while and try again"]
