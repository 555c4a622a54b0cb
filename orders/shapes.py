"""What buyers and sellers are told about orders."""

from typing import Literal

from ticketing.contract import Id, ReservedTicket
from ticketing.http.openapi import Answer

Status = Literal["created", "awaiting:payment", "complete", "cancelled"]


class Order(Answer):
    """``units`` are those it holds or owns, ``refunded`` those it had before."""

    id: Id
    user_id: Id
    status: Status
    expires_at: str
    version: int
    ticket: ReservedTicket
    quantity: int
    units: list[str]
    total: float
    currency: str
    refunded: list[str] | None = None
