"""Writing to buyers when something has become of their orders."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import eventlet
from nameko.exceptions import RemoteError

from ticketing import spans
from ticketing.batches import Batches, Batching
from ticketing.contract import OrderCancelled, OrderCompleted, OrderEvent, OrderReduced
from ticketing.errors import NotFoundError, TicketingError, UnavailableError
from ticketing.events import EventHandler
from ticketing.messages import Delivery
from ticketing.public_url import PublicUrl
from ticketing.turnstile import Turnstile
from web import languages
from web.documents import ics, pdf
from web.documents.booking import Booking
from web.facts import Facts, Services, facts_of
from web.mail import letters
from web.mail.letters import Envelope, Refund, Words
from web.mail.message import Attachment
from web.mail.provider import Post, PostOffice
from web.pages import base
from web.states import Json

# Letters of one kind at once: as many as are asked about in one call.
HANDS = 8
# Seconds for others to come meanwhile, to be asked about together; no buyer misses
# them, and a sale has the process to itself.
GATHERING = 0.1
# The same while a crowd waits to buy in this process: a quarter of the letters then.
IN_A_CROWD = 0.4
# What takes longer is delivered again meanwhile, and would be sent twice.
PATIENCE = 8.0


class LetterHandler(EventHandler):
    """``@letter_handler(OrderCompleted)``: an ``event_handler`` with fewer hands."""

    hands = HANDS


letter_handler = LetterHandler.decorator


@dataclass
class _Question:
    """What is known of an order, once ``answer`` is there.

    ``is_alone`` if it could not be found out together with others.
    """

    order_id: str
    answer: Facts | None = None
    is_alone: bool = False


class Letters(base.Web):
    """At least one letter for each event; should there be two, their ids are one."""

    public_url: str = PublicUrl()
    post: PostOffice = Post()
    batches: Batches = Batching()

    @letter_handler(OrderCompleted)
    def on_order_completed(self, event: Delivery) -> None:
        with self._writing_of(event.payload) as (facts, booking):
            # One that was refunded since then gets the letter about that.
            if booking.passes:
                words = letters.bought(booking, facts.order["total"])
                self._send(words, booking, facts, event.payload)

    @letter_handler(OrderReduced)
    def on_order_reduced(self, event: Delivery) -> None:
        with self._writing_of(event.payload) as (facts, booking):
            words = self._of_refund(facts.order, booking, event.payload.units)
            self._send(words, booking, facts, event.payload)

    @letter_handler(OrderCancelled)
    def on_order_cancelled(self, event: Delivery) -> None:
        reason = event.payload.reason
        if reason not in {"refunded", "listing cancelled"}:
            return
        with self._writing_of(event.payload) as (facts, booking):
            words = (
                self._of_refund(facts.order, booking, [])
                if reason == "refunded"
                else letters.called_off(booking)
            )
            self._send(words, booking, facts, event.payload)

    def _of_refund(self, order: Json, booking: Booking, left: list[str]) -> Words:
        """Tell of the refund that left the order with these units."""
        payment = self.payments.get_payment(order["id"])
        refund = Refund.that_left(left, payment, booking.currency)
        return letters.refunded(booking, refund)

    @contextmanager
    def _writing_of(self, told: OrderEvent) -> Iterator[tuple[Facts, Booking]]:
        """Write to the buyer in time, and in the language of the order.

        Gives what is known of the order that an event tells of, and what is still good
        of it. Raises NotFoundError.
        """
        with _in_time():
            facts = self._facts_of(told.id)
            language = facts.order.get("language", "")
            with languages.reading(languages.reader_of(language)):
                booking = Booking.of(facts.order, facts.ticket, facts.passes)
                yield facts, booking.kept

    def _facts_of(self, order_id: str) -> Facts:
        asked = _Question(order_id)
        self.batches.join("facts", asked, self._ask)
        if asked.is_alone:
            asked.answer = self._facts([order_id]).get(order_id)
        if asked.answer is None:
            raise NotFoundError(f"Order {order_id} is not known, or not to whom")
        return asked.answer

    def _ask(self, questions: list["_Question"]) -> None:
        try:
            known = self._facts([each.order_id for each in questions])
        except UnavailableError:
            raise
        except (TicketingError, RemoteError):
            # One of them breaks it: the others must not be given up with that one.
            for each in questions:
                each.is_alone = True
            return
        for each in questions:
            each.answer = known.get(each.order_id)
        eventlet.sleep(IN_A_CROWD if Turnstile.is_crowded() else GATHERING)

    def _facts(self, order_ids: list[str]) -> dict[str, Facts]:
        return facts_of(Services(self.orders, self.tickets, self.auth), order_ids)

    def _send(
        self, words: Words, booking: Booking, facts: Facts, told: OrderEvent
    ) -> None:
        key = f"{told.id}.{told.version}"
        envelope = Envelope(key, facts.address, self.public_url)
        attachments = documents_of(booking.part(1), self.public_url)
        self.post.send(letters.write(words, booking, envelope, attachments))


def _in_time() -> eventlet.Timeout:
    return eventlet.Timeout(PATIENCE, UnavailableError("The letter takes too long"))


def documents_of(booking: Booking, public_url: str) -> tuple[Attachment, ...]:
    if not booking.passes:
        return ()
    with spans.part("print passes"):
        printed = Attachment("passes.pdf", pdf.CONTENT_TYPE, pdf.make(booking))
    if booking.event is None:
        return (printed,)
    link = f"{public_url}/orders/{booking.order_id}/passes"
    entry = Attachment("event.ics", ics.CONTENT_TYPE, ics.render(booking, link))
    return (printed, entry)
