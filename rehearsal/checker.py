"""Whether what was promised was kept. Pure: reads books against what buyers saw."""

from collections import Counter
from collections.abc import Iterator

from rehearsal.books import Books, Listing, Order
from rehearsal.record import Record

COMPLETE, CANCELLED = "complete", "cancelled"


def broken(books: Books, record: Record) -> list[str]:
    """Return each promise that was not kept, in a sentence."""
    rules = [_never_twice, _never_more, _passes]
    rules += [_money, _strangers, _ledger] if books.has_money else []
    found = [sentence for rule in rules for sentence in rule(books)]
    found += _told(books, record)
    found += [f"The shop's own books have found: {each}" for each in books.findings]
    return found + record.broken


def oversold(books: Books) -> list[str]:
    """Return what must not be even for a moment, whatever is mended later."""
    return list(_never_twice(books))


def _complete(books: Books, listing: str | None = None) -> Iterator[Order]:
    for order in books.orders.values():
        if order.status == COMPLETE and listing in {None, order.listing}:
            yield order


def _never_twice(books: Books) -> Iterator[str]:
    """A unit is in one order that stands, at most."""
    taken = Counter(
        (order.listing, unit)
        for order in books.orders.values()
        if order.status != CANCELLED
        for unit in order.units
    )
    for (listing, unit), times in taken.items():
        if times > 1:
            yield f"Unit {unit} of {listing} is in {times} orders."


def _never_more(books: Books) -> Iterator[str]:
    """No more is sold than there is, and the listing has counted right."""
    for listing in books.listings:
        sold = sum(len(order.units) for order in _complete(books, listing.id))
        if sold > listing.quantity:
            yield f"{sold} units of {listing.id} are sold, of {listing.quantity}."
        if sold != listing.sold:
            yield f"{listing.id} has counted {listing.sold} as sold, and it is {sold}."


def _passes(books: Books) -> Iterator[str]:
    """Each unit that is sold has one pass, and no other unit has any."""
    for listing in books.listings:
        yield from _passes_of(listing, books)
    for order in _complete(books):
        if order.passes != len(order.units):
            yield f"Order {order.id} has {order.passes} passes, of {len(order.units)}."


def _passes_of(listing: Listing, books: Books) -> Iterator[str]:
    given = Counter(listing.passes)
    sold = {unit for order in _complete(books, listing.id) for unit in order.units}
    for unit, times in given.items():
        if times > 1:
            yield f"Unit {unit} of {listing.id} has {times} passes."
    if without := len(sold - given.keys()):
        yield f"{without} sold units of {listing.id} have no pass."
    if without := len(given.keys() - sold):
        yield f"{without} passes of {listing.id} are for units that nobody bought."


def _money(books: Books) -> Iterator[str]:
    """Stripe has kept what a complete order costs, once, and nothing of another."""
    for order in books.orders.values():
        charged = books.charges.get(order.id, [])
        kept = sum(charged) - books.refunds.get(order.id, 0)
        if len(charged) > 1:
            yield f"Order {order.id} was charged {len(charged)} times."
        if order.status == COMPLETE and kept != order.total:
            yield f"Order {order.id} costs {order.total}, and {kept} was paid."
        if order.status != COMPLETE and kept:
            yield f"Order {order.id} is {order.status}, and {kept} was paid for it."


def _strangers(books: Books) -> Iterator[str]:
    for order_id in books.charges.keys() - books.orders.keys():
        yield f"Money was taken for order {order_id or '?'}, which is not there."


def _ledger(books: Books) -> Iterator[str]:
    for order in _complete(books):
        kept = books.ledger.get(order.id, 0)
        if kept != order.total:
            yield f"The ledger has {kept} for order {order.id}, which is {order.total}."


def _told(books: Books, record: Record) -> Iterator[str]:
    """What a buyer was told is so."""
    for bought in record.bought:
        order = books.orders.get(bought.order)
        if order is None or order.status != COMPLETE or order.units != bought.units:
            yield f"A buyer was told that order {bought.order} is complete."
    for order_id in record.reserved - books.orders.keys():
        yield f"A buyer was told of order {order_id}, which is not there."
    for order_id in record.paid:
        if books.has_money and not books.charges.get(order_id):
            yield f"A buyer was told that order {order_id} is paid, and it is not."
        elif not books.has_money and not _is_complete(books, order_id):
            yield f"A buyer paid for order {order_id} and has nothing for it."


def _is_complete(books: Books, order_id: str) -> bool:
    order = books.orders.get(order_id)
    return order is not None and order.status == COMPLETE
