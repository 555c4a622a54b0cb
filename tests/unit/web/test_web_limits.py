"""Too much at once, and tries to sign in: what pages tell, and whom they tell of."""

import pytest

from ticketing.errors import TooManyRequestsError
from ticketing.fakes import MemoryBuckets
from ticketing.limits.rules import Limit
from web.refusals import of


@pytest.fixture
def limited(world):
    """One of everything, for a minute."""
    world.limiter._buckets = MemoryBuckets(lambda: 1000.0)
    world.limiter._limits = dict.fromkeys(world.limiter._limits, Limit(1, 60))
    return world


@pytest.mark.parametrize(
    "path",
    ["/tickets/new", "/tickets/{}/reserve", "/orders/{}/cancel", "/orders/{}/pay"],
)
def test_too_much_at_once_is_told_in_words_and_when_to_come_back(limited, buyer, path):
    address = path.format("0" * 24)
    assert buyer.post(address).status_code in {400, 404}
    answer = buyer.post(address)
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "60")
    assert "That was a lot at once" in answer.get_data(as_text=True)
    assert buyer.get("/tickets/new").status_code == 200


def test_new_accounts_from_one_address_have_an_end(limited):
    form = {"email": "new@example.com", "password": "pass word"}
    assert limited.visitor().post("/auth/signup", form).status_code == 303
    form = {"email": "other@example.com", "password": "pass word"}
    assert limited.visitor().post("/auth/signup", form).status_code == 429


FORM = {"email": "me@example.com", "password": "pass word"}


def test_who_signs_in_is_told_of_with_their_address_and_proofs(world):
    """Which a browser keeps after it was signed in once."""
    world.auth.sign_up(*FORM.values())
    visitor = world.visitor()
    visitor.post("/auth/signin", FORM)
    assert visitor.device
    visitor.post("/auth/signin", FORM)
    first, second = world.auth.callers
    assert first == {"address": "127.0.0.1", "proofs": ()}
    token, device = second["proofs"]
    for proof in (token, device):
        assert world.keys.device_of(proof, FORM["email"])


def test_signing_in_again_ends_the_session_that_was_there(world):
    account = world.auth.sign_up(*FORM.values())
    visitor = world.visitor()
    visitor.post("/auth/signin", FORM)
    assert world.auth.signed_out == []
    before = world.keys.verify(visitor.token).jti
    visitor.post("/auth/signin", FORM)
    assert world.auth.signed_out == [(account["id"], before)]


@pytest.mark.parametrize("page", ["/auth/signin", "/auth/signup"])
def test_entering_as_somebody_else_ends_the_session_that_was_there(world, page):
    """Its cookie is gone, and a copy of it would be good for a week."""
    first, other = FORM, FORM | {"email": "other@example.com"}
    account = world.auth.sign_up(*first.values())
    if page == "/auth/signin":
        world.auth.sign_up(*other.values())
    visitor = world.visitor()
    visitor.post("/auth/signin", first)
    before = world.keys.verify(visitor.token).jti
    assert visitor.post(page, other).status_code == 303
    assert world.auth.signed_out == [(account["id"], before)]


def test_too_many_tries_are_told_on_the_form(world):
    def refuse(*_args, **_options):
        raise TooManyRequestsError(90)

    world.auth.sign_in = refuse
    answer = world.visitor().post("/auth/signin", FORM)
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "90")
    html = answer.get_data(as_text=True)
    assert "There were too many tries" in html
    assert FORM["email"] in html


def test_the_words_for_too_much_are_of_their_own():
    assert of(TooManyRequestsError(1)).status == 429
