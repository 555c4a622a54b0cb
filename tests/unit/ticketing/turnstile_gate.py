"""People at a turnstile, of whom those inside stay until they are let out."""

import pytest
from eventlet.event import Event

from ticketing.errors import BusyError


class Gate:
    """Whoever goes in stays until the gate is opened."""

    def __init__(self, turns):
        self.turns, self.open, self.inside = turns, Event(), []

    def go_in(self, name, since=None):
        with self.turns.turn(since):
            self.inside.append(name)
            self.open.wait()
        return name


def sent_away(turns, count, since=None):
    """When each of so many is told to come back."""
    for _ in range(count):
        with pytest.raises(BusyError) as caught, turns.turn(since):
            pass
        yield caught.value.retry_after
