"""What each service takes from the servers: the table that its rights follow from.

What each server is told of it stands in ``ticketing.permissions``. Pure: no I/O.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from ticketing import contract

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
        # Of its own it keeps how rehearsals stand.
        keys=(LIMITS, "web"),
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


def _subject(shape: type[contract.Shape]) -> str:
    return str(getattr(shape, "subject", ""))


def _subjects(shape: type[contract.Shape]) -> Iterable[str]:
    """Return the subjects of a shape and of those that are made of it."""
    below = (s for each in shape.__subclasses__() for s in _subjects(each))
    return {subject for subject in (_subject(shape), *below) if subject}
