"""What travels on the bus: one class per subject, the shape of its JSON payload.

Prices are JSON numbers of a currency's major unit (dollars, yen), amounts whole numbers
of its smallest (cents, yen), times ISO 8601 UTC. Unknown fields are ignored, so that a
newer producer does not stop an older consumer; what was told before there were several
currencies names none.
"""

from typing import Annotated, Any, ClassVar

from pydantic import BaseModel, ConfigDict, StringConstraints
from pydantic.alias_generators import to_camel

from ticketing.money import DEFAULT_CURRENCY

Id = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{24}$")]


class Shape(BaseModel):
    """JSON in camelCase, attributes in snake_case, no conversions."""

    model_config = ConfigDict(
        alias_generator=to_camel, populate_by_name=True, frozen=True, strict=True
    )

    def json_dict(self) -> dict[str, Any]:
        return self.model_dump(by_alias=True, exclude_none=True)


class Payload(Shape):
    """Any event: ``version`` counts the changes of the aggregate ``id`` from 0."""

    subject: ClassVar[str]

    id: Id
    version: int


class TicketRef(Shape):
    id: Id


class ReservedTicket(Shape):
    """``price`` is that of one unit."""

    id: Id
    title: str
    price: float


class Occasion(Shape):
    """What a listing is for; ``starts_at`` is shown in ``timezone``, an IANA name."""

    name: str
    venue: str = ""
    starts_at: str
    timezone: str = "UTC"
    description: str = ""


class TicketCreated(Payload):
    """``layout`` lists the units, as ``ticketing.layout`` reads it."""

    subject: ClassVar[str] = "ticket.created"

    title: str
    price: float
    currency: str = DEFAULT_CURRENCY
    user_id: Id
    layout: str = "1"
    seated: bool = False
    max_per_order: int = 10
    on_sale_at: str | None = None
    event: Occasion | None = None


class TicketUpdated(TicketCreated):
    """The whole listing again, and how many of its units are in which state."""

    subject: ClassVar[str] = "ticket.updated"

    order_id: Id | None = None
    available: int = 0
    held: int = 0
    sold: int = 0
    cancelled: bool | None = None


class OrderCreated(Payload):
    """``total`` is what its ``units`` cost together."""

    subject: ClassVar[str] = "order.created"

    status: str
    user_id: Id
    expires_at: str
    ticket: ReservedTicket
    units: list[str]
    total: float
    currency: str = DEFAULT_CURRENCY


class OrderEvent(Payload):
    """``units`` are those the order holds from now on."""

    ticket: TicketRef
    units: list[str]


class OrderCancelled(OrderEvent):
    subject: ClassVar[str] = "order.cancelled"

    reason: str


class OrderCompleted(OrderEvent):
    subject: ClassVar[str] = "order.completed"


class OrderReduced(OrderEvent):
    """Some of its units were refunded."""

    subject: ClassVar[str] = "order.reduced"


class OrderExtended(OrderEvent):
    """A payment is being made at its end: it is held until ``expires_at``."""

    subject: ClassVar[str] = "order.extended"

    expires_at: str


class ExpirationComplete(Shape):
    subject: ClassVar[str] = "expiration.complete"

    order_id: Id


class PaymentCreated(Payload):
    subject: ClassVar[str] = "payment.created"

    order_id: Id
    stripe_id: str
    amount: int
    currency: str = DEFAULT_CURRENCY


class PaymentFailed(Payload):
    subject: ClassVar[str] = "payment.failed"

    order_id: Id
    reason: str


class PaymentRefunded(PaymentCreated):
    """``amount`` went back for these ``units``."""

    subject: ClassVar[str] = "payment.refunded"

    reason: str
    units: list[str]


class SessionRevoked(Payload):
    """Sessions of user ``id`` end: the one named ``jti``, or all issued by ``before``.

    ``before`` is in seconds since 1970.
    """

    subject: ClassVar[str] = "session.revoked"

    jti: str | None = None
    before: float | None = None
