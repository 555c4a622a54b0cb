"""In-memory double of what the tickets service stands on."""

from ticketing.fakes import MemoryAggregates, MemoryReplicas
from ticketing.paging import Page
from tickets.models import Ticket


class MemoryTickets(MemoryAggregates[Ticket]):
    def __init__(self) -> None:
        super().__init__()
        self.orders = MemoryReplicas()

    def available(self, page: Page) -> list[Ticket]:
        return self.select(lambda ticket: not ticket.holders, page)
