"""What letters are about, asked for together: one call of a service for several."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from web.states import Json


class Services(NamedTuple):
    """Who knows it."""

    orders: Any
    tickets: Any
    auth: Any


@dataclass(frozen=True)
class Facts:
    """An order, what it is for, its passes, and the address of its buyer."""

    order: Json
    ticket: Json
    passes: list[Json]
    address: str


def facts_of(services: Services, order_ids: list[str]) -> dict[str, Facts]:
    """Return what is known of some orders; of one that nobody knows, nothing.

    Raises UnavailableError.
    """
    found = services.orders.list_bookings(order_ids)
    tickets = services.tickets.find_tickets(_distinct(o["ticket"]["id"] for o in found))
    users = services.auth.get_users(_distinct(order["userId"] for order in found))
    listings = {ticket["id"]: ticket for ticket in tickets}
    addresses = {user["id"]: user["email"] for user in users}
    return {
        order["id"]: Facts(
            order,
            listings[order["ticket"]["id"]],
            order["passes"],
            addresses[order["userId"]],
        )
        for order in found
        if order["ticket"]["id"] in listings and order["userId"] in addresses
    }


def _distinct(ids: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(ids))
