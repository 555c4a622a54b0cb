"""A permit takes a rehearsal out of the limits, where only test money is taken."""

import pytest
from unit_doubles import ANN, Site, limiter, worker

from ticketing import service
from ticketing.fakes import MemoryBuckets
from ticketing.http import route
from ticketing.limits import RESERVING
from ticketing.limits.rules import Limit
from ticketing.rehearsing import LIFETIME, Permits, check_money, is_on

TEST = {"REHEARSALS": "on", "JWT_KEYS": f"first={'k' * 32}"}
OTHER = TEST | {"JWT_KEYS": f"first={'x' * 32}"}
BEHIND = TEST | {"JWT_KEYS": f"next={'n' * 32},{TEST['JWT_KEYS']}"}
REAL = {
    "real money": {"STRIPE_SECRET_KEY": "sk_live_1"},
    "real money, at a stand-in": {
        "STRIPE_SECRET_KEY": "rk_live_1",
        "STRIPE_API_BASE": "http://x",
    },
    "real cards": {
        "STRIPE_SECRET_KEY": "sk_test_1",
        "STRIPE_PUBLISHABLE_KEY": "pk_live_1",
    },
}


class ThingsService(service.Service):
    name = "things"

    @route("POST", "/things", session=True, guard=RESERVING)
    def post_thing(self, request):
        return {}


def statuses(config, *permits):
    """What is answered where each user may do it once, one after the other."""
    site = Site(worker(ThingsService))
    site.limiter = limiter(MemoryBuckets(lambda: 0.0), LIMIT_RESERVATIONS=Limit(1, 60))
    site.permits = Permits.of(config)
    named = ({"x_rehearsal": each} if each else {} for each in permits)
    return [site.post("/things", user=ANN, **headers).status for headers in named]


def test_with_a_permit_nothing_is_counted():
    """Nor is it taken from those who have none."""
    permit = Permits.of(TEST).issue()
    assert statuses(TEST, permit, permit, "", "", permit) == [200, 200, 200, 429, 200]


def test_a_permit_is_good_while_keys_change():
    permit = Permits.of(TEST).issue()
    assert statuses(BEHIND, permit, permit) == [200, 200]


def altered(permit):
    """One that would end later."""
    ends, _, signature = permit.partition(".")
    return f"{int(ends) + 1}.{signature}"


FORGED = {
    "of another shop": lambda: Permits.of(OTHER).issue(),
    "altered": lambda: altered(Permits.of(TEST).issue()),
    "cut off": lambda: Permits.of(TEST).issue()[:-1],
    "unsigned": lambda: Permits.of(TEST).issue().partition(".")[0] + ".",
    "anything": lambda: "yes",
    "no text": lambda: "\xff.\xff",
}


@pytest.mark.parametrize("forge", FORGED.values(), ids=FORGED)
def test_a_forged_permit_is_none(forge):
    forged = forge()
    assert statuses(TEST, forged, forged) == [200, 429]


def test_a_permit_ends():
    now = [1000.0]
    permits = Permits([b"k"], lambda: now[0])
    permit = permits.issue()
    now[0] += LIFETIME - 1
    assert permits.has(permit)
    now[0] += 1
    assert not permits.has(permit)


@pytest.mark.parametrize("said", ["off", ""])
def test_no_permit_is_good_where_none_is_made(said):
    """One of a shop with the same keys, which rehearses."""
    permit = Permits.of(TEST).issue()
    assert statuses(TEST | {"REHEARSALS": said}, permit, permit) == [200, 429]


@pytest.mark.parametrize("keys", REAL.values(), ids=REAL)
def test_where_real_money_is_taken_nothing_starts_with_rehearsals(keys):
    """So that no permit is good there; and no key is told."""
    with pytest.raises(SystemExit, match="takes real money") as refused:
        check_money(TEST | keys)
    assert "live" not in str(refused.value)
    check_money(TEST | keys | {"REHEARSALS": "off"})


@pytest.mark.parametrize("key", ["sk_test_1", "rk_test_1", ""])
def test_test_money_will_do(key):
    """Who knows no key goes by what the shop is told."""
    check_money(TEST | {"STRIPE_SECRET_KEY": key})


def test_a_wrong_setting_is_told():
    with pytest.raises(SystemExit, match="REHEARSALS is not valid"):
        is_on({"REHEARSALS": "yes"})
