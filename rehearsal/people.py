"""Accounts and sessions for all buyers, before the sale."""

import asyncio

from pymongo import MongoClient

from auth.models import User
from auth.repository import UserDatabase
from rehearsal.client import Client
from rehearsal.shop import Shop
from rehearsal.signing import Tell, signed_up
from ticketing.config import namespaced
from ticketing.ids import new_id
from ticketing.keyring import KeyRing
from ticketing.mongo import DURABLE


async def signed_in(shop: Shop, count: int, tell: Tell) -> list[Client]:
    """So many people with a session; ``tell`` hears how many are in. RehearsalError."""
    if shop.is_own:
        made = await asyncio.to_thread(_made, shop, count)
        tell(count)
        return made
    return await signed_up(lambda: Client(*shop.address), count, tell)


def _made(shop: Shop, count: int) -> list[Client]:
    """Accounts and sessions as auth makes them, but for the passwords."""
    ids = (new_id() for _ in range(count))
    users = [User(each, f"rehearsal-{each}@example.com", "") for each in ids]
    documents = [
        {"_id": user.id, "version": user.version, "outbox": []}
        | UserDatabase.encode(user)
        for user in users
    ]
    uri = shop.environment["MONGODB_URI"]
    with MongoClient[dict[str, object]](uri, timeoutMS=60_000, **DURABLE) as client:
        client[namespaced(shop.environment, "auth")]["users"].insert_many(documents)
    ring = KeyRing.parse(shop.environment["JWT_KEYS"])
    tokens = (ring.issue(user.id, user.email) for user in users)
    return [Client(*shop.address, {"session": token}) for token in tokens]
