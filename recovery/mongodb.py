"""Databases of MongoDB: their documents as BSON in files, and their indexes.

A file is what `mongodump` writes for a collection: one document after the other.
"""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from bson import decode_file_iter
from bson.raw_bson import RawBSONDocument
from pymongo import MongoClient
from pymongo.database import Database
from pymongo.errors import PyMongoError

from recovery.errors import RecoveryError
from ticketing.mongo import INDEX_OPTIONS

Json = dict[str, Any]

TIMEOUT_MS = 30_000
BATCH = 500


def connect(uri: str) -> MongoClient[Any]:
    """Raises RecoveryError when the server does not answer."""
    client: MongoClient[Any] = MongoClient(
        uri,
        tz_aware=True,
        timeoutMS=TIMEOUT_MS,
        connectTimeoutMS=5000,
        serverSelectionTimeoutMS=5000,
        w="majority",
        journal=True,
    )
    try:
        client.admin.command("ping")
    except PyMongoError as error:
        raise RecoveryError(f"MongoDB does not answer: {error}") from error
    return client


def save(database: Database[Any], folder: Path) -> Json:
    """Write every collection to a file; return ``{name: {count, indexes}}``."""
    folder.mkdir(parents=True)
    return {
        name: {
            "count": _write(database, name, folder / f"{name}.bson"),
            "indexes": _indexes(database, name),
        }
        for name in sorted(database.list_collection_names())
        if not name.startswith("system.")
    }


def load(database: Database[Any], folder: Path, described: Json) -> None:
    """Bring collections back, in the place of what is there of the database.

    Their indexes come first: what must be unique is so from the first document on.
    """
    database.client.drop_database(database.name)
    for name, known in described.items():
        collection = database.create_collection(name)
        for index in known["indexes"]:
            options = {
                key: index[key] for key in ("name", *INDEX_OPTIONS) if key in index
            }
            collection.create_index([tuple(pair) for pair in index["keys"]], **options)
        with (folder / f"{name}.bson").open("rb") as file:
            for batch in _batches(decode_file_iter(file)):
                collection.insert_many(batch, ordered=False)


def _write(database: Database[Any], name: str, path: Path) -> int:
    raw = database.codec_options.with_options(document_class=RawBSONDocument)
    count = 0
    with path.open("wb") as file:
        for document in database.get_collection(name, raw).find({}):
            file.write(document.raw)
            count += 1
    return count


def _indexes(database: Database[Any], name: str) -> list[Json]:
    found = database[name].index_information()
    return [
        {"name": index, "keys": [list(pair) for pair in known["key"]]}
        | {key: known[key] for key in INDEX_OPTIONS if key in known}
        for index, known in found.items()
        if index != "_id_"
    ]


def _batches(documents: Iterator[Any]) -> Iterator[list[Any]]:
    while batch := list(islice(documents, BATCH)):
        yield batch
