"""Accounts and sessions for all buyers, before the sale."""

import asyncio
from collections.abc import Callable

from pymongo import MongoClient

from auth.models import User
from auth.repository import UserDatabase
from rehearsal.client import Client
from rehearsal.errors import RehearsalError
from rehearsal.shop import Shop
from ticketing.config import namespaced
from ticketing.ids import new_id
from ticketing.keyring import KeyRing
from ticketing.mongo import DURABLE

Tell = Callable[[int], None]

# Hashing a password takes a core for a while; more at once only wait for each other.
AT_ONCE, TRIES = 4, 5
TOO_MUCH = """\
This shop takes no more sign-ups from here for now: start it with RATE_LIMITS=off for a
rehearsal, or take fewer --buyers."""


async def signed_in(shop: Shop, count: int, tell: Tell) -> list[Client]:
    """So many people with a session; ``tell`` hears how many are in. RehearsalError."""
    if shop.is_own:
        made = await asyncio.to_thread(_made, shop, count)
        tell(count)
        return made
    return await _signed_up(shop, count, tell)


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
    return [Client(*shop.address, f"session={token}") for token in tokens]


async def _signed_up(shop: Shop, count: int, tell: Tell) -> list[Client]:
    turns, done = asyncio.Semaphore(AT_ONCE), 0

    async def one() -> Client:
        nonlocal done
        client = Client(*shop.address)
        async with turns:
            await _sign_up(client)
        done += 1
        tell(done)
        return client

    try:
        async with asyncio.TaskGroup() as group:
            signing = [group.create_task(one()) for _ in range(count)]
    except* RehearsalError as errors:
        raise errors.exceptions[0] from None
    return [task.result() for task in signing]


async def _sign_up(client: Client) -> None:
    """Under another name each time: after a 503 nobody knows. Raises RehearsalError."""
    for _ in range(TRIES):
        name = new_id()
        account = {"email": f"rehearsal-{name}@example.com", "password": name}
        answer = await client.ask("POST", "/api/users/signup", account)
        if answer.status == 201:
            return
        if answer.status != 503:
            break
    told = f"A sign-up was answered {answer.status}: {answer.message()}."
    raise RehearsalError(TOO_MUCH if answer.status == 429 else told)
