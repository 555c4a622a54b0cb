"""The story of one order, told by those who made it. Pure: no I/O."""

from collections.abc import Iterable
from typing import Any

from ticketing.progress import Progress

Json = dict[str, Any]

# The events that a letter is written about.
LETTERS = {"order.completed", "order.reduced"}
LETTERS_OF_AN_END = {"refunded", "listing cancelled"}
_SENT = {"done": "sent", "under way": "being sent", "waiting": "not sent yet"}


def timeline(
    orders: Iterable[Json],
    payments: Iterable[Json],
    admissions: Iterable[Json],
    progress: Iterable[Progress],
) -> list[Json]:
    """Bring it all in order: ``[{at, service, what, ...}]``.

    A change of state has ``by``, which is the request, event or call that caused it,
    and its ``trace``; an event has ``handled``, which says how far each service is with
    it. The time of a letter is that of its event.
    """
    known = list(progress)
    told = [
        {"service": service} | entry | _handled(entry, known)
        for service, entries in (("orders", orders), ("payments", payments))
        for entry in entries
    ]
    scans = [{"service": "orders"} | scan for scan in admissions]
    letters = [letter for entry in told if (letter := _letter(entry, told))]
    return sorted(told + scans + letters, key=lambda entry: entry["at"])


def _handled(entry: Json, progress: list[Progress]) -> Json:
    number = entry.get("sequence")
    if "event" not in entry:
        return {}
    heard = [each for each in progress if each.subject == entry["what"]]
    return {
        "handled": {
            each.service: each.of(number) if number else "not published yet"
            for each in sorted(heard, key=lambda each: each.service)
        }
    }


def _letter(entry: Json, told: list[Json]) -> Json | None:
    state = entry.get("handled", {}).get("web")
    if state is None or not _has_letter(entry, told):
        return None
    what = f"letter about {entry['what']}: {_SENT.get(state, 'not sent yet')}"
    same = {name: entry[name] for name in ("at", "trace")}
    return same | {"service": "web", "what": what}


def _has_letter(entry: Json, told: list[Json]) -> bool:
    """Of an end, its change says why."""
    if entry["what"] != "order.cancelled":
        return entry["what"] in LETTERS
    version = int(entry["event"].rpartition(":")[2])
    ends = (f"cancelled: {reason}" for reason in LETTERS_OF_AN_END)
    change = next((c for c in told if c.get("version") == version), {})
    return change.get("what") in set(ends)
