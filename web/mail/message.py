"""A letter as a mail (RFC 5322): safe headers, plain text beside HTML, attachments."""

from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address, HeaderRegistry
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, getaddresses
from functools import cache, lru_cache
from typing import Any, Protocol
from urllib.parse import quote

import idna

from web.documents.booking import line
from web.mail.mime import file_part, multipart, multipart_body, text_part


@dataclass(frozen=True)
class Attachment:
    name: str
    content_type: str
    content: bytes


@dataclass(frozen=True)
class Letter:
    """``key`` says what it is about: letters of one key are one letter, sent again."""

    key: str
    to: str
    subject: str
    text: str
    html: str
    attachments: tuple[Attachment, ...] = ()
    language: str = "en"


@dataclass(frozen=True)
class Sender:
    """Who our mails come from."""

    name: str
    address: str

    @classmethod
    def parse(cls, text: Any) -> "Sender":
        """Cast for ``Name <address>``. Raises ValueError."""
        found = getaddresses([line(str(text))])
        name, address = found[0] if len(found) == 1 else ("", "")
        local, _, domain = address.rpartition("@")
        if not local or not domain or not address.isascii():
            raise ValueError("it has to be one address, as in Name <name@host>")
        return cls(name, address)

    @property
    def domain(self) -> str:
        return self.address.rpartition("@")[2]


class Mailer(Protocol):
    def deliver(self, message: EmailMessage) -> None:
        """Hand a mail on, for good once this returns.

        Raises UnavailableError when it may be tried again, and HopelessError when this
        mail will never be taken.
        """


class _Headers(HeaderRegistry):
    """Makes a header as Python does, and one that was just made no second time.

    Most are the same in all letters, and to parse one takes as long as a page of a PDF.
    """

    def __init__(self) -> None:
        super().__init__()
        self._class_of = cache(super().__getitem__)
        self._made = lru_cache(maxsize=64)(super().__call__)

    def __getitem__(self, name: str) -> Any:
        return self._class_of(name)

    def __call__(self, name: str, value: Any) -> Any:
        return self._made(name, value)


_SEVEN_BITS = SMTP.clone(cte_type="7bit", header_factory=_Headers())
_NAMES_IN_UTF8 = _SEVEN_BITS.clone(utf8=True)


def compose(letter: Letter, sender: Sender, now: datetime) -> EmailMessage:
    """Return the mail; the same letter has the same Message-ID, whenever it is sent."""
    recipient = _recipient(letter.to)
    # Seven bits get through every server; only a name before the @ may need more.
    utf8 = not recipient.username.isascii()
    message = EmailMessage(policy=_NAMES_IN_UTF8 if utf8 else _SEVEN_BITS)
    message["Message-ID"] = f"<{quote(letter.key, safe='')}@{sender.domain}>"
    message["Date"] = format_datetime(now)
    message["From"] = str(Address(sender.name, addr_spec=sender.address))
    message["To"] = str(recipient)
    message["Subject"] = _unencoded(line(letter.subject))
    # Keeps answering machines from answering.
    message["Auto-Submitted"] = "auto-generated"
    message["Content-Language"] = letter.language
    content_type, body = _body(letter)
    message["MIME-Version"] = "1.0"
    message["Content-Type"] = content_type
    # As a whole: parts of their own would be put together anew each time it is sent.
    message.set_payload(body)
    return message


def _body(letter: Letter) -> tuple[str, str]:
    """Return the type of the content and the content."""
    text, html = text_part(letter.text, "plain"), text_part(letter.html, "html")
    if not letter.attachments:
        return multipart_body("alternative", text, html)
    files = [file_part(a.name, a.content_type, a.content) for a in letter.attachments]
    return multipart_body("mixed", multipart("alternative", text, html), *files)


def _unencoded(text: str) -> str:
    """Return a text that is taken as it is: ``=?`` begins one that is to be decoded.

    What it decodes to could be a line end, and so a header of its own.
    """
    return text.replace("=?", "= ?")


def _recipient(address: str) -> Address:
    name, _, domain = address.rpartition("@")
    return Address(username=name, domain=idna.encode(domain).decode())
