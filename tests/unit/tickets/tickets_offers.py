"""Listings of Ann's, offered and edited over HTTP."""

from unit_doubles import ANN

OFFER = {"title": "Gala", "price": 20}
EVENT = {"name": "Gala", "startsAt": "2026-06-01T20:00:00+02:00"}


def sell(shop, **more):
    answer = shop.site.post("/api/tickets", OFFER | more, user=ANN)
    assert answer.status == 201, answer.body
    return answer.json


def edit(shop, ticket, user=ANN, **more):
    return shop.site.put(f"/api/tickets/{ticket['id']}", OFFER | more, user=user)
