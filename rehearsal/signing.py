"""Accounts and sessions for all buyers of a shop that runs, as anybody gets them."""

import asyncio
from collections.abc import Callable

from rehearsal.client import LOST, Answer, Client, LostError
from rehearsal.errors import RehearsalError
from ticketing.ids import new_id
from ticketing.rehearsing import NOWHERE

Tell = Callable[[int], None]

# Hashing a password takes a core for a while; more at once only wait for each other.
AT_ONCE, TRIES = 4, 5
TOO_MUCH = """\
This shop takes no more sign-ups from here for now: start it with RATE_LIMITS=off for a
rehearsal, or take fewer --buyers."""


async def signed_up(
    new_client: Callable[[], Client], count: int, tell: Tell
) -> list[Client]:
    """So many people with a session; ``tell`` hears how many are in. RehearsalError."""
    turns, done = asyncio.Semaphore(AT_ONCE), 0

    async def one() -> Client:
        nonlocal done
        client = new_client()
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
    """Under another name each time: after no answer, or a 503, nobody knows.

    Raises RehearsalError.
    """
    for _ in range(TRIES):
        name = new_id()
        account = {"email": f"buyer-{name}@{NOWHERE}", "password": name}
        try:
            answer = await client.ask("POST", "/api/users/signup", account)
        except LostError:
            answer = Answer(LOST, b"")
        if answer.status == 201:
            return
        if answer.status not in {LOST, 503}:
            break
    raise RehearsalError(_why(answer))


def _why(answer: Answer) -> str:
    if answer.status == LOST:
        return "A sign-up had no answer."
    told = f"A sign-up was answered {answer.status}: {answer.message()}."
    return TOO_MUCH if answer.status == 429 else told
