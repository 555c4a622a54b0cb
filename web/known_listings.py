"""The listings somebody looked at last, as they are now. Pure but for the clock."""

from collections import OrderedDict
from time import monotonic

from web.states import Json

ROOM = 200
# Characters; a longer one is asked for each time.
MAX_LAYOUT = 20_000
# Seconds after which one is asked for again, in case that an event was lost.
LONGEST = 10.0


class Listings:
    """Listings with their layouts, by id."""

    def __init__(self, room: int = ROOM) -> None:
        self._room = room
        self._told: OrderedDict[str, Json] = OrderedDict()
        self._asked: dict[str, float] = {}

    def find(self, ticket_id: str) -> Json | None:
        """Return a listing that is surely up to date."""
        if monotonic() - self._asked.get(ticket_id, -LONGEST) >= LONGEST:
            return None
        self._told.move_to_end(ticket_id)
        return self._told[ticket_id]

    def last(self, ticket_id: str) -> Json | None:
        """Return a listing as it was when it was heard of last."""
        return self._told.get(ticket_id)

    def put(self, told: Json) -> Json:
        """Keep what its owner has just told, or what is newer; return that."""
        ticket_id = told["id"]
        known = self._told.get(ticket_id)
        newest = known if known and known["version"] > told["version"] else told
        if len(newest["layout"]) <= MAX_LAYOUT:
            self._told[ticket_id] = newest
            self._told.move_to_end(ticket_id)
            self._asked[ticket_id] = monotonic()
        if len(self._told) > self._room:
            self._forget(next(iter(self._told)))
        return newest

    def hear(self, told: Json) -> None:
        """Take over an event of a listing that somebody looked at."""
        known = self._told.get(told["id"])
        if known and known["version"] < told["version"]:
            self._told[told["id"]] = told
            if len(told["layout"]) > MAX_LAYOUT:
                self._forget(told["id"])

    def doubt(self) -> None:
        """Have each of them asked for again."""
        self._asked = dict.fromkeys(self._told, -LONGEST)

    def _forget(self, ticket_id: str) -> None:
        del self._told[ticket_id], self._asked[ticket_id]
