"""What must have been bought before a document's session is typed."""

import secrets

from demo.people import Person

# An order in the documents, which in truth is another one each time.
ORDER = "64b7f0c2a1b2c3d4e5f6071a"
PRICE = 20


def one_order(url: str) -> dict[str, str]:
    """Return what to write in the session instead of what."""
    return {ORDER: _bought(url, 1)}


def three_orders(url: str) -> dict[str, str]:
    """One unit of them goes back."""
    _bought(url, 3, refunded=1)
    return {}


# Before the first session of these.
TRADE = {"docs/operations.md": one_order, "docs/payments.md": three_orders}


def _bought(url: str, orders: int, refunded: int = 0) -> str:
    """Return the first of so many orders, of which so many units were refunded."""
    mark = secrets.token_hex(4)
    with Person(url, f"seller-{mark}") as seller, Person(url, f"buyer-{mark}") as buyer:
        listing = {"title": "Gala", "price": PRICE, "quantity": 10}
        ticket = seller.sell(listing)
        first, *_ = [buyer.buy(ticket, {"quantity": 2}) for _ in range(orders)]
        if refunded:
            units = buyer.get(f"/api/orders/{first}")["units"][:refunded]
            wish = {"units": units, "reason": "no longer needed"}
            seller.post(f"/api/orders/{first}/refund", wish)
    return first
