"""Events that go from the bus before anybody has heard them: the owner tells again."""

import asyncio
from datetime import UTC, datetime, timedelta

import nats
import pytest
from system_books import Books
from system_control import eventually
from system_people import Person

DECLINED = "tok_chargeDeclined"
# Told by each change of the thing that is lost with it, so that no later one shows it.
KINDS = (
    "ticket.created",
    "ticket.updated",
    "order.created",
    "order.completed",
    "order.cancelled",
    "order.reduced",
    "payment.created",
    "payment.failed",
    "payment.refunded",
    "session.revoked",
)


class Losses:
    """Deletes messages by hand while their consumers stand still."""

    def __init__(self, system):
        self._url = system.direct["NATS_URL"]
        self._prefix = f"{system.namespace}."
        self._stream = f"{system.namespace}_TICKETING"

    def of(self, kind, act, about):
        """Do something, and lose what the bus was told of it before anybody heard."""
        self._run(self._pause(kind, datetime.now(UTC) + timedelta(minutes=1)))
        try:
            act()
            number = eventually(lambda: self._run(self._last(kind, about)))
            assert self._run(lambda js: js.delete_msg(self._stream, number))
        finally:
            self._run(self._pause(kind, datetime.fromtimestamp(0, UTC)))

    def _run(self, use):
        async def connected():
            client = await nats.connect(self._url)
            try:
                return await use(client.jetstream())
            finally:
                await client.close()

        return asyncio.run(connected())

    def _pause(self, kind, until):
        async def use(js):
            for info in await js.consumers_info(self._stream):
                config = info.config
                heard = config.filter_subjects or [config.filter_subject]
                if self._prefix + kind in heard:
                    await js.pause_consumer(self._stream, info.name, until.isoformat())

        return use

    def _last(self, kind, about):
        async def use(js):
            try:
                last = await js.get_last_msg(self._stream, self._prefix + kind)
            except nats.js.errors.NotFoundError:
                return None
            return last.seq if about in last.data.decode() else None

        return use


@pytest.fixture(scope="module")
def losses(market):
    return Losses(market)


@pytest.fixture(scope="module")
def lost(market, losses):
    """One event of each kind lost; returns what it was about, by kind."""
    with Person(market) as seller, Person(market) as buyer, Person(market) as leaver:
        scene = Scene(losses, seller, buyer, leaver)
        return Books(market), {kind: scene.lose(kind) for kind in KINDS}


class Scene:
    """How it comes to an event of each kind; ``lose`` returns what it was about."""

    def __init__(self, losses, seller, buyer, leaver):
        self.losses, self.leaver = losses, leaver
        self.seller, self.buyer = seller, buyer

    def lose(self, kind):
        return getattr(self, kind.replace(".", "_"))(kind)

    def ticket_created(self, kind):
        made = []
        self.losses.of(kind, lambda: made.append(self.seller.sell()), self.seller.id)
        return made[0]["id"]

    def ticket_updated(self, kind):
        ticket = self.seller.sell()
        self.losses.of(kind, lambda: self.buyer.reserve(ticket), ticket["id"])
        return ticket["id"]

    def order_created(self, kind):
        ticket, made = self.seller.sell(), []
        reserve = lambda: made.append(self.buyer.reserve(ticket))  # noqa: E731
        self.losses.of(kind, reserve, ticket["id"])
        return made[0]["id"]

    def order_completed(self, kind):
        order = self.buyer.reserve(self.seller.sell())
        self.losses.of(kind, lambda: self.buyer.pay(order), order["id"])
        return order["id"]

    def order_cancelled(self, kind):
        order = self.buyer.reserve(self.seller.sell())
        self.losses.of(kind, lambda: self.buyer.cancel(order), order["id"])
        return order["id"]

    def order_reduced(self, kind):
        order = self.buyer.buy(self.seller.sell(quantity=3), quantity=3)
        refund = lambda: self.seller.refund(order, units=order["units"][:1])  # noqa: E731
        self.losses.of(kind, refund, order["id"])
        return order["id"]

    def payment_created(self, kind):
        order = self.buyer.reserve(self.seller.sell())
        self.losses.of(kind, lambda: self.buyer.pay(order), order["id"])
        return order["id"]

    def payment_failed(self, kind):
        order = self.buyer.reserve(self.seller.sell())
        for _ in range(2):
            self.buyer.pay(order, DECLINED)
        self.losses.of(kind, lambda: self.buyer.pay(order, DECLINED), order["id"])
        return order["id"]

    def payment_refunded(self, kind):
        order = self.buyer.buy(self.seller.sell())
        self.losses.of(kind, lambda: self.seller.refund(order), order["id"])
        return order["id"]

    def session_revoked(self, kind):
        token = self.leaver.token
        sign_out = lambda: self.leaver.http.post("/api/users/signout")  # noqa: E731
        self.losses.of(kind, sign_out, self.leaver.id)
        return token


def test_every_copy_is_as_its_owner_has_it_in_the_end(lost):
    """Of listings and of orders, with what each listing has counted."""
    books, _ = lost
    eventually(lambda: books.copies_agree() and books.counts_agree())


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("payment.created", "complete"),
        ("payment.failed", "cancelled"),
        ("payment.refunded", "cancelled"),
    ],
)
def test_what_became_of_the_money_reaches_the_order(lost, kind, status):
    books, about = lost
    eventually(lambda: books.orders()[about[kind]]["status"] == status)


def test_who_has_signed_out_is_out_everywhere(lost, market):
    """Also where the news of it had not come."""
    _, about = lost
    with market.client(cookies={"session": about["session.revoked"]}) as client:
        eventually(lambda: client.get("/api/orders").status_code == 401)


def test_a_hold_ends_whose_end_nobody_heard(split):
    """Two seconds of it, and then its end is announced again."""
    losses = Losses(split)
    with Person(split) as seller, Person(split) as buyer:
        order = buyer.reserve(seller.sell())
        losses.of("expiration.complete", lambda: None, order["id"])
        buyer.until(order, "cancelled")
