"""One purchase from sign-up to owned, as its buyer and as the bus see it."""

from datetime import datetime

import pytest
from system_bus import Bus
from system_control import eventually
from system_people import Member

# Who listens to what; `web` will when its pages move by themselves.
CONSUMERS = {
    "orders": {
        "ticket-created",
        "ticket-updated",
        "expiration-complete",
        "payment-created",
        "payment-failed",
        "payment-refunded",
    },
    "tickets": {"order-created", "order-cancelled", "order-completed"},
    "payments": {"order-created", "order-cancelled", "order-completed"},
    "expiration": {"order-created", "order-cancelled", "order-completed"},
}


@pytest.fixture(scope="module")
def sale(system):
    """A ticket that has been sold: its people, its order, and all that was said."""
    with Member(system) as seller, Member(system) as buyer:
        ticket = seller.sell(title="Row 1", price=19.99)
        order = buyer.reserve(ticket)
        payment = buyer.pay(order).json()
        buyer.until(order, "complete")
        eventually(lambda: buyer.ticket(ticket).get("orderId"))

        def told():
            found = Bus(system).messages(ticket["id"], order["id"])
            return found if len(found) == 5 else None

        messages = {message.subject: message for message in eventually(told)}
        yield Sale(ticket, order, payment, seller, buyer, messages)


class Sale:
    def __init__(self, ticket, order, payment, seller, buyer, messages):
        self.ticket, self.order, self.payment = ticket, order, payment
        self.seller, self.buyer, self.messages = seller, buyer, messages

    def said(self, subject):
        return self.messages[subject].data


def test_the_buyer_owns_the_ticket(system, sale):
    """The order is complete, the ticket is the order's, Stripe has the price once."""
    order = sale.buyer.order(sale.order)
    assert order == sale.order | {"status": "complete", "version": 1}
    ticket = sale.buyer.ticket(sale.ticket)
    assert ticket == sale.ticket | {"orderId": order["id"], "version": 1}
    assert system.kept(order["id"]) == 1999


def test_the_events_carry_the_payloads_of_the_contract(system, sale):
    """One for each change, in JSON, with nothing more and nothing less."""
    ticket, order = sale.ticket, sale.order
    assert sale.said("ticket.created") == ticket
    assert sale.said("ticket.updated") == ticket | {
        "version": 1,
        "orderId": order["id"],
    }
    assert sale.said("order.created") == order
    assert sale.said("order.completed") == {
        "id": order["id"],
        "version": 1,
        "ticket": {"id": ticket["id"]},
    }
    (intent,) = system.intents(order["id"])
    payment = sale.said("payment.created")
    assert payment == {
        "id": sale.payment["id"],
        "version": payment["version"],
        "orderId": order["id"],
        "stripeId": intent.id,
        "amount": 1999,
    }


def test_the_metadata_follow_cloud_events(sale):
    """In NATS headers; the id is the aggregate's and its version."""
    sources = {
        "ticket.created": "tickets",
        "ticket.updated": "tickets",
        "order.created": "orders",
        "order.completed": "orders",
        "payment.created": "payments",
    }
    assert set(sale.messages) == set(sources)
    for subject, message in sale.messages.items():
        headers, data = message.headers, message.data
        event_id = f"{data['id']}:{data['version']}"
        assert headers["Nats-Msg-Id"] == headers["ce-id"] == event_id
        assert headers["ce-type"] == subject
        assert headers["ce-source"].endswith(sources[subject])
        assert headers["ce-specversion"] == "1.0"
        assert datetime.fromisoformat(headers["ce-time"]).tzinfo
        assert headers["traceparent"].startswith("00-")


def test_one_trace_follows_a_request_into_its_events(system, seller, buyer):
    """From the request through the order to what the ticket made of it."""
    trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    ticket = seller.sell()
    header = {"traceparent": f"00-{trace}-00f067aa0ba902b7-01"}
    order = buyer.ask_for(ticket, **header).json()
    buyer.until_held(ticket, order)

    def traces():
        return {
            message.subject: message.headers["traceparent"].split("-")[1]
            for message in Bus(system).messages(order["id"])
        }

    eventually(lambda: "ticket.updated" in traces())
    assert traces() == {"order.created": trace, "ticket.updated": trace}


def test_each_service_has_one_durable_consumer_a_subject(system, sale):
    """Named after both, so that its instances share it."""
    expected = {
        f"{service}-{subject}"
        for service, subjects in CONSUMERS.items()
        for subject in subjects
    }
    consumers = Bus(system).consumers()
    assert set(consumers) >= expected
    for name in expected:
        config = consumers[name].config
        subject = name.partition("-")[2].replace("-", ".")
        assert config.filter_subject == f"{system.namespace}.{subject}"
        assert config.ack_policy == "explicit"


def test_every_event_is_settled(system, sale):
    """Nothing waits to be delivered or acknowledged when a sale is over."""

    def settled():
        found = Bus(system).consumers().values()
        return all(not info.num_pending + info.num_ack_pending for info in found)

    eventually(settled)
    with system.rpc() as rpc:
        for service in CONSUMERS:
            letters = getattr(rpc, service).dead_letters()
            assert not [each for each in letters if sale.order["id"] in each["body"]]


def test_no_secret_is_on_the_bus(system, sale):
    """Neither passwords, nor cards, nor cookies."""
    for message in Bus(system).messages(""):
        text = f"{message.data} {message.headers}"
        assert "tok_visa" not in text
        assert "argon2" not in text
        assert "password" not in text
