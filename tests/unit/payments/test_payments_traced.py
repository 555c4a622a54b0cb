"""What becomes of a payment is part of its order's story, whoever goes on with it."""

import eventlet
import pytest
from payments_heard import created
from unit_doubles import BOB, ORDER

from ticketing import tracing
from ticketing.errors import UnavailableError


def in_a_trace(run, *arguments):
    """Runs as a worker does, in a trace of its own; returns that."""

    def work():
        tracing.follow(traceparent := tracing.new_traceparent())
        run(*arguments)
        return traceparent

    return eventlet.spawn(work).wait()


def trace_of(cash, subject):
    found = [event for event in cash.payments.events if event.subject == subject]
    (trace,) = {tracing.trace_id(event.traceparent) for event in found}
    return trace


@pytest.fixture
def story(cash):
    """The trace in which the order was made."""
    return tracing.trace_id(in_a_trace(cash.rpc.on_order_created, created()))


def test_a_payment_goes_on_with_the_story_of_its_order(cash, story):
    """From its first step on: what Stripe is asked for is written down before."""
    in_a_trace(cash.rpc.pay, ORDER, BOB, "tok_visa")
    assert trace_of(cash, "payment.created") == story
    steps = cash.payments.history(cash.payments.find_by_order(ORDER).id)
    assert {step["trace"] for step in steps} == {story}
    assert len(steps) > 1


def test_so_does_whoever_finishes_it_later(cash, story):
    """A timer, after the answer was lost."""
    cash.gateway.away = True
    with pytest.raises(UnavailableError):
        in_a_trace(cash.rpc.pay, ORDER, BOB, "tok_visa")
    cash.gateway.away = False
    cash.clock.advance(minutes=1)
    in_a_trace(cash.rpc.resume)
    assert trace_of(cash, "payment.created") == story


def test_without_a_story_that_is_known_it_has_its_own(cash):
    """Asked for by a program before the order was heard of here."""
    asked = in_a_trace(cash.rpc.pay, ORDER, BOB, "tok_visa")
    assert trace_of(cash, "payment.created") == tracing.trace_id(asked)
