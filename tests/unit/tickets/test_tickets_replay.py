"""A listing is what its events say, and holds what its orders hold."""

from datetime import timedelta

import pytest
from unit_doubles import ANN, NOW, TICKET

from ticketing.contract import Occasion
from ticketing.layout import Layout
from ticketing.messages import body_of, parse
from tickets import models
from tickets.models import REMEMBERED, Offer, Share
from tickets.replay import EVENTS, recount, replay

SHAPES = {shape.subject: shape for shape in EVENTS}
OFFER = Offer(
    title="Row 3",
    price=1950,
    layout=Layout.parse("A-1~40;Box"),
    seated=True,
    max_per_order=4,
    on_sale_at=NOW,
    event=Occasion(name="Gala", starts_at="2027-06-01T20:00:00Z", venue="Hall"),
    currency="eur",
)


def told(change):
    return parse(SHAPES[change.event.subject], body_of(change.event))


def test_the_events_tell_what_is_offered():
    made = models.create(TICKET, ANN, OFFER)
    edited = models.edit(
        made.state, ANN, Offer("Row 4", 5, on_sale_at=NOW + timedelta(hours=1))
    )
    ended = models.cancel(edited.state, ANN)
    ticket = None
    for change in (made, edited, ended):
        ticket = replay(ticket, told(change))
        assert ticket == change.state
    assert replay(ticket, told(made)) == ticket


@pytest.mark.parametrize("orders", [0, 1, 40])
def test_orders_are_counted_anew_as_they_are(orders):
    ticket = models.create(TICKET, ANN, OFFER).state
    shares = {f"{n:024x}": Share(n % 3, 1, paid=n % 2 == 0) for n in range(orders)}
    change, older = recount(ticket, shares)
    assert older == {}
    assert (change.state.sold, change.state.held) == ((orders + 1) // 2, orders // 2)
    assert change.event.data["version"] == ticket.version + 1
    again = models.follow(change.state, shares, {})
    assert again is None


def test_what_a_listing_does_not_remember_itself_is_kept_beside_it():
    ticket = models.create(TICKET, ANN, OFFER).state
    shares = {f"{n:024x}": Share(0, 0) for n in range(REMEMBERED + 5)}
    change, older = recount(ticket, shares)
    assert change.state.has_older
    assert len(change.state.recent) == REMEMBERED
    assert older.keys() | change.state.recent.keys() == shares.keys()


def test_an_order_that_is_heard_of_later_counts_on():
    ticket = models.create(TICKET, ANN, OFFER).state
    change, _ = recount(ticket, {"a" * 24: Share(0, 2)})
    paid = models.follow(change.state, {"a" * 24: Share(1, 2, paid=True)}, {})
    assert (paid.state.held, paid.state.sold) == (0, 2)
