"""The checker is content with books that are right, and finds what is not."""

import asyncio
from dataclasses import replace

import pytest
from rehearsal_books import PRICE, order, right, told, with_listing, with_order

from rehearsal import comparing
from rehearsal.bookkeeper import AWAY
from rehearsal.books import Listing
from rehearsal.checker import broken
from rehearsal.client import LostError
from rehearsal.record import Bought
from ticketing.errors import UnavailableError


def test_all_is_right():
    """Nothing is found in books that agree with each other and with the buyers."""
    assert broken(right(), told()) == []


def oversold(books):
    """One unit in two orders that stand."""
    return with_order(books, order("d", "3", status="created"))


def more_than_there_are(books):
    return with_listing(books, quantity=2)


def counted_wrong(books):
    return with_listing(books, sold=2)


def without_pass(books):
    return with_listing(books, passes=("1", "2"))


def with_two_passes(books):
    return with_listing(books, passes=("1", "2", "3", "3"))


def pass_for_nothing(books):
    return with_listing(books, passes=("1", "2", "3", "4"))


def order_with_fewer_passes(books):
    return with_order(books, replace(books.orders["a"], passes=1))


def charged_twice(books):
    return replace(
        books, charges=books.charges | {"b": [PRICE, PRICE]}, refunds={"b": PRICE}
    )


def not_charged(books):
    return replace(books, charges={"a": [2 * PRICE]})


def paid_and_cancelled(books):
    return replace(books, charges=books.charges | {"c": [PRICE]})


def charged_for_nothing(books):
    return replace(books, charges=books.charges | {"x": [PRICE]})


def other_ledger(books):
    return replace(books, ledger=books.ledger | {"a": PRICE})


def finding(books):
    return replace(books, findings=("a charge without an order",))


WRONG = {
    oversold: "Unit 3 of hall is in 2 orders.",
    more_than_there_are: "3 units of hall are sold, of 2.",
    counted_wrong: "hall has counted 2 as sold, and it is 3.",
    without_pass: "1 sold units of hall have no pass.",
    with_two_passes: "Unit 3 of hall has 2 passes.",
    pass_for_nothing: "1 passes of hall are for units that nobody bought.",
    order_with_fewer_passes: "Order a has 1 passes, of 2.",
    charged_twice: "Order b was charged 2 times.",
    not_charged: "Order b costs 2000, and 0 was paid.",
    paid_and_cancelled: "Order c is cancelled, and 2000 was paid for it.",
    charged_for_nothing: "Money was taken for order x, which is not there.",
    other_ledger: "The ledger has 2000 for order a, which is 4000.",
    finding: "The shop's own books have found: a charge without an order",
}


@pytest.mark.parametrize("spoil", WRONG, ids=lambda spoil: spoil.__name__)
def test_what_is_wrong_is_said(spoil):
    """Each wrong thing is said in a sentence of its own."""
    assert WRONG[spoil] in broken(spoil(right()), told())


def test_the_same_unit_of_another_listing():
    """Units have the same numbers in each listing."""
    books = with_order(right(), order("d", "3", listing="field"))
    books = replace(
        books,
        listings=(*books.listings, Listing("field", 10, 1, 0, ("3",))),
        charges=books.charges | {"d": [PRICE]},
        ledger=books.ledger | {"d": PRICE},
    )
    assert broken(books, told()) == []


def test_a_buyer_was_told_otherwise():
    """What a buyer saw is in the books, with the units that they saw."""
    record = told()
    record.bought.append(Bought(3.0, "c", ("4",), 0.5))
    record.bought[0] = Bought(1.0, "a", ("1", "9"), 0.5)
    record.reserved.add("gone")
    record.paid.add("c")
    assert broken(right(), record) == [
        "A buyer was told that order a is complete.",
        "A buyer was told that order c is complete.",
        "A buyer was told of order gone, which is not there.",
        "A buyer was told that order c is paid, and it is not.",
    ]


def test_what_a_buyer_saw_happen():
    """What must not be and was seen on the way is said as well."""
    record = told()
    record.broken.append("one click too many reserved twice")
    assert broken(right(), record) == record.broken


def unmoneyed(books):
    """What is known without Stripe and the ledger."""
    return replace(books, has_money=False, charges={}, refunds={}, ledger={})


def test_books_without_money_are_right():
    """What nobody could look up is no reason to find something wrong."""
    assert broken(unmoneyed(right()), told()) == []


BY_MONEY = (
    charged_twice,
    not_charged,
    paid_and_cancelled,
    charged_for_nothing,
    other_ledger,
)


@pytest.mark.parametrize(
    "spoil",
    [each for each in WRONG if each not in BY_MONEY],
    ids=lambda spoil: spoil.__name__,
)
def test_what_is_wrong_is_found_without_money(spoil):
    assert WRONG[spoil] in broken(unmoneyed(spoil(right())), told())


def test_who_paid_and_has_nothing():
    """Without Stripe, too: what was paid for has to be there."""
    record = told()
    record.paid |= {"c", "gone"}
    assert set(broken(unmoneyed(right()), record)) == {
        "A buyer paid for order c and has nothing for it.",
        "A buyer paid for order gone and has nothing for it.",
    }


def compare(*seen):
    """What is found by who reads these books one after the other."""
    following = iter(seen)

    async def read():
        found = next(following)
        if isinstance(found, Exception):
            raise found
        return found

    return asyncio.run(comparing.compared(told(), read, AWAY))


def test_what_was_mended_is_right(monkeypatch):
    """A payment that was cut off is one that is not told yet."""
    monkeypatch.setattr(comparing, "AGAIN", 0)
    assert compare(paid_and_cancelled(right()), not_charged(right()), right()) == []


def test_what_was_sold_twice_stays_wrong(monkeypatch):
    """Even if one of the two has their money back."""
    monkeypatch.setattr(comparing, "AGAIN", 0)
    assert compare(oversold(right()), right()) == [WRONG[oversold]]


def test_what_is_not_mended_is_said(monkeypatch):
    monkeypatch.setattr(comparing, "MENDED", -1)
    assert compare(paid_and_cancelled(right())) == [WRONG[paid_and_cancelled]]


@pytest.mark.parametrize("away", [UnavailableError("away"), LostError(), OSError("x")])
def test_books_that_cannot_be_read(away, monkeypatch):
    """They are asked for again; in the end that is no reason to be content."""
    monkeypatch.setattr(comparing, "AGAIN", 0)
    assert compare(away, right()) == []
    monkeypatch.setattr(comparing, "MENDED", -1)
    (said,) = compare(away)
    assert said.startswith("The books cannot be read: ")
