"""The accounts of ``ticketing.roles`` as each server's own configuration.

Passwords come in as ``{"nats:tickets": password}``, by server and account; what is
written for RabbitMQ and Redis holds only their hashes.
"""

import base64
import hashlib
import secrets
from collections.abc import Mapping
from typing import Any

from ticketing import permissions
from ticketing.roles import ACCOUNTS, Account

Json = dict[str, Any]
Passwords = Mapping[str, str]

# For setting up the database, and for backups and restores: no service has it.
ADMIN = "admin"
# For backups alone where they are made by a clock: it reads, and changes nothing.
BACKUP = "backup"


def holders(server: str) -> list[Account]:
    """Return who has an account on ``nats``, ``rabbitmq``, ``mongodb`` or ``redis``."""
    if server == "mongodb":
        return [each for each in ACCOUNTS if permissions.mongodb(each)]
    if server == "redis":
        return [each for each in ACCOUNTS if permissions.keys_of(each)]
    return list(ACCOUNTS)


def names() -> list[str]:
    """Return the name of every password: ``nats:tickets``, and so on."""
    servers = ("nats", "rabbitmq", "mongodb", "redis")
    found = [f"{s}:{account.name}" for s in servers for account in holders(s)]
    return [*found, f"mongodb:{ADMIN}", f"nats:{ADMIN}", f"nats:{BACKUP}"]


def nats(passwords: Passwords, namespace: str = "") -> Json:
    """Return the part of NATS's configuration that says who may do what."""
    users = [
        {
            "user": account.name,
            "password": passwords[f"nats:{account.name}"],
            "permissions": permissions.nats(account, namespace),
        }
        for account in holders("nats")
    ]
    admin = {"user": ADMIN, "password": passwords[f"nats:{ADMIN}"]}
    backup = {
        "user": BACKUP,
        "password": passwords[f"nats:{BACKUP}"],
        "permissions": _of_backup(namespace),
    }
    return {"authorization": {"users": [admin, backup, *users]}}


def rabbitmq(passwords: Passwords, namespace: str = "") -> Json:
    """Return definitions that RabbitMQ loads when it starts."""
    accounts = holders("rabbitmq")
    return {
        "vhosts": [{"name": "/"}],
        # A user without a hash cannot sign in: an older folder may have this one.
        "users": [_rabbitmq_user("guest", "")]
        + [
            _rabbitmq_user(each.name, _salted(passwords[f"rabbitmq:{each.name}"]))
            for each in accounts
        ],
        "permissions": [_rabbitmq_names(each, namespace) for each in accounts],
        "topic_permissions": [_rabbitmq_keys(each, namespace) for each in accounts],
    }


def redis(passwords: Passwords, namespace: str = "") -> str:
    """Return Redis's list of users; who is none may ask whether it is there."""
    lines = ["user default on nopass resetkeys resetchannels -@all +ping"]
    for account in holders("redis"):
        digest = hashlib.sha256(passwords[f"redis:{account.name}"].encode()).hexdigest()
        rules = permissions.redis(account, namespace)
        lines.append(f"user {account.name} on #{digest} {rules}")
    return "\n".join([*lines, ""])


def mongodb(passwords: Passwords, namespace: str = "") -> list[Json]:
    """Return the users of the database ``admin``, who administers them first."""
    users: list[Json] = [
        {
            "user": account.name,
            "pwd": passwords[f"mongodb:{account.name}"],
            "roles": permissions.mongodb(account, namespace),
        }
        for account in holders("mongodb")
    ]
    admin = {"user": ADMIN, "pwd": passwords[f"mongodb:{ADMIN}"], "roles": ["root"]}
    return [admin, *users]


def _of_backup(namespace: str) -> Json:
    """Snapshots of both streams, and what the server asks for while it sends them."""
    before = f"{namespace}_" if namespace else ""
    allowed = [
        subject
        for stream in (f"{before}TICKETING", f"{before}TICKETING_DEAD")
        for subject in (
            f"$JS.API.STREAM.INFO.{stream}",
            f"$JS.API.STREAM.SNAPSHOT.{stream}",
            f"$JS.SNAPSHOT.ACK.{stream}.*",
        )
    ]
    listens = {"allow": [f"{permissions.inbox(BACKUP)}.>"]}
    return {"publish": {"allow": allowed}, "subscribe": listens}


def _rabbitmq_user(name: str, password_hash: str) -> Json:
    return {
        "name": name,
        "password_hash": password_hash,
        "hashing_algorithm": "rabbit_password_hashing_sha256",
        "tags": "",
    }


def _rabbitmq_names(account: Account, namespace: str) -> Json:
    pattern = permissions.rabbitmq(account, namespace)["names"]
    verbs = dict.fromkeys(("configure", "write", "read"), pattern)
    return {"user": account.name, "vhost": "/", **verbs}


def _rabbitmq_keys(account: Account, namespace: str) -> Json:
    may = permissions.rabbitmq(account, namespace)
    keys = {"write": may["calls"], "read": may["answers"]}
    return {
        "user": account.name,
        "vhost": "/",
        "exchange": may["exchange"],
        **keys,
    }


def _salted(password: str) -> str:
    """As https://www.rabbitmq.com/docs/passwords#computing-password-hash has it."""
    salt = secrets.token_bytes(4)
    digest = hashlib.sha256(salt + password.encode()).digest()
    return base64.b64encode(salt + digest).decode()
