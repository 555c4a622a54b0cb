"""Sellers and buyers, who act through the shop's HTTP API."""

import time
from typing import Any, Self

import requests

Json = dict[str, Any]

PASSWORD = "a demo of a shop"  # noqa: S105 - of accounts that own nothing real
TIMEOUT = 20
PATIENCE = 30.0
POLL_EVERY = 0.1


class ShopError(Exception):
    """The shop does not answer, or refuses what the demo needs."""


class Person:
    """Somebody with an account, whose address is ``NAME@demo.example``."""

    def __init__(self, shop: str, name: str) -> None:
        self._shop = shop
        self._client = requests.Session()
        self.email = f"{name}@demo.example"

    def __enter__(self) -> Self:
        account = {"email": self.email, "password": PASSWORD}
        if self._call("POST", "/api/users/signup", account, may_fail=True) is None:
            self._call("POST", "/api/users/signin", account)
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    @property
    def cookies(self) -> dict[str, str]:
        return dict(self._client.cookies)

    def sell(self, listing: Json) -> str:
        """Return the listing's id."""
        return str(self.post("/api/tickets", listing)["id"])

    def reserve(self, ticket_id: str, wish: Json) -> str:
        """Return the order's id."""
        return str(self.post("/api/orders", {"ticketId": ticket_id, **wish})["id"])

    def buy(self, ticket_id: str, wish: Json) -> str:
        """Return the order's id, once it is complete."""
        order_id = self.reserve(ticket_id, wish)
        self.post("/api/payments", {"orderId": order_id, "token": "tok_visa"})
        self._until_complete(order_id)
        return order_id

    def post(self, path: str, body: Json) -> Any:
        return self._call("POST", path, body)

    def get(self, path: str) -> Any:
        return self._call("GET", path)

    def _until_complete(self, order_id: str) -> None:
        deadline = time.monotonic() + PATIENCE
        while self.get(f"/api/orders/{order_id}")["status"] != "complete":
            if time.monotonic() > deadline:
                raise ShopError(f"Order {order_id} was paid and did not complete.")
            time.sleep(POLL_EVERY)

    def _call(
        self,
        method: str,
        path: str,
        body: Json | None = None,
        *,
        may_fail: bool = False,
    ) -> Any:
        """Return the answer's JSON, or None if it was refused and may be."""
        answer = self._ask(method, path, body)
        if answer.status_code == 400 and may_fail:
            return None
        if not answer.ok:
            raise ShopError(
                f"{method} {path} was answered {answer.status_code}: {answer.text}"
            )
        return answer.json()

    def _ask(self, method: str, path: str, body: Json | None) -> requests.Response:
        """Ask, and wait when the shop says that this was too much at once."""
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                answer = self._client.request(
                    method, self._shop + path, json=body, timeout=TIMEOUT
                )
            except requests.RequestException as error:
                raise ShopError(
                    f"Nothing answers at {self._shop}: start it with scripts/up."
                ) from error
            if answer.status_code not in {429, 503} or time.monotonic() > deadline:
                return answer
            time.sleep(float(answer.headers.get("Retry-After", 1)))
