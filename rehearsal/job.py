"""What a seller has rehearsed by a button: a twin of a listing, for so many buyers."""

import json
from dataclasses import dataclass, fields
from datetime import timedelta
from typing import Any

from rehearsal.client import Client
from rehearsal.terms import Goods, Terms

JSON = dict[str, Any]

MOST_TITLE = 200
# What one buyer wants, at most, if the listing lets one have so many.
MOST_WANTED = 4
# Nobody can buy a twin any more after that, whatever became of who listed it.
LASTS = timedelta(hours=1)


@dataclass(frozen=True)
class Job:
    """``permit`` is what the shop knows requests of a rehearsal by."""

    host: str
    port: int
    permit: str
    title: str
    price: float
    currency: str
    most: int
    units: int
    seats: tuple[str, ...]
    buyers: int

    @classmethod
    def parse(cls, line: bytes) -> "Job":
        told: JSON = json.loads(line)
        told["seats"] = tuple(told["seats"])
        return cls(**{field.name: told[field.name] for field in fields(cls)})

    @property
    def terms(self) -> Terms:
        return Terms(self.units, most=min(self.most, self.units, MOST_WANTED))

    @property
    def goods(self) -> Goods:
        return Goods(
            f"Rehearsal: {self.title}"[:MOST_TITLE].rstrip(),
            self.price,
            self.most,
            self.currency,
            self.seats,
            LASTS,
        )

    def client(self) -> Client:
        return Client(self.host, self.port, permit=self.permit)
