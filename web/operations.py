"""What operators are shown of the services: how they are, and what they put aside."""

from collections.abc import Callable, Mapping
from typing import Any

import eventlet
from nameko.exceptions import RemoteError

from ticketing.errors import TicketingError
from web.states import Json
from web.translations import mark

SERVICES = ("auth", "tickets", "orders", "payments", "expiration", "web")

# What a message tells.
_TOLD = {
    "ticket.created": mark("A listing was made."),
    "ticket.updated": mark("A listing has changed."),
    "order.created": mark("An order was made."),
    "order.completed": mark("An order was completed."),
    "order.extended": mark("A hold was made longer."),
    "order.reduced": mark("Some tickets of an order were refunded."),
    "order.cancelled": mark("An order has ended."),
    "expiration.complete": mark("The time to pay for an order is over."),
    "payment.created": mark("An order was paid."),
    "payment.failed": mark("The last attempt to pay for an order failed."),
    "payment.refunded": mark("Money went back to a buyer."),
}
# What has not happened, because the service has put it aside.
_MISSING = {
    "tickets": mark("The listing has not counted it: its numbers may be wrong."),
    "orders": mark("The order does not know of it yet."),
    "payments": mark("Payments does not know of it yet."),
    "expiration": mark("The clock does not know of it: a hold may end too late."),
    "web": mark("The buyer got no letter about it."),
}
_MALFORMED = mark(
    "The message is not one that this service can read. Handling it again helps only "
    "after an update of the service."
)
_HOPELESS = mark(
    "The service can do nothing with what it says. Look into it first; handling it "
    "again helps once the cause is gone."
)
_UNFORESEEN = mark(
    "An error that nobody foresaw came at each try. It is a fault in the shop: once it "
    "is mended, handle the message again."
)


def letters_view(services: Mapping[str, Any], after: Json, limit: int) -> list[Json]:
    """Return for each service ``{service, letters, more}``.

    ``after`` has ids by service, where its page begins. ``letters`` is None where the
    service does not answer; ``more`` is where the next page begins.
    """
    told = ask_all(
        services,
        lambda name, service: service.dead_letters(
            after=after.get(name, 0), limit=limit + 1
        ),
    )
    return [_letters_of(name, found, limit) for name, found in told.items()]


def _letters_of(service: str, found: Any, limit: int) -> Json:
    if found is None:
        return {"service": service, "letters": None, "more": None}
    shown = [_letter(service, letter) for letter in found[:limit]]
    more = shown[-1]["id"] if len(found) > limit else None
    return {"service": service, "letters": shown, "more": more}


def find_letter(service: Any, name: str, number: int) -> Json | None:
    """Return one letter as it is shown, None when it is not there any more."""
    found = service.dead_letters(after=number - 1, limit=1)
    return _letter(name, found[0]) if found and found[0]["id"] == number else None


def _letter(service: str, letter: Json) -> Json:
    return letter | {
        "told": _TOLD.get(letter["subject"], ""),
        "missing": _MISSING.get(service, ""),
        "meaning": _meaning(letter["reason"]),
    }


def _meaning(reason: str) -> str:
    if reason.startswith("HopelessError: not a "):
        return _MALFORMED
    return _HOPELESS if reason.startswith("HopelessError") else _UNFORESEEN


def health_view(services: Mapping[str, Any]) -> list[Json]:
    """Return for each service what ``health`` tells, with what is behind.

    ``status`` is ``silent`` where it does not answer.
    """
    told = ask_all(services, lambda _, service: service.health())
    silent = {"status": "silent", "dependencies": {}, "consumers": []}
    return [
        {"service": name} | _with_backlog(report or silent)
        for name, report in told.items()
    ]


def _with_backlog(report: Json) -> Json:
    """``behind`` are the subjects of which messages wait, None when nobody knows."""
    consumers = report["consumers"]
    behind = None
    if consumers is not None:
        behind = [each for each in consumers if each["pending"] or each["unsettled"]]
    broken = {n: s for n, s in report["dependencies"].items() if s != "ok"}
    return report | {"behind": behind, "broken": broken}


def ask_all(
    services: Mapping[str, Any], question: Callable[[str, Any], Any]
) -> dict[str, Any]:
    """Ask services side by side; None stands for who does not answer."""
    asked = {
        name: eventlet.spawn(_answer, question, name, service)
        for name, service in services.items()
    }
    return {name: thread.wait() for name, thread in asked.items()}


def _answer(question: Callable[[str, Any], Any], name: str, service: Any) -> Any:
    try:
        return question(name, service)
    except (TicketingError, RemoteError):
        return None
