"""Where accounts are kept."""

from collections.abc import Collection
from typing import Protocol

from auth.models import User
from ticketing.aggregates import Aggregates
from ticketing.change import Change, Decision
from ticketing.mongo import Document, index
from ticketing.stores import AggregateDatabase


class Users(Protocol):
    def add(self, change: Change[User]) -> User: ...
    def get(self, user_id: str) -> User: ...
    def find_by_email(self, email: str) -> User | None: ...
    def of_ids(self, user_ids: Collection[str]) -> list[User]: ...
    def change(self, user_id: str, decide: Decision[User]) -> User: ...


class MongoUsers(Aggregates[User]):
    def find_by_email(self, email: str) -> User | None:
        found = self.query({"email": email}, 1)
        return found[0] if found else None

    def of_ids(self, user_ids: Collection[str]) -> list[User]:
        """Return those of the accounts that are there, by id."""
        return self.query({"_id": {"$in": list(user_ids)}}, 0, ("_id", 1))


class UserDatabase(AggregateDatabase[User]):
    """Gives the worker its ``Users``."""

    collection_name = "users"
    store_class = MongoUsers

    def declare_indexes(self) -> None:
        # One account an address, whoever signs up at the same moment.
        index(self.collection, "email", unique=True)
        super().declare_indexes()

    @staticmethod
    def encode(user: User) -> Document:
        return {"email": user.email, "passwordHash": user.password_hash}

    @staticmethod
    def decode(document: Document) -> User:
        return User(
            id=document["_id"],
            email=document["email"],
            password_hash=document["passwordHash"],
            version=document["version"],
        )
