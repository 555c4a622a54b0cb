"""`python -m launcher.mongodb_accounts FOLDER COMMAND...`: MongoDB that asks who it is.

A server makes no accounts while it asks for one. So the first time, and when its port
or its accounts have changed, it runs open to this machine for a moment, is given them,
and starts again. This process becomes the server in the end.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pymongo import MongoClient
from pymongo.errors import OperationFailure, PyMongoError

from launcher import folder
from launcher.leash import leash
from launcher.ports import LOOPBACK
from launcher.replica_set import initiate

PLAN, MADE = "accounts.json", "accounts.made"
PATIENCE_SECONDS = 60.0
POLL_SECONDS = 0.05
ALREADY_THERE = 51003

Plan = dict[str, Any]


def prepare(directory: Path, plan: Plan) -> None:
    """Says what to do: ``{"port", "users", "replica_set", "guard"}``.

    ``guard`` are the options that make the server ask for accounts.
    """
    folder.write_private(directory / PLAN, json.dumps(plan))


def main(directory: Path, command: list[str]) -> None:
    text = (directory / PLAN).read_text(encoding="utf-8")
    plan, digest = json.loads(text), hashlib.sha256(text.encode()).hexdigest()
    made = directory / MADE
    if not made.exists() or made.read_text(encoding="ascii") != digest:
        with _running(command):
            _make(plan)
        folder.write_private(made, digest)
    os.execv(command[0], [*command, *plan["guard"]])  # noqa: S606 - no shell is wanted


@contextmanager
def _running(command: list[str]) -> Iterator[None]:
    process = subprocess.Popen(command, preexec_fn=leash())  # noqa: PLW1509 - no threads
    try:
        yield
    finally:
        process.terminate()
        process.wait()


def _make(plan: Plan) -> None:
    address = f"{LOOPBACK}:{plan['port']}"
    deadline = time.monotonic() + PATIENCE_SECONDS
    with MongoClient[Any](
        address, directConnection=True, serverSelectionTimeoutMS=500
    ) as client:
        while not _is_up(client):
            if time.monotonic() > deadline:
                raise SystemExit(f"MongoDB does not take writes at {address}.")
            if plan["replica_set"]:
                initiate(plan["replica_set"], address)
            time.sleep(POLL_SECONDS)
        for user in plan["users"]:
            _put(client, user)


def _is_up(client: MongoClient[Any]) -> bool:
    try:
        return bool(client.admin.command("hello").get("isWritablePrimary"))
    except PyMongoError:
        return False


def _put(client: MongoClient[Any], user: Plan) -> None:
    given = {"pwd": user["pwd"], "roles": user["roles"]}
    try:
        client.admin.command("createUser", user["user"], **given)
    except OperationFailure as error:
        if error.code != ALREADY_THERE:
            raise
        client.admin.command("updateUser", user["user"], **given)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
