"""What buyers do with orders. What money and time do is in ``orders.settlement``."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NoReturn
from weakref import WeakValueDictionary

from eventlet.semaphore import Semaphore

from orders import lifecycle
from orders.listing import (
    Listing,
    Wish,
    copy_of_event,
    copy_of_ticket,
    named,
    winding_up,
)
from orders.models import Order, RequestKey, Status
from orders.repository import Orders
from ticketing.contract import TicketCreated, TicketUpdated
from ticketing.errors import (
    BadRequestError,
    ConcurrentUpdateError,
    DuplicateError,
    KeyReusedError,
    NotOwnerError,
    refuse,
)
from ticketing.ids import checked_id, new_id

# Each try that fails has learnt of units that others took.
TRIES = 20

# The requests with a key that are being answered: by user and key.
_turns: WeakValueDictionary[tuple[str, str], Semaphore] = WeakValueDictionary()

Json = dict[str, Any]
TicketOwner = Callable[[str], Json]


@dataclass(frozen=True)
class Reservation:
    """What a buyer asks for."""

    user_id: str
    ticket_id: str
    hold: timedelta
    wish: Wish = field(default_factory=Wish)
    request_key: RequestKey | None = None
    language: str | None = None


def reserve(
    orders: Orders, wanted: Reservation, owner: TicketOwner, now: datetime
) -> Order:
    """Hold units: one insert, which the unique index lets through or not.

    Raises NotFoundError, BadRequestError when they cannot be had, KeyReusedError.
    """
    listing = listing_of(orders, wanted.ticket_id, owner)
    with _turn(wanted):
        try:
            listing.check(wanted.wish, now)
            return _insert(orders, listing, wanted, now)
        except (BadRequestError, DuplicateError):
            if earlier := _first_answer(orders, wanted):
                return earlier
            raise


def listing_of(orders: Orders, ticket_id: str, owner: TicketOwner) -> Listing:
    """Return what is known of a listing. Raises NotFoundError."""
    ticket_id = checked_id(ticket_id)
    copy = orders.tickets.find_or_fetch(
        ticket_id, lambda: copy_of_ticket(owner(ticket_id))
    )
    return Listing.of(ticket_id, copy)


def _insert(
    orders: Orders, listing: Listing, wanted: Reservation, now: datetime
) -> Order:
    if wanted.wish.seats and len(listing.layout) > 1:
        _check_seats(orders, listing, wanted.wish)
    for _ in range(TRIES):
        units = _units(orders, listing, wanted.wish)
        order = _order(listing, wanted, units, now)
        try:
            with orders.occupancies.claiming(order):
                return orders.add(lifecycle.reserve(order))
        except DuplicateError as error:
            if "units" not in error.fields:
                raise
        _learn(orders, listing, wanted.wish, units)
    raise ConcurrentUpdateError


def _units(orders: Orders, listing: Listing, wish: Wish) -> tuple[str, ...]:
    """Return units that seem free. Raises BadRequestError when too few are."""
    if wish.seats:
        return wish.seats
    known, quantity = orders.occupancies, wish.quantity
    units = known.of(listing).choose(quantity, together=listing.seated)
    if len(units) < quantity:
        units = known.looked_up(listing).choose(quantity, together=listing.seated)
    if len(units) < quantity:
        _refuse_for_want(listing, len(units))
    return units


def _check_seats(orders: Orders, listing: Listing, wish: Wish) -> None:
    """Raise BadRequestError naming the seats that are known here to be gone.

    Whoever seems to have them is asked for by name, which costs next to nothing; to try
    to hold them, and then look who has them, costs the more the larger a hall is.
    """
    known = orders.occupancies.of(listing)
    claimants = [orders.find(each) for each in known.claimants(wish.seats)]
    _hear(orders, wish, [order for order in claimants if order])


def _hear(orders: Orders, wish: Wish, holders: list[Order]) -> None:
    """Take over what orders hold. Raises BadRequestError if that is what is wanted."""
    for holder in holders:
        orders.occupancies.hear(holder)
    taken = {unit for holder in holders if holder.holds for unit in holder.units}
    if gone := [seat for seat in wish.seats if seat in taken]:
        refuse("seats", f"{named(gone)} gone")


def _refuse_for_want(listing: Listing, left: int) -> NoReturn:
    if len(listing.layout) == 1:
        raise BadRequestError("Ticket is already reserved")
    refuse("quantity", f"Only {left} left right now" if left else "None left right now")


def _learn(
    orders: Orders, listing: Listing, wish: Wish, units: tuple[str, ...]
) -> None:
    """Find out who was faster. Raises BadRequestError naming the seats they took.

    Whoever lost the race for the only unit need not look further.
    """
    if len(listing.layout) == 1:
        _refuse_for_want(listing, 0)
    if wish.seats:
        _check_seats(orders, listing, wish)
    else:
        orders.occupancies.whole(listing)
    _hear(orders, wish, orders.holders_of(listing.id, units))


def _order(
    listing: Listing, wanted: Reservation, units: tuple[str, ...], now: datetime
) -> Order:
    return Order(
        id=new_id(),
        user_id=wanted.user_id,
        status=Status.CREATED,
        expires_at=now + wanted.hold,
        ticket_id=listing.id,
        title=listing.title,
        price=listing.price,
        currency=listing.currency,
        units=units,
        request_key=wanted.request_key,
        language=wanted.language,
    )


@contextmanager
def _turn(wanted: Reservation) -> Iterator[None]:
    """Let the same request, sent again meanwhile, wait for its first answer.

    It would find the units taken by an order that nobody can find yet.
    """
    key = wanted.request_key
    if key is None:
        yield
        return
    with _turns.setdefault((wanted.user_id, key.key), Semaphore()):
        yield


def _first_answer(orders: Orders, wanted: Reservation) -> Order | None:
    """Return the answer to the same request, if it was made before.

    Raises KeyReusedError when its key came with another request.
    """
    key = wanted.request_key
    earlier = orders.find_by_key(wanted.user_id, key.key) if key else None
    if earlier is None or key is None or earlier.request_key is None:
        return None
    if earlier.request_key.fingerprint != key.fingerprint:
        raise KeyReusedError
    return lifecycle.as_created(earlier)


def own(orders: Orders, order_id: str, user_id: str) -> Order:
    """Return a person's own order. Raises NotFoundError, NotOwnerError."""
    order = orders.get(checked_id(order_id))
    if order.user_id != user_id:
        raise NotOwnerError
    return order


def cancel(orders: Orders, order_id: str) -> Order:
    """Raises NotFoundError, BadRequestError when it is complete."""
    return orders.change(checked_id(order_id), lifecycle.cancel)


def follow_ticket(orders: Orders, heard: list[TicketCreated], now: datetime) -> None:
    """Keep the newest of what was heard of one ticket; each tells all that there is."""
    newest = max(heard, key=lambda each: each.version)
    copy = winding_up(copy_of_event(newest), now)
    orders.tickets.put(newest.id, newest.version, copy)


def hear_ticket(orders: Orders, ticket: Json, now: datetime) -> None:
    """Take a ticket as its owner tells it, unless something newer is known.

    Raises BadRequestError when what is told is no ticket.
    """
    try:
        told = TicketUpdated.model_validate(ticket)
        copy = winding_up(copy_of_event(told), now)
    except (ValueError, KeyError) as error:
        raise BadRequestError("This is no ticket") from error
    orders.tickets.put(told.id, told.version, copy)
