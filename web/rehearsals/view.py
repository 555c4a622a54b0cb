"""What the page of a rehearsal shows. Pure."""

import re
from base64 import b64encode
from hashlib import sha256

from ticketing.http.same_site import content_policy
from web.rehearsals.states import MOST_UNITS, Json, Phase

_STYLE = re.compile(r"<style>(.*?)</style>", re.DOTALL)


def view(ticket: Json, state: Json | None, *, is_busy: bool) -> Json:
    """``busy``: another listing is rehearsed; ``bar`` how much of what is done."""
    phase = Phase(state["phase"]) if state else None
    runs = phase is not None and not phase.is_over
    return {
        "ticket": ticket,
        "state": state,
        "phase": phase.value if phase else "",
        "runs": runs,
        "busy": is_busy and not runs,
        "bar": _bar(state) if state else {},
        "units": min(ticket["quantity"], MOST_UNITS),
    }


def _bar(state: Json) -> Json:
    """``done`` of ``of``: people who are ready or, later, what is sold."""
    if state["phase"] in {Phase.SIGNING, Phase.LOOKING}:
        return {"done": state["done"], "of": state["of"]}
    sold = state["sale"]["sold"] if state["sale"] else 0
    return {"done": sold, "of": state["units"]}


def report_policy(html: str) -> str:
    """Allow a report the one style that stands in it, and nothing from elsewhere."""
    style = _STYLE.search(html)
    digest = b64encode(sha256(style[1].encode() if style else b"").digest()).decode()
    return content_policy(style_src=f"'sha256-{digest}'")
