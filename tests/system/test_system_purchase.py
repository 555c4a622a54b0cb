"""One purchase from sign-up to owned, as its buyer and as the bus see it."""

from datetime import datetime

import pytest
from system_bus import Bus
from system_control import eventually
from system_people import Member

ENDS = {"order-cancelled", "order-completed"}
# Who listens to what.
CONSUMERS = {
    "orders": {
        "ticket-created",
        "ticket-updated",
        "expiration-complete",
        "payment-created",
        "payment-failed",
        "payment-refunded",
    },
    "tickets": ENDS | {"order-created", "order-reduced"},
    "payments": ENDS | {"order-created", "order-extended", "order-reduced"},
    "expiration": ENDS | {"order-created"},
    "web": ENDS | {"order-reduced"},
}


@pytest.fixture(scope="module")
def sale(system):
    """A ticket that has been sold: its people, its order, and all that was said."""
    with Member(system) as seller, Member(system) as buyer:
        ticket = seller.sell(title="Row 1", price=19.99)
        order = buyer.reserve(ticket)
        payment = buyer.pay(order).json()
        buyer.until(order, "complete")
        buyer.until_counted(ticket, sold=1)

        def told():
            """The ticket tells once or twice that it is held and sold."""
            found = Bus(system).messages(ticket["id"], order["id"])
            sold = [message for message in found if message.data.get("sold")]
            subjects = [message.subject for message in found]
            return found if sold and len(set(subjects)) == 5 else None

        yield Sale(ticket, order, payment, seller, buyer, eventually(told))


class Sale:
    def __init__(self, ticket, order, payment, seller, buyer, all_said):
        self.ticket, self.order, self.payment = ticket, order, payment
        self.seller, self.buyer, self.all_said = seller, buyer, all_said
        self.messages = {message.subject: message for message in all_said}

    def said(self, subject):
        """What was said last of it."""
        return self.messages[subject].data


def test_the_buyer_owns_the_ticket(system, sale):
    """The order is complete, the ticket is the order's, Stripe has the price once."""
    order = sale.buyer.order(sale.order)
    assert order == sale.order | {"status": "complete", "version": 1}
    ticket = sale.buyer.ticket(sale.ticket)
    owned = {"orderId": order["id"], "available": 0, "sold": 1}
    assert ticket == sale.ticket | owned | {"version": ticket["version"]}
    assert ticket["version"] in {1, 2}
    assert system.kept(order["id"]) == 1999


def test_the_events_carry_the_payloads_of_the_contract(system, sale):
    """One for each change, in JSON, with nothing more and nothing less."""
    ticket, order = sale.ticket, sale.order
    offer = {
        "id": ticket["id"],
        "version": 0,
        "title": "Row 1",
        "price": 19.99,
        "currency": "usd",
        "userId": sale.seller.id,
        "layout": "1",
        "seated": False,
        "maxPerOrder": 10,
    }
    assert sale.said("ticket.created") == offer
    updates = [m.data for m in sale.all_said if m.subject == "ticket.updated"]
    held = {"orderId": order["id"], "available": 0, "held": 1, "sold": 0}
    sold = {"orderId": order["id"], "available": 0, "held": 0, "sold": 1}
    states = [held, sold][-len(updates) :]
    assert updates == [
        offer | state | {"version": n} for n, state in enumerate(states, 1)
    ]
    shown = {key: order[key] for key in order if key != "quantity"}
    assert sale.said("order.created") == shown
    assert sale.said("order.completed") == {
        "id": order["id"],
        "version": 1,
        "ticket": {"id": ticket["id"]},
        "units": ["1"],
    }
    (intent,) = system.intents(order["id"])
    payment = sale.said("payment.created")
    assert payment == {
        "id": sale.payment["id"],
        "version": payment["version"],
        "orderId": order["id"],
        "stripeId": intent.id,
        "amount": 1999,
        "currency": "usd",
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
    for message in sale.all_said:
        subject, headers, data = message.subject, message.headers, message.data
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


def handled(told):
    """What each service has made of each event of a story."""
    return [state for each in told for state in each.get("handled", {}).values()]


def test_the_story_of_a_purchase_is_told_in_its_order(system, seller, buyer):
    """Who asked for what, what Stripe was asked and said, and what became of it."""
    order = buyer.buy(seller.sell())

    def story():
        with system.rpc() as rpc:
            told = rpc.orders.timeline(order["id"])
        letters = [each["what"] for each in told if each["service"] == "web"]
        heeded = any(each["what"].endswith("heeded") for each in told)
        done = letters == ["letter about order.completed: sent"] and heeded
        return told if done and handled(told) == ["done"] * 8 else None

    told = eventually(story)
    assert [each["at"] for each in told] == sorted(each["at"] for each in told)
    by = {each["what"].split(",")[0]: each.get("by") for each in told}
    assert by["created: 1 unit"] == "POST /api/orders"
    assert by["Stripe is asked to charge"] == "POST /api/payments"
    assert by["complete: 1 unit"] == "payment.created"
    places = [
        each["what"].split(",")[0] for each in told if "webhook" not in each["what"]
    ]
    (intent,) = system.intents(order["id"])
    assert places == [
        "created: 1 unit",
        "order.created",
        "Stripe is asked to charge",
        f"{intent.id} paid",
        "payment.created",
        "complete: 1 unit",
        "order.completed",
        "letter about order.completed: sent",
    ]
    personal = (buyer.email, seller.email)
    assert not any(text in str(told) for text in personal)
