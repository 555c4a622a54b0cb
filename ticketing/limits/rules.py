"""The limits there are. Pure: no I/O."""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b

# What config.yaml may change, by the names that it has there.
DEFAULTS = {
    "LIMIT_SIGN_IN_ACCOUNT": "10/900",
    "LIMIT_SIGN_IN_ADDRESS": "50/300",
    "LIMIT_SIGN_IN_DEVICE": "10/900",
    "LIMIT_PASSWORD": "10/900",
    "LIMIT_SIGN_UP": "300/600",
    "LIMIT_RESERVATIONS": "3000/60",
    "LIMIT_PAYMENTS": "1200/60",
    "LIMIT_WRITES": "6000/60",
    "LIMIT_ADDRESS": "12000/60",
}


@dataclass(frozen=True)
class Limit:
    """So many at once, and after ``seconds`` as many again, one by one until then."""

    most: int
    seconds: float

    @classmethod
    def parse(cls, text: object) -> "Limit":
        """Cast for ``most/seconds``. Raises ValueError."""
        most, _, seconds = str(text).partition("/")
        limit = cls(int(most), float(seconds))
        if limit.most < 1 or not 0 < limit.seconds < 10**6:
            raise ValueError(f"{text!r} is no number and its seconds, as in 10/900")
        return limit


@dataclass(frozen=True)
class Bucket:
    """What one somebody has left of a limit: an account, an address, a device."""

    name: str
    subject: str
    limit: Limit

    @property
    def key(self) -> str:
        """Tells nobody who it is."""
        return (
            f"{self.name}:{blake2b(self.subject.encode(), digest_size=16).hexdigest()}"
        )


@dataclass(frozen=True)
class Guard:
    """The limits of a route, by the names of their settings.

    While they cannot be counted it ``opens``, for shopping must go on, or stays shut.
    Where ``crowds`` come at once, they go in one after the other; who ``goes_first``,
    before others of the process.
    """

    by_user: str = ""
    by_address: str = ""
    opens: bool = True
    crowds: bool = False
    goes_first: bool = False

    def buckets(
        self, limits: Mapping[str, Limit], user_id: str, address: str
    ) -> list[Bucket]:
        """Return those that one request takes from; who is unknown has none."""
        subjects = {self.by_user: user_id, self.by_address: address}
        return [
            Bucket(name, subject, limits[name])
            for name, subject in subjects.items()
            if name and subject
        ]


SIGNING_UP = Guard(by_address="LIMIT_SIGN_UP", opens=False)
RESERVING = Guard("LIMIT_RESERVATIONS", "LIMIT_ADDRESS", crowds=True)
PAYING = Guard("LIMIT_PAYMENTS", "LIMIT_ADDRESS", crowds=True, goes_first=True)
WRITING = Guard("LIMIT_WRITES", "LIMIT_ADDRESS")
