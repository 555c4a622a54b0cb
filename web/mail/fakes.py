"""In-memory double of the mailers."""

from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

from ticketing.errors import HopelessError, UnavailableError


class FakeMailer:
    """``delivered`` are the mails by Message-ID, read back from what went out.

    While ``away`` nothing is taken; what goes to an address in ``refused`` never is.
    """

    def __init__(self) -> None:
        self.delivered: dict[str, EmailMessage] = {}
        self.away = False
        self.refused: set[str] = set()

    def deliver(self, message: EmailMessage) -> None:
        if self.away:
            raise UnavailableError
        if str(message["To"]) in self.refused:
            raise HopelessError
        received = message_from_bytes(message.as_bytes(), policy=default)
        assert isinstance(received, EmailMessage)
        self.delivered[str(message["Message-ID"])] = received
