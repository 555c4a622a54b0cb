"""What buyers and doors do with passes."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from orders.models import Order
from orders.passes import models
from orders.passes.admissions import Admissions, unhurried
from orders.passes.codes import Claims, PassCodes, checked_pass_id
from orders.passes.inputs import AdmitInput
from orders.passes.models import Admission, IssuedPass, Outcome, Scan
from orders.repository import Orders
from orders.sales.commands import own_listing
from ticketing.errors import BadRequestError, NotFoundError
from ticketing.mongo import Document

Json = dict[str, Any]


@dataclass(frozen=True)
class Gate:
    """What the doors stand on."""

    orders: Orders
    admissions: Admissions
    codes: PassCodes


def of_order(gate: Gate, order: Order) -> list[Json]:
    """Return the passes of an order with their codes, for its buyer."""
    return of_orders(gate, [order])[order.id]


def of_orders(gate: Gate, orders: Iterable[Order]) -> dict[str, list[Json]]:
    """Return the same of several orders, by their ids."""
    find = cache(gate.orders.tickets.find)
    passes = {each.id: _passes_of(each, find(each.ticket_id)) for each in orders}
    ids = (issued.id for own in passes.values() for issued in own)
    used = gate.admissions.of_passes(ids)
    return {
        order_id: [_shown(gate.codes, issued, used.get(issued.id)) for issued in own]
        for order_id, own in passes.items()
    }


def _shown(codes: PassCodes, issued: IssuedPass, admission: Admission | None) -> Json:
    code = codes.sign(_claims(issued))
    return models.shown(issued, admission) | {"code": code}


def of_listing(gate: Gate, ticket_id: str, user_id: str) -> Json:
    """Return every pass of a listing, for its seller.

    Raises NotFoundError, NotOwnerError.
    """
    listing = own_listing(gate.orders, ticket_id, user_id)
    with unhurried():
        used = gate.admissions.of_ticket(ticket_id)
        passes = [
            models.shown_to_seller(issued, used.get(issued.id))
            for order in gate.orders.with_passes(ticket_id)
            for issued in _passes_of(order, listing)
        ]
    return {"ticketId": ticket_id, "title": listing["title"], "passes": passes}


def admit(
    gate: Gate, pass_id: str, user_id: str, wanted: AdmitInput, now: datetime
) -> Json:
    """Let the first scan of a pass in, and keep the later ones as conflicts.

    A scan that is told again gets its first answer. Raises NotFoundError,
    NotOwnerError, BadRequestError when a code is not that of this pass.
    """
    issued = _find(gate, checked_pass_id(pass_id), user_id)
    if wanted.code is not None and gate.codes.read(wanted.code) != _claims(issued):
        raise BadRequestError("This code is not genuine")
    if wanted.ticket_id not in {None, issued.ticket_id}:
        return models.answer(issued, Outcome.OTHER_EVENT, None)
    scan = Scan(wanted.scan, wanted.door, models.time_of_scan(wanted.at, now))
    return _answer(gate.admissions, issued, scan, now)


def _answer(
    admissions: Admissions, issued: IssuedPass, scan: Scan, now: datetime
) -> Json:
    admission = admissions.of_passes([issued.id]).get(issued.id)
    if admission is None or not admission.knows(scan.id):
        if not issued.is_good:
            return models.answer(issued, Outcome.REFUNDED, admission)
        first = Admission(issued.id, issued.ticket_id, issued.unit, scan, now)
        admission = admissions.record(first)
    return models.answer(issued, admission.outcome_of(scan.id), admission)


def _find(gate: Gate, pass_id: str, user_id: str) -> IssuedPass:
    """Return a pass for the seller of its listing."""
    order = gate.orders.find_by_pass(pass_id)
    if order is None:
        raise NotFoundError
    passes = _passes_of(order, own_listing(gate.orders, order.ticket_id, user_id))
    return next(issued for issued in passes if issued.id == pass_id)


def _passes_of(order: Order, listing: Document | None) -> list[IssuedPass]:
    cancelled = bool(listing and listing.get("cancelled"))
    return models.passes_of(order, cancelled=cancelled)


def _claims(issued: IssuedPass) -> Claims:
    return Claims(issued.ticket_id, issued.unit, issued.id)
