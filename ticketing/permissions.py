"""What each service may do on the servers, and no more. Pure: no I/O.

All of it follows from the table below and the subjects of ``ticketing.contract``; a
test compares the table with the code of the services.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from ticketing import contract

Json = dict[str, Any]

# Who tells of which aggregates: the first words of subjects.
OWNERS = {
    "ticket": "tickets",
    "order": "orders",
    "expiration": "expiration",
    "payment": "payments",
    "session": "auth",
}
# How often somebody did something: kept by every service that answers requests.
LIMITS = "limits"
SESSIONS = contract.SessionRevoked.subject
_UUID = "[0-9a-f-]{36}"
_REDIS_COMMANDS = (
    "-@all +@read +@write +@connection -@dangerous +eval +evalsha +script|load +time"
)
_STREAM, _DEAD = "TICKETING", "TICKETING_DEAD"


@dataclass(frozen=True)
class Role:
    """What a service takes from the servers.

    ``handles`` are subjects shared out among its instances, ``follows`` the filters of
    what each process reads for itself, ``calls`` the services it calls.
    """

    handles: tuple[type[contract.Shape], ...] = ()
    follows: tuple[str, ...] = ()
    calls: tuple[str, ...] = ()
    has_database: bool = True
    keys: tuple[str, ...] = ()


ROLES = {
    "auth": Role(follows=(SESSIONS,), keys=(LIMITS,)),
    "tickets": Role(
        handles=(
            contract.OrderCreated,
            contract.OrderCompleted,
            contract.OrderExtended,
            contract.OrderReduced,
            contract.OrderCancelled,
        ),
        follows=(SESSIONS,),
        calls=("orders",),
        keys=(LIMITS,),
    ),
    "orders": Role(
        handles=(
            contract.TicketCreated,
            contract.TicketUpdated,
            contract.ExpirationComplete,
            contract.PaymentCreated,
            contract.PaymentFailed,
            contract.PaymentRefunded,
        ),
        follows=(SESSIONS, "order.>"),
        calls=("tickets", "payments"),
        keys=(LIMITS,),
    ),
    "expiration": Role(
        handles=(
            contract.OrderCreated,
            contract.OrderExtended,
            contract.OrderCancelled,
            contract.OrderCompleted,
        ),
        calls=("orders",),
        has_database=False,
        keys=("expiration",),
    ),
    "payments": Role(
        handles=(
            contract.OrderCreated,
            contract.OrderExtended,
            contract.OrderCancelled,
            contract.OrderCompleted,
            contract.OrderReduced,
        ),
        follows=(SESSIONS,),
        calls=("orders",),
        keys=(LIMITS,),
    ),
    "web": Role(
        handles=(
            contract.OrderCompleted,
            contract.OrderReduced,
            contract.OrderCancelled,
        ),
        # Home is told of listings, open pages of orders and payments as well.
        follows=(SESSIONS, "ticket.>", ">"),
        # Operators see on its pages how all services are, itself as well.
        calls=("auth", "tickets", "orders", "payments", "expiration", "web"),
        has_database=False,
        keys=(LIMITS,),
    ),
}


@dataclass(frozen=True)
class Account:
    """A name on the servers, and the services that speak in it.

    An operator may call every service, as ``nameko shell`` does.
    """

    name: str
    services: tuple[str, ...]
    is_operator: bool = False


# A process with all services in it has one connection to each server.
ALL = Account("services", tuple(ROLES), is_operator=True)
ACCOUNTS = (ALL, *(Account(name, (name,)) for name in ROLES))


def subjects_of(service: str) -> list[str]:
    """Return the subjects of the events that a service tells."""
    return sorted(
        subject
        for subject in _subjects(contract.Shape)
        if OWNERS[subject.partition(".")[0]] == service
    )


def durables_of(service: str) -> dict[str, str]:
    """Return a service's durable consumers, each with its subject."""
    subjects = [_subject(shape) for shape in ROLES[service].handles]
    return {f"{service}-{s.replace('.', '-')}": s for s in subjects}


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
    exchange = f"{namespace}nameko-rpc"
    queue = _named(namespace, "rpc")
    names = rf"^({exchange}|{queue}-({own})|rpc\.reply-({askers})-{_UUID})$"
    calls = rf"({'|'.join(sorted(targets))})\.\w+|" if targets else ""
    return {
        "exchange": exchange,
        "names": names,
        "calls": f"^({calls}{_UUID})$",
        "answers": rf"^(({own})\.\*|{_UUID})$",
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


def _subject(shape: type[contract.Shape]) -> str:
    return str(getattr(shape, "subject", ""))


def _subjects(shape: type[contract.Shape]) -> Iterable[str]:
    """Return the subjects of a shape and of those that are made of it."""
    below = (s for each in shape.__subclasses__() for s in _subjects(each))
    return {subject for subject in (_subject(shape), *below) if subject}
