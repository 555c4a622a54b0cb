"""What each account may do on the servers, and no more. Pure: no I/O.

All of it follows from the table in ``ticketing.roles`` and the subjects of
``ticketing.contract``; a test compares the table with the code of the services.
"""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from ticketing.roles import ROLES, Account, durables_of, subjects_of

Json = dict[str, Any]

_UUID = "[0-9a-f-]{36}"
_REDIS_COMMANDS = (
    "-@all +@read +@write +@connection -@dangerous -scan -randomkey -dbsize "
    "+eval +evalsha +script|load +time"
)
_STREAM, _DEAD = "TICKETING", "TICKETING_DEAD"


def nats(account: Account, namespace: str = "") -> Json:
    """Return the permissions of an account as the configuration of NATS has them."""
    before = f"{namespace}." if namespace else ""
    stream, dead = (_named(namespace, name) for name in (_STREAM, _DEAD))
    allowed = {f"{before}dead.{service}" for service in account.services}
    allowed |= {before + s for name in account.services for s in subjects_of(name)}
    allowed |= {
        f"$JS.API.STREAM.{verb}.{name}"
        for verb in ("CREATE", "INFO")
        for name in (stream, dead)
    }
    # How far consumers are; their names and numbers, and no message.
    allowed |= {f"$JS.API.CONSUMER.LIST.{stream}"}
    allowed |= {f"$JS.API.STREAM.MSG.{verb}.{dead}" for verb in ("GET", "DELETE")}
    for service in account.services:
        allowed |= set(_consuming(service, before, stream))
    publish = {"allow": sorted(allowed), "deny": sorted(_others(account, stream))}
    return {"publish": publish, "subscribe": {"allow": [f"{inbox(account.name)}.>"]}}


def inbox(account: str) -> str:
    """Return where answers to an account go: nobody else may listen there."""
    return f"_INBOX_{account}"


def inbox_of(url: str) -> str:
    """Return where answers to the account of an address go, or to nobody's."""
    account = urlsplit(url).username
    return inbox(account) if account else "_INBOX"


def rabbitmq(account: Account, namespace: str = "") -> Json:
    """Return the patterns of names an account may declare, write and read.

    ``calls`` are the routing keys it may send to, ``answers`` those it may listen to.
    """
    own = "|".join(account.services)
    targets = {call for name in account.services for call in ROLES[name].calls}
    targets |= set(account.services) if account.is_operator else set()
    askers = own + ("|standalone_rpc_proxy" if account.is_operator else "")
    # A shell's answers have a bare number; of a service's, whoever it calls knows it.
    shells = f"|{_UUID}" if account.is_operator else ""
    exchange = f"{namespace}nameko-rpc"
    queue = _named(namespace, "rpc")
    names = rf"^({exchange}|{queue}-({own})|rpc\.reply-({askers})-{_UUID})$"
    calls = rf"({'|'.join(sorted(targets))})\.\w+|" if targets else ""
    return {
        "exchange": exchange,
        "names": names,
        "calls": rf"^({calls}(reply\.\w+\.)?{_UUID})$",
        "answers": rf"^(({own})\.\*|reply\.({own})\.{_UUID}{shells})$",
    }


def mongodb(account: Account, namespace: str = "") -> list[Json]:
    """Return the roles of an account: to read and write its own databases."""
    return [
        {"role": "readWrite", "db": _named(namespace, service)}
        for service in account.services
        if ROLES[service].has_database
    ]


def keys_of(account: Account) -> list[str]:
    """Return what the keys of an account in Redis begin with."""
    keys = (key for name in account.services for key in ROLES[name].keys)
    return list(dict.fromkeys(keys))


def redis(account: Account, namespace: str = "") -> str:
    """Return the rules of an account, as a line of an ACL file has them.

    The keys of its services, and of commands those that read and write data.
    """
    before = f"{namespace}:" if namespace else ""
    patterns = " ".join(f"~{before}{key}:*" for key in keys_of(account))
    return f"resetkeys {patterns} resetchannels {_REDIS_COMMANDS}"


def _consuming(service: str, before: str, stream: str) -> Iterator[str]:
    for name, subject in durables_of(service).items():
        yield f"$JS.API.CONSUMER.CREATE.{stream}.{name}.{before}{subject}"
        yield f"$JS.API.CONSUMER.MSG.NEXT.{stream}.{name}"
        yield f"$JS.ACK.{stream}.{name}.>"
    for subject in ROLES[service].follows:
        # One filter stands in the request's subject; several, or none, do not.
        rest = "" if subject == ">" else f".{before}{subject}"
        yield f"$JS.API.CONSUMER.CREATE.{stream}.*{rest}"
        yield f"$JS.API.CONSUMER.MSG.NEXT.{stream}.*"


def _others(account: Account, stream: str) -> Iterator[str]:
    """What a process reads for itself has any name, but for the names of others."""
    for service in ROLES.keys() - set(account.services):
        for name in durables_of(service):
            yield f"$JS.API.CONSUMER.CREATE.{stream}.{name}"
            yield f"$JS.API.CONSUMER.CREATE.{stream}.{name}.>"
            yield f"$JS.API.CONSUMER.MSG.NEXT.{stream}.{name}"


def _named(namespace: str, name: str) -> str:
    return f"{namespace}_{name}" if namespace else name
