"""What the shop and Stripe say of a sale, once it is over."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import stripe
from nameko.exceptions import RemoteError, RpcTimeout, UnknownService
from nameko.standalone.rpc import ClusterRpcProxy

from rehearsal.books import Books, Order
from rehearsal.client import Client, LostError
from rehearsal.sale import Sale
from rehearsal.seen import listed
from rehearsal.shop import Shop
from ticketing.clock import iso
from ticketing.errors import TicketingError
from ticketing.rpc import register_errors

JSON = dict[str, Any]

RPC_TIMEOUT = 30
PAGE, MOST_ROWS = 500, 200
# Errors come by RPC as what they are.
register_errors(TicketingError)
# What says that a shop, or Stripe, is not there to be asked right now.
AWAY = (
    LostError,
    OSError,
    RemoteError,
    RpcTimeout,
    RuntimeError,
    TicketingError,
    UnknownService,
    stripe.StripeError,
)


async def read(shop: Shop, sale: Sale, seller: Client, since: int) -> Books:
    """``since`` is a time in seconds since 1970, before the first order."""
    seller_id = (await seller.call("GET", "/api/users/currentuser"))["currentUser"][
        "id"
    ]
    listings = tuple([await listed(seller, each) for each in sale.listings])
    begin = iso(datetime.fromtimestamp(since, UTC))
    told = await asyncio.to_thread(_by_rpc, shop, sale.listings, seller_id, begin)
    orders, ledger, findings = told
    charges, refunds = await asyncio.to_thread(_at_stripe, shop, since, orders)
    return Books(listings, orders, charges, refunds, ledger, findings)


def _by_rpc(
    shop: Shop, listings: list[str], seller: str, since: str
) -> tuple[dict[str, Order], dict[str, int], tuple[str, ...]]:
    config = {
        "AMQP_URI": shop.environment["AMQP_URI"],
        "rpc_exchange": f"{shop.namespace}nameko-rpc",
    }
    with ClusterRpcProxy(config, timeout=RPC_TIMEOUT) as rpc:
        orders = {
            told["id"]: _order(told)
            for listing in listings
            for told in _sales(rpc, listing, seller)
        }
        rows = _rows(rpc, since)
        ledger = {row["orderId"]: row["charged"] - row["refunded"] for row in rows}
        findings = rpc.payments.findings()
    return (
        orders,
        {order: kept for order, kept in ledger.items() if order in orders},
        tuple(each["detail"] for each in findings if each.get("orderId") in orders),
    )


def _sales(rpc: Any, listing: str, seller: str) -> Iterator[JSON]:
    after = None
    while page := rpc.orders.list_sales(listing, seller, PAGE, after):
        yield from page
        after = page[-1]["id"]


def _rows(rpc: Any, since: str) -> Iterator[JSON]:
    after, most = None, MOST_ROWS
    while page := rpc.payments.ledger(since, limit=most, after=after)["orders"]:
        yield from page
        after = page[-1]["orderId"]


def _order(told: JSON) -> Order:
    return Order(
        id=told["id"],
        listing=told["ticket"]["id"],
        status=told["status"],
        units=tuple(told["units"]),
        passes=len(told["passes"]),
        total=round(told["total"] * 100),
    )


def _at_stripe(
    shop: Shop, since: int, orders: dict[str, Order]
) -> tuple[dict[str, list[int]], dict[str, int]]:
    given = shop.environment
    base = given.get("STRIPE_API_BASE")
    client = stripe.StripeClient(
        given["STRIPE_SECRET_KEY"],
        base_addresses={"api": base} if base else {},
        http_client=stripe.RequestsClient(timeout=30),
        max_network_retries=2,
    )
    charges: dict[str, list[int]] = {}
    refunds: Counter[str] = Counter()
    found = client.v1.charges.list({"limit": 100, "created": {"gte": since}})
    for charge in found.auto_paging_iter():
        order = charge.to_dict().get("metadata", {}).get("order_id", "")
        # In a shop that runs, others buy as well.
        if charge.paid and (shop.is_own or order in orders):
            charges.setdefault(order, []).append(charge.amount)
            refunds[order] += charge.amount_refunded
    return charges, dict(refunds)
