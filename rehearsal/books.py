"""What a sale left behind, as it is told once it is over. Pure."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Listing:
    """What is for sale, and the units that its passes are for, as a door has them."""

    id: str
    quantity: int
    sold: int
    held: int
    passes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Order:
    """Money in the currency's smallest unit."""

    id: str
    listing: str
    status: str
    units: tuple[str, ...]
    passes: int
    total: int


@dataclass(frozen=True)
class Books:
    """``charges`` and ``refunds`` are Stripe's, by order; ``ledger`` what the shop's
    own books say was kept for one. ``findings`` are what the shop itself found wrong.
    Without ``has_money`` nobody could ask Stripe or look into the books.
    """

    listings: tuple[Listing, ...]
    orders: dict[str, Order]
    charges: dict[str, list[int]] = field(default_factory=dict)
    refunds: dict[str, int] = field(default_factory=dict)
    ledger: dict[str, int] = field(default_factory=dict)
    findings: tuple[str, ...] = ()
    has_money: bool = True
