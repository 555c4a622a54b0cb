"""What people are told about their accounts."""

from ticketing.contract import Id
from ticketing.http.openapi import Answer


class Account(Answer):
    id: Id
    email: str


class CurrentUser(Answer):
    """Null to who has no session."""

    current_user: Account | None
