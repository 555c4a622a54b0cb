"""What buyers send."""

from typing import ClassVar

from ticketing.fields import Input


class OrderInput(Input):
    MESSAGES: ClassVar = {"ticketId": "TicketId must be provided"}

    ticket_id: str
