"""What its seller and its buyers are told of a sale over HTTP."""

import asyncio
from collections.abc import Sequence
from typing import Any

from rehearsal.books import Books, Listing, Order
from rehearsal.client import Client, LostError
from rehearsal.sale import Sale

JSON = dict[str, Any]
AT_ONCE = 8
# More than a buyer of a rehearsal makes.
MOST_ORDERS = 100
# What says that a shop is not there to be asked right now.
AWAY = (LostError, OSError, RuntimeError)


async def read(sale: Sale, seller: Client, buyers: Sequence[Client]) -> Books:
    """Raises what ``AWAY`` names."""
    listings = tuple([await listed(seller, each) for each in sale.listings])
    turns = asyncio.Semaphore(AT_ONCE)

    async def one(buyer: Client) -> list[Order]:
        async with turns:
            return await _orders(buyer, sale.listings)

    told = await asyncio.gather(*map(one, buyers))
    orders = {order.id: order for own in told for order in own}
    return Books(listings, orders, has_money=False)


async def listed(seller: Client, listing: str) -> Listing:
    told = await seller.call("GET", f"/api/tickets/{listing}")
    door = await seller.call("GET", f"/api/passes?ticketId={listing}")
    good = tuple(
        each["unit"] for each in door["passes"] if each["status"] != "refunded"
    )
    return Listing(listing, told["quantity"], told["sold"], told["held"], good)


async def _orders(buyer: Client, listings: Sequence[str]) -> list[Order]:
    told = await buyer.call("GET", f"/api/orders?limit={MOST_ORDERS}")
    return [
        await _with_passes(buyer, each)
        for each in told
        if each["ticket"]["id"] in listings
    ]


async def _with_passes(buyer: Client, told: JSON) -> Order:
    passes: list[JSON] = []
    if told["status"] == "complete":
        passes = await buyer.call("GET", f"/api/orders/{told['id']}/passes")
    return Order(
        id=told["id"],
        listing=told["ticket"]["id"],
        status=told["status"],
        units=tuple(told["units"]),
        passes=len({each["id"] for each in passes}),
        total=round(told["total"] * 100),
    )
