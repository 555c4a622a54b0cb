"""The tables of the one SQLite file, and how they come to be."""

from __future__ import annotations

from collections.abc import Iterator
from sqlite3 import Connection
from typing import Any

from stripe_stand_in.entities import (
    Charge,
    Intent,
    PaymentMethod,
    Refund,
    Token,
    WebhookEndpoint,
)
from stripe_stand_in.events import Event

# The id of the webhook endpoint that the command line describes.
COMMAND_LINE = "we_command_line"

# Beside its id, its time and its body, the columns a kind can be searched by.
COLUMNS: dict[type[Any], tuple[str, tuple[str, ...]]] = {
    Token: ("tokens", ()),
    PaymentMethod: ("payment_methods", ()),
    Intent: ("payment_intents", ()),
    Charge: ("charges", ("payment_intent",)),
    Refund: ("refunds", ("payment_intent", "charge")),
    WebhookEndpoint: ("webhook_endpoints", ()),
    Event: ("events", ("type",)),
}


def _schema() -> Iterator[str]:
    for table, columns in COLUMNS.values():
        extra = "".join(f"{column} TEXT NOT NULL, " for column in columns)
        yield (
            f"CREATE TABLE IF NOT EXISTS {table} (seq INTEGER PRIMARY KEY, "
            f"id TEXT NOT NULL UNIQUE, created INTEGER NOT NULL, {extra}"
            "body TEXT NOT NULL)"
        )
        yield f"CREATE INDEX IF NOT EXISTS {table}_time ON {table} (created, seq)"
        for column in columns:
            yield f"CREATE INDEX IF NOT EXISTS {table}_{column} ON {table} ({column})"
    yield (
        "CREATE TABLE IF NOT EXISTS outgoing (event TEXT, endpoint TEXT, "
        "due REAL NOT NULL, attempts INTEGER NOT NULL, PRIMARY KEY (event, endpoint))"
    )
    yield "CREATE INDEX IF NOT EXISTS outgoing_due ON outgoing (endpoint, due)"
    yield (
        "CREATE TABLE IF NOT EXISTS due (id TEXT PRIMARY KEY, at REAL NOT NULL, "
        "outcome TEXT NOT NULL)"
    )
    yield "CREATE INDEX IF NOT EXISTS due_at ON due (at)"
    yield (
        "CREATE TABLE IF NOT EXISTS idempotency (owner TEXT, key TEXT, "
        "fingerprint TEXT, status INTEGER, body TEXT, request_id TEXT, "
        "created INTEGER, PRIMARY KEY (owner, key))"
    )
    yield "CREATE INDEX IF NOT EXISTS idempotency_time ON idempotency (created)"


def prepare(db: Connection) -> None:
    """Makes what is missing; what an older file calls deliveries is taken over."""
    for statement in _schema():
        db.execute(statement)
    old = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'deliveries'"
    if db.execute(old).fetchone():
        db.execute("BEGIN IMMEDIATE")
        db.execute(
            "INSERT OR IGNORE INTO outgoing "
            "SELECT event, ?, due, attempts FROM deliveries",
            (COMMAND_LINE,),
        )
        db.execute("DROP TABLE deliveries")
        db.execute("COMMIT")


def _put_sql(kind: type[Any]) -> str:
    table, columns = COLUMNS[kind]
    names = ("id", "created", *columns, "body")
    return (
        f"INSERT INTO {table} ({', '.join(names)}) "  # noqa: S608 - our own names
        f"VALUES ({', '.join('?' * len(names))}) "
        "ON CONFLICT (id) DO UPDATE SET body = excluded.body"
    )


PUT = {kind: _put_sql(kind) for kind in COLUMNS}
