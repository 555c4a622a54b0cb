"""A listing of several units: how it is sold, reserved, and read on its page."""

import re

EVENT = {
    "name": "Rigoletto <live>",
    "venue": "State Opera",
    "startsAt": "2026-07-01T18:00:00Z",
    "timezone": "Europe/Berlin",
    "description": "Doors open\nat 19:00 & not before",
}


def sell(world):
    return world.sell("Opera", 19.99, quantity=12, max_per_order=5, event=EVENT)


def reserve(buyer, ticket, **form):
    return buyer.post(f"/tickets/{ticket['id']}/reserve", form)


def numbers(page):
    """What the choice of a quantity offers."""
    return [int(n) for n in re.findall(r'<option value="(\d+)"', page)]


def newest(page):
    """What the form says of the buyer's orders so far."""
    return re.search(r'name="newest" value="([^"]*)"', page)[1]
