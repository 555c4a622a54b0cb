"""In-memory doubles of what the auth service stands on."""

from collections.abc import Collection

from auth.models import User
from ticketing.fakes import MemoryAggregates
from ticketing.paging import Page


class MemoryUsers(MemoryAggregates[User]):
    def __init__(self) -> None:
        super().__init__((("email",), lambda user: [user.email]))

    def find_by_email(self, email: str) -> User | None:
        found = self.select(lambda user: user.email == email, Page(1))
        return found[0] if found else None

    def of_ids(self, user_ids: Collection[str]) -> list[User]:
        return self.select(lambda user: user.id in user_ids, Page(len(user_ids)))


class QuickHasher:
    """Hashes without the work."""

    def hash(self, password: str) -> str:
        return f"quick:{password}"

    def matches(self, password_hash: str | None, password: str) -> bool:
        return password_hash == f"quick:{password}"

    def is_outdated(self, password_hash: str) -> bool:
        return not password_hash.startswith("quick:")
