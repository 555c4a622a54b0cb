"""A hall of four rows with eight seats each, and who wants them."""

import pytest
from seats_hall import Choice, Hall, signed_up

ROWS = [f"{row}-{number}" for row in "ABCD" for number in range(1, 9)]


@pytest.fixture
def make_hall(person):
    seller = signed_up(person())

    def make(seats=ROWS, **more):
        return Hall(seller, list(seats), **more)

    return make


@pytest.fixture
def hall(make_hall):
    return make_hall()


@pytest.fixture
def other(person):
    """Somebody who wants the same seats."""
    return signed_up(person())


@pytest.fixture
def choose(person):
    """Puts somebody in front of a hall's map."""

    def make(hall, *width):
        return Choice(signed_up(person(*width)), hall)

    return make
