"""Row 14: nobody sees or changes what is somebody else's.

Every route that the code declares is asked for by its owner, by nobody, by somebody
with the same rights to things of their own, and by the other side of the trade: the
seller asks about the order, the buyer about the listing.
"""

from itertools import islice

from chaos_checker import Violation
from system_access import ANSWERS, World, declared
from system_people import Member, Person

FULL = SLICE = len(ANSWERS)
NOBODY, OTHER = 1, 2
STRANGERS = ("nobody", "another", "the other side")


def test_every_route_lets_in_who_may_and_nobody_else(row):
    row.expect_none([*undeclared(), *entered(row)])


def test_control_whoever_asks_is_the_owner(row):
    found = entered(row, without={"orders": "trusts_everybody"})
    row.expect_some(list(islice(found, 1)))


def undeclared():
    for route in declared() ^ set(ANSWERS):
        yield Violation("no rule", None, f"{route} is not in both code and table")


def entered(row, **options):
    """Who was answered otherwise than they should be, or changed something."""
    shop = row.shop(more=("auth",), **options)
    row.figures |= {"routes": len(ANSWERS), "strangers": len(STRANGERS)}
    for route in ANSWERS:
        with (
            Person(shop) as seller,
            buyer_for(route, shop) as buyer,
            Person(shop) as another,
            shop.client() as nobody,
        ):
            world = World(seller, buyer)
            there = seller if world.owner(route[1]) is buyer else buyer
            clients = (nobody, another.http, there.http)
            for who, stranger in zip(STRANGERS, clients, strict=True):
                yield from ask(world, stranger, route, who)


def buyer_for(route, shop):
    """Somebody who has signed up, where it matters with which password."""
    return (Member if route[1].startswith("/api/users") else Person)(shop)


def ask(world, stranger, route, who):
    expected = ANSWERS[route][NOBODY if who == "nobody" else OTHER]
    status = world.ask(stranger, *route).status_code
    if status != expected:
        told = f"{who}: {status}, not {expected}"
        yield Violation("foreign access", world.order["id"], f"{route} by {told}")
    if status == 401 and not world.is_as_it_was():
        yield Violation("foreign change", world.order["id"], f"{route} by {who}")
