"""The payments as the pages see them, with the orders that hear of them."""

from web_fakes import Fake

from ticketing.errors import BadRequestError, UnavailableError
from ticketing.ids import new_id
from ticketing.money import minor


class FakePayments(Fake):
    """Payments by order; ``completes`` decides whether orders hear of them."""

    def __init__(self, orders):
        super().__init__()
        self.orders = orders
        self.completes = True

    def pay(self, order_id, user_id, token):
        order = self.orders.find(order_id)
        assert order["userId"] == user_id
        if self.away:
            raise UnavailableError
        if order["status"] == "cancelled":
            raise BadRequestError("Cannot pay for a cancelled order")
        if self.things.get(order_id, {}).get("status") == "paid":
            raise BadRequestError("This order is already paid")
        if token == "tok_threeDSecure2Required":
            self.put(order_id, "action", redirect_url="https://bank.test/3ds")
            return {"id": new_id(), "status": "action"}
        if token != "tok_visa":
            self.put(order_id, "declined", message="Your card was declined.")
            raise BadRequestError("Your card was declined.")
        self.put(order_id, "paid")
        if self.completes:
            self.orders.things[order_id]["status"] = "complete"
        return {"id": new_id(), "status": "paid"}

    def look(self, order_id):
        """What Stripe says now: who was asked to confirm has done so."""
        if self.find(order_id)["status"] == "action":
            self.pay(order_id, self.orders.find(order_id)["userId"], "tok_visa")
        return self.find(order_id)

    def get_payment(self, order_id):
        return self.find(order_id)

    def put(self, order_id, status, message=None, refunds=(), redirect_url=None):
        self.things[order_id] = {
            "id": new_id(),
            "orderId": order_id,
            "status": status,
            "message": message,
            "code": "generic_decline" if message else "",
            "redirectUrl": redirect_url,
            "amount": self._minor(order_id, self.orders.things[order_id]["total"]),
            "refunded": sum(refund["amount"] for refund in refunds if refund["done"]),
            "refunds": list(refunds),
        }

    def refund(self, order_id, units, reason="", *, done=False):
        """All or a part of the money is on its way back, or ``done``: back."""
        price = self.orders.things[order_id]["ticket"]["price"]
        amount = self._minor(order_id, price) * len(units)
        refund = {"units": units, "amount": amount, "reason": reason, "done": done}
        self.put(order_id, "refunding", refunds=[refund])
        if done:
            whole = amount == self.things[order_id]["amount"]
            self.things[order_id]["status"] = "refunded" if whole else "paid"

    def _minor(self, order_id, price):
        return minor(price, self.orders.things[order_id]["currency"])
