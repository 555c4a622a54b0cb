"""What is counted of the bus, and what is asked for when /metrics is."""

import pytest
from contract_listener import ANN
from contract_tools import eventually
from eventlet.event import Event as Flag
from prometheus_client import REGISTRY

from expiration.service import ExpirationService
from ticketing.consumer import HANDS
from ticketing.errors import HopelessError, UnavailableError
from ticketing.ids import new_id
from ticketing.layout import Layout
from ticketing.metrics.scrape import Asked, exposition
from tickets import models
from tickets.models import Offer
from tickets.service import TicketsService

CONSUMER = {"service": "listener", "subject": "ticket.created"}


def told(container):
    """``{(series, label values): value}`` of what a container is asked for."""
    metrics = Asked([container]).collect()
    samples = (sample for metric in metrics for sample in metric.samples)
    return {(s.name, *s.labels.values()): s.value for s in samples}


def counted(name, **labels):
    return REGISTRY.get_sample_value(name, CONSUMER | labels) or 0


@pytest.fixture
def grown():
    """How much a series of the listener has grown in this test."""
    outcomes = ("done", "again", "dead", "handed_back")
    before = {o: counted("ticketing_events_total", outcome=o) for o in outcomes}
    redelivered = counted("ticketing_events_redelivered_total")

    def grown():
        now = {o: counted("ticketing_events_total", outcome=o) for o in outcomes}
        again = counted("ticketing_events_redelivered_total") - redelivered
        return {o: now[o] - before[o] for o in outcomes} | {"redelivered": again}

    return grown


def test_every_delivery_is_counted_by_what_came_of_it(listen, grown):
    """Tried again twice, then done: each a delivery, two of them not the first."""

    def fail_twice(delivery):
        if delivery.attempt < 3:
            raise UnavailableError

    made = listen(fail_twice)
    made.publish(1)
    eventually(lambda: made.is_settled(3))
    wanted = {"done": 1, "again": 2, "dead": 0, "handed_back": 0, "redelivered": 2}
    assert grown() == wanted


def test_what_is_put_aside_is_counted_and_waits_to_be_looked_at(listen, grown):
    def give_up(delivery):
        raise HopelessError

    made = listen(give_up)
    waiting = ("ticketing_dead_letters_waiting", "listener")
    assert told(made.container)[waiting] == 0
    made.publish(1, 2)
    eventually(lambda: len(made.letters()) == 2)
    assert grown()["dead"] == 2
    assert told(made.container)[waiting] == 2
    made.graveyard.box.discard(made.letters()[0].id)
    assert told(made.container)[waiting] == 1


def test_what_nobody_has_handled_yet_is_seen_by_consumer(listen):
    """What is under way, and what waits until a hand is free."""
    gate, key = Flag(), ("listener", "ticket.created")
    made = listen(lambda _: gate.wait())
    made.publish(*range(HANDS + 6))

    def both():
        found = told(made.container)
        names = ("ticketing_consumer_unsettled", "ticketing_consumer_pending")
        return [found.get((name, *key)) for name in names]

    eventually(lambda: both() == [HANDS, 6])
    gate.send(None)
    eventually(lambda: both() == [0, 0])


def test_an_event_that_waits_to_be_published_is_seen_with_its_age(run, rabbit, config):
    """As long as the bus is away; and what the bus would tell is left out."""
    rabbit.append(f"{config['NAMESPACE']}_rpc-tickets")
    container = run(TicketsService, NATS_URL="nats://127.0.0.1:1")
    database = next(e for e in container.extensions if hasattr(e, "relay"))
    eventually(lambda: database._ready)
    assert told(container)["ticketing_outbox_events", "tickets"] == 0
    age = "ticketing_outbox_oldest_seconds", "tickets"
    assert told(container)[age] == 0
    offer = Offer("A seat", 100, layout=Layout.of_quantity(1))
    database.store.add(models.create(new_id(), ANN, offer))
    found = eventually(lambda: (t := told(container))[age] > 0 and t)
    assert found["ticketing_outbox_events", "tickets"] == 1
    assert found["ticketing_dependency_up", "nats"] == 0
    assert found["ticketing_dependency_up", "mongodb/tickets"] == 1
    for name, *_ in found:
        assert not name.startswith(("ticketing_consumer", "ticketing_dead"))
    container.kill()


def test_a_part_that_fails_does_not_take_the_others_with_it(run, rabbit, config):
    rabbit.append(f"{config['NAMESPACE']}_rpc-expiration")
    container = run(ExpirationService)

    class Broken:
        service_name, max_workers, _worker_threads = "broken", 1, ()

        @property
        def extensions(self):
            raise KeyError

    text = exposition([container, Broken()]).get_data(as_text=True)
    assert 'ticketing_workers{service="expiration"}' in text
    assert "ticketing_dependency_up" not in text
    container.kill()
