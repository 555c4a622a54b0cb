"""Who runs this shop, and so may see its books."""

from ticketing.config import Config, optional
from ticketing.errors import NotFoundError
from ticketing.sessions import Session


class Operators:
    """Knows them by the e-mail addresses of their accounts."""

    def __init__(self, config: Config) -> None:
        named = optional(config, "OPERATORS").split(",")
        self._emails = {email.strip().lower() for email in named if email.strip()}

    def has(self, user: Session | None) -> bool:
        return user is not None and user.email in self._emails

    def check(self, user: Session) -> None:
        """Raise NotFoundError: for everybody else there is no such page."""
        if not self.has(user):
            raise NotFoundError
