"""What a whole purchase leaves in /metrics, and where each process tells its own."""

import pytest
from prometheus_client.parser import text_string_to_metric_families as families
from system_control import eventually, new_port

from ticketing.roles import ROLES, durables_of


class Scrape:
    """What one answer of /metrics says."""

    def __init__(self, text):
        self.text = text
        samples = [s for family in families(text) for s in family.samples]
        self.samples = {(s.name, *sorted(s.labels.items())): s.value for s in samples}

    def get(self, name, **labels):
        return self.samples.get((name, *sorted(labels.items())), 0)


def scrape(system):
    return Scrape(system.processes["orders"].probe("/metrics").text)


@pytest.fixture
def grown(system):
    """How much a series has grown since the test began."""
    before = scrape(system)
    return lambda name, **labels: (
        scrape(system).get(name, **labels) - before.get(name, **labels)
    )


def test_a_purchase_is_counted_all_the_way(system, seller, buyer, grown):
    """Held, paid, sold, mailed; each request, call and event with its time."""
    ticket = seller.sell()
    order = buyer.buy(ticket)
    buyer.until(order, "complete")
    eventually(lambda: grown("ticketing_orders_total", change="sold") == 1)
    assert grown("ticketing_orders_total", change="held") == 1
    assert grown("ticketing_payments_total", outcome="paid") == 1
    assert grown("ticketing_money_minor_units_total", kind="paid", currency="usd") == (
        2000
    )
    route = {"method": "POST", "route": "/api/orders"}
    assert grown("ticketing_http_requests_total", status="201", **route) == 1
    assert grown("ticketing_http_seconds_count", **route) == 1
    stripe = {"operation": "open", "outcome": "done"}
    assert grown("ticketing_stripe_calls_total", **stripe) == 1
    heard = {"service": "orders", "subject": "payment.created"}
    eventually(lambda: grown("ticketing_events_total", outcome="done", **heard) == 1)
    assert grown("ticketing_event_seconds_count", **heard) == 1
    mail = {"mailer": "FolderMailer", "outcome": "done"}
    eventually(lambda: grown("ticketing_mails_total", **mail) >= 1)


def test_what_is_given_up_refused_and_sent_back_is_counted(
    system, seller, buyer, grown
):
    """Cancelled by the buyer, declined by a bank, refunded."""
    buyer.cancel(buyer.reserve(seller.sell()))
    assert grown("ticketing_orders_total", change="cancelled") == 1
    declined = buyer.reserve(seller.sell())
    buyer.pay(declined, token="tok_chargeDeclined")
    assert grown("ticketing_declines_total", code="generic_decline") == 1
    calls = {"operation": "open", "outcome": "declined"}
    assert grown("ticketing_stripe_calls_total", **calls) == 1
    order = buyer.buy(seller.sell())
    buyer.until(order, "complete")
    with system.rpc() as n:
        n.payments.refund(order["id"], "a test")
    buyer.until(order, "cancelled")
    eventually(lambda: grown("ticketing_orders_total", change="refunded") == 1)
    assert grown("ticketing_payments_total", outcome="refunded") == 1


def test_what_waits_is_asked_for_when_metrics_are(system, seller):
    """Each durable consumer, outbox and dependency of every service, and no other."""
    seller.sell()
    stores = ("auth", "tickets", "orders", "payments")
    wanted = {("ticketing_streams_open", ("service", "web"))}
    for service in ROLES:
        wanted.add(("ticketing_dead_letters_waiting", ("service", service)))
        for subject in durables_of(service).values():
            key = ("service", service), ("subject", subject)
            wanted.add(("ticketing_consumer_pending", *key))
    for service in stores:
        wanted.add(("ticketing_outbox_oldest_seconds", ("service", service)))

    def asked():
        """When each of them had the time to answer."""
        told = scrape(system)
        is_up = [
            told.get("ticketing_dependency_up", dependency=f"mongodb/{service}")
            for service in stores
        ]
        return told if wanted <= told.samples.keys() and all(is_up) else None

    told = eventually(asked)
    for service in ROLES:
        assert told.get("ticketing_workers_most", service=service) > 0
        assert told.get("ticketing_dead_letters_waiting", service=service) == 0


def test_nobody_is_in_the_labels(system, seller, buyer):
    """No id, no address, no name: routes are patterns."""
    order = buyer.reserve(seller.sell())
    buyer.http.get(f"/orders/{order['id']}")
    text = scrape(system).text
    for personal in (order["id"], order["ticket"]["id"], buyer.id, buyer.email):
        assert personal not in text


def test_processes_that_share_an_address_each_have_one_of_their_own(systems, tmp_path):
    """Probes and numbers of this process alone, and no route of the shop."""
    aside = f"127.0.0.2:{new_port()}"
    system = systems(("expiration",), METRICS_ADDRESS=aside).up()
    process = system.processes["expiration"]
    own = type(process)(("expiration",), {"WEB_SERVER_ADDRESS": aside}, tmp_path)
    own._popen = process._popen
    for path in ("/livez", "/metrics"):
        assert own.probe(path).status_code == 200
    own.wait_until_ready()
    assert 'ticketing_workers{service="expiration"}' in own.probe("/metrics").text
    assert own.probe("/api/tickets").status_code == 404
    assert process.stop() == 0
    system.end()
