"""The figures are those of what was recorded, and targets are met or missed by them."""

import pytest
from rehearsal_books import told

from rehearsal.figures import figures, times
from rehearsal.looks import Look
from rehearsal.record import Asked, Bought, Step
from rehearsal.targets import of_sale, of_steady


def looks(services=0.012, letters=0):
    queues = {"outbox": 0, "letters": letters}
    return [Look(2.0, 3, queues, {"services": services, "mongodb": 0.02})]


def of(record, units=3, seconds=None, services=0.012):
    return figures(record, looks(services), units, seconds, own=0.002)


def missed(targets):
    return [target.what for target in targets if target.counts and not target.is_met]


def test_percentiles_are_times_that_were_seen():
    """Of a hundred, the 99th is one of the two longest."""
    found = times([number / 100 for number in range(100, 0, -1)])
    assert found == (100, 0.51, 0.91, 1.0, 1.0)
    assert times([0.3]) == (1, 0.3, 0.3, 0.3, 0.3)


def test_a_sale_that_was_sold_out():
    """It took until the last buyer knew; CPU is shared out among the purchases."""
    found = of(told())
    assert (found.took, found.purchases, found.rate) == (2.0, 2, 1.0)
    assert found.cpu == {"services": 6.0, "mongodb": 10.0, "this program": 1.0}


def test_a_sale_that_was_not_sold_out():
    """There is no time until the end then, and that is a target missed."""
    found = of(told(), units=4)
    assert found.took is None
    assert missed(of_sale(found, killed=True)) == ["everything is sold"]
    assert "not sold out" in found.line()


def test_errors_are_counted():
    """A refusal is an answer; nothing, too much and a fault of the server are none."""
    record = told()
    record.asked = [
        Asked(0.1, "reserve", 0.2, 400),
        Asked(0.2, "reserve", 9.0, 0),
        Asked(0.3, "reserve", 8.0, 503, "Try again"),
        Asked(0.3, "pay", 7.0, 429),
    ]
    found = of(record)
    assert found.errors == {
        "reserve: no answer": 1,
        "reserve: 503 Try again": 1,
        "pay: 429": 1,
    }
    assert found.longest == 9.0


def test_pages_before_the_sale_are_no_requests_of_it():
    """But how long they took is told."""
    record = told()
    record.asked = [Asked(-9.0, "page", 8.0, 200)]
    record.steps = [Step(-9.0, "page", 8.0)]
    assert of(record).longest == 0
    assert of(record).steps["page"].longest == 8.0


@pytest.mark.parametrize(
    ("asked", "what"),
    [
        (
            [Asked(0, "reserve", 0.5, 503)],
            "p99 of an answer to who reserves below 500 ms",
        ),
        ([], "p99 of an answer to who reserves below 500 ms"),
        ([Asked(0, "pay", 5.1, 201)], "no request waits longer than 5 s"),
    ],
)
def test_a_sale_that_is_too_slow(asked, what):
    """Each target is missed by itself, and none counts where services were killed."""
    record = told()
    record.asked = asked
    assert what in missed(of_sale(of(record), killed=False))
    assert missed(of_sale(of(record), killed=True)) == []


def test_a_sale_that_takes_too_long():
    record = told()
    record.asked = [Asked(0, "reserve", 0.1, 201)]
    assert missed(of_sale(of(record), killed=False)) == []
    record.bought[1] = Bought(10.1, "b", ("3",), 9)
    assert missed(of_sale(of(record), killed=False)) == ["sold out in 10 s"]


def test_a_steady_sale():
    """What was bought after its time does not count for the rate."""
    record = told()
    record.bought = [Bought(0.5, str(number), ("1",), 0.1) for number in range(100)]
    assert missed(of_steady(of(record, seconds=1, services=0.6), killed=False)) == []
    dear = of(record, seconds=1, services=0.61)
    assert len(missed(of_steady(dear, killed=False))) == 1
    record.bought[0] = Bought(1.5, "0", ("1",), 0.1)
    slow = of(record, seconds=1, services=0.6)
    assert missed(of_steady(slow, killed=False)) == ["100 whole purchases a second"]
    assert missed(of_steady(slow, killed=True)) == []


def test_each_answer_to_who_reserves_and_when_it_was_known_what_came_of_it():
    """Somebody who is told to come back has an answer, and does not know yet."""
    record = told()
    record.asked = [Asked(0, "reserve", 0.1, 503), Asked(3, "reserve", 0.2, 201)]
    record.steps = [Step(0, "reserve", 3.2)]
    steps = of(record).steps
    assert (steps["answer"].number, steps["answer"].longest) == (2, 0.2)
    assert steps["reserve"].longest == 3.2
