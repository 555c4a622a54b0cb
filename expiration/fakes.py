"""In-memory double of what the expiration service stands on."""

from expiration.deadlines import LEASE_MS, LostError
from ticketing.ids import new_id


class MemoryDeadlines:
    def __init__(self) -> None:
        self.lose()

    def lose(self) -> None:
        """Forget everything, as a Redis that is wiped does."""
        self._at: dict[str, int] = {}
        self._built = False
        self._rebuild = ""

    def set(self, order_id: str, at_ms: int) -> None:
        self._at.setdefault(order_id, at_ms)

    def move(self, order_id: str, at_ms: int) -> None:
        self._at[order_id] = at_ms

    def finish(self, order_id: str, claimed_ms: int) -> None:
        if self._at.get(order_id) == claimed_ms + LEASE_MS:
            self.remove(order_id)

    def remove(self, order_id: str) -> None:
        self._at.pop(order_id, None)

    def claim(self, now_ms: int, limit: int) -> list[str]:
        if not self._built:
            raise LostError
        due = [order_id for order_id, at in self.pending(limit) if at <= now_ms]
        self._at |= dict.fromkeys(due, now_ms + LEASE_MS)
        return due

    def begin_rebuild(self) -> str:
        self._rebuild = new_id()
        return self._rebuild

    def end_rebuild(self, token: str) -> None:
        self._built = self._built or token == self._rebuild

    def pending(self, limit: int) -> list[tuple[str, int]]:
        by_time = sorted(self._at.items(), key=lambda pair: (pair[1], pair[0]))
        return by_time[:limit]
