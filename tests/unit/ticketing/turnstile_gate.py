"""People at a turnstile, of whom those inside stay until they are let out."""

import pytest
from eventlet.event import Event

from ticketing.errors import BusyError


class Gate:
    """Whoever goes in stays until the gate is opened."""

    def __init__(self, turns):
        self.turns, self.open, self.inside = turns, Event(), []

    def go_in(self, name, since=None):
        with turn(self.turns, name, since):
            self.inside.append(name)
            self.open.wait()
        return name


def turn(turns, name="somebody", since=None):
    return turns.turn(name, turns.check(name, since))


def sent_away(turns, people, since=None):
    """When each of them is told to come back."""
    for name in people:
        with pytest.raises(BusyError) as caught, turn(turns, name, since):
            pass
        yield caught.value.retry_after
