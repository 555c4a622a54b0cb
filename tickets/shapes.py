"""What is told about listings."""

from ticketing.contract import Id, Occasion
from ticketing.http.openapi import Answer


class Ticket(Answer):
    """A listing: ``price`` is that of one unit; the counts are its units by state."""

    id: Id
    version: int
    title: str
    price: float
    currency: str
    user_id: Id
    quantity: int
    seated: bool
    max_per_order: int
    on_sale_at: str | None = None
    event: Occasion | None = None
    order_id: Id | None = None
    available: int
    held: int
    sold: int
    cancelled: bool | None = None


class SeatMap(Answer):
    """One character a seat, in the layout's order: free ``.``, held h, sold s."""

    layout: str
    states: str
