"""Makes a `mongod` the one member of its replica set: transactions need a set."""

from __future__ import annotations

from typing import Any

from pymongo import MongoClient
from pymongo.errors import OperationFailure, PyMongoError

ALREADY_INITIALIZED = 23


def initiate(name: str, address: str) -> None:
    """Does nothing while the server is not up yet."""
    try:
        with MongoClient[Any](
            address, directConnection=True, serverSelectionTimeoutMS=500
        ) as client:
            _make_member(client, name, address)
    except PyMongoError:
        return


def _make_member(client: MongoClient[Any], name: str, address: str) -> None:
    config = {"_id": name, "members": [{"_id": 0, "host": address}]}
    try:
        client.admin.command("replSetInitiate", config)
    except OperationFailure as error:
        if error.code != ALREADY_INITIALIZED:
            raise
        _move(client, address)


def _move(client: MongoClient[Any], address: str) -> None:
    """The data may come from an instance that had another port."""
    config = client.admin.command("replSetGetConfig")["config"]
    if config["members"][0]["host"] != address:
        config["members"][0]["host"] = address
        config["version"] += 1
        client.admin.command("replSetReconfig", config, force=True)
