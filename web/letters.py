"""Writing to buyers when something has become of their orders."""

from collections.abc import Iterator
from contextlib import contextmanager

import eventlet

from ticketing.contract import OrderCancelled, OrderCompleted, OrderEvent, OrderReduced
from ticketing.errors import UnavailableError
from ticketing.events import EventHandler
from ticketing.messages import Delivery
from ticketing.public_url import PublicUrl
from web import languages
from web.bookings import booking_of
from web.documents import ics, pdf
from web.documents.booking import Booking
from web.mail import letters
from web.mail.letters import Envelope, Refund, Words
from web.mail.message import Attachment
from web.mail.provider import Post, PostOffice
from web.pages import base
from web.states import Json

# Letters of one kind written at once: printing takes memory and a core.
HANDS = 2
# What takes longer is delivered again meanwhile, and would be sent twice.
PATIENCE = 8.0


class LetterHandler(EventHandler):
    """``@letter_handler(OrderCompleted)``: an ``event_handler`` with fewer hands."""

    hands = HANDS


letter_handler = LetterHandler.decorator


class Letters(base.Web):
    """At least one letter for each event; should there be two, their ids are one."""

    public_url: str = PublicUrl()
    post: PostOffice = Post()

    @letter_handler(OrderCompleted)
    def on_order_completed(self, event: Delivery) -> None:
        with self._writing_of(event.payload) as (order, booking):
            # One that was refunded since then gets the letter about that.
            if booking.passes:
                words = letters.bought(booking, order["total"])
                self._send(words, booking, order, event.payload)

    @letter_handler(OrderReduced)
    def on_order_reduced(self, event: Delivery) -> None:
        with self._writing_of(event.payload) as (order, booking):
            words = self._of_refund(order, booking, event.payload.units)
            self._send(words, booking, order, event.payload)

    @letter_handler(OrderCancelled)
    def on_order_cancelled(self, event: Delivery) -> None:
        reason = event.payload.reason
        if reason not in {"refunded", "listing cancelled"}:
            return
        with self._writing_of(event.payload) as (order, booking):
            words = (
                self._of_refund(order, booking, [])
                if reason == "refunded"
                else letters.called_off(booking)
            )
            self._send(words, booking, order, event.payload)

    def _of_refund(self, order: Json, booking: Booking, left: list[str]) -> Words:
        """Tell of the refund that left the order with these units."""
        payment = self.payments.get_payment(order["id"])
        refund = Refund.that_left(left, payment, booking.currency)
        return letters.refunded(booking, refund)

    @contextmanager
    def _writing_of(self, told: OrderEvent) -> Iterator[tuple[Json, Booking]]:
        """Write to the buyer in time, and in the language of the order.

        Gives the order that an event tells of, and what is still good of it.
        """
        with _in_time():
            order = self.orders.get_order(told.id)
            with languages.reading(languages.reader_of(order.get("language", ""))):
                yield order, booking_of(self.tickets, self.orders, order).kept

    def _send(
        self, words: Words, booking: Booking, order: Json, told: OrderEvent
    ) -> None:
        address = self.auth.get_user(order["userId"])["email"]
        envelope = Envelope(f"{told.id}.{told.version}", address, self.public_url)
        attachments = documents_of(booking.part(1), self.public_url)
        self.post.send(letters.write(words, booking, envelope, attachments))


def _in_time() -> eventlet.Timeout:
    return eventlet.Timeout(PATIENCE, UnavailableError("The letter takes too long"))


def documents_of(booking: Booking, public_url: str) -> tuple[Attachment, ...]:
    if not booking.passes:
        return ()
    printed = Attachment("passes.pdf", pdf.CONTENT_TYPE, pdf.make(booking))
    if booking.event is None:
        return (printed,)
    link = f"{public_url}/orders/{booking.order_id}/passes"
    entry = Attachment("event.ics", ics.CONTENT_TYPE, ics.render(booking, link))
    return (printed, entry)
