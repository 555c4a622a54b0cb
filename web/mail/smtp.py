"""Mails over SMTP (RFC 5321), several over one connection while there are some."""

import smtplib
import ssl
from contextlib import suppress
from dataclasses import dataclass, field
from email.message import EmailMessage
from enum import StrEnum
from time import monotonic
from typing import Any
from urllib.parse import unquote, urlsplit

import eventlet

from ticketing.errors import HopelessError, UnavailableError

# For all of it; whoever waits is asked to try again sooner than the bus would do.
PATIENCE = 7.0
# Connections that are kept for the next mails, for how many seconds, and for how many:
# less than any server waits, and than one takes at a time.
KEPT = 4
KEEP = 20.0
MAILS = 50


_OK = 250


class Security(StrEnum):
    """How a server is spoken to, by the scheme of its address."""

    NONE = "smtp"
    STARTTLS = "smtp+starttls"
    TLS = "smtps"


_PORTS = {Security.NONE: 25, Security.STARTTLS: 587, Security.TLS: 465}


@dataclass(frozen=True)
class SmtpServer:
    security: Security
    host: str
    port: int
    user: str = ""
    password: str = field(default="", repr=False)

    @classmethod
    def parse(cls, url: Any) -> "SmtpServer":
        """Cast for ``smtp+starttls://user:password@host:587``.

        Raises ValueError, which never shows the password.
        """
        try:
            parts = urlsplit(str(url))
            security = Security(parts.scheme)
            port = parts.port or _PORTS[security]
        except ValueError:
            raise ValueError(_FORM) from None
        if not parts.hostname or parts.path.strip("/") or parts.query:
            raise ValueError(_FORM)
        user, password = unquote(parts.username or ""), unquote(parts.password or "")
        return cls(security, parts.hostname, port, user, password)


_FORM = (
    f"it has to be {', '.join(Security)} and ://user:password@host:port, where "
    "user:password@ and :port may be left out"
)


@dataclass
class _Line:
    """A connection; ``free`` is when it had sent its last mail."""

    client: smtplib.SMTP
    sent: int = 0
    free: float = 0.0

    def is_open(self) -> bool:
        """Whether the server still listens. Asked, for it may have left silently."""
        try:
            recent = monotonic() - self.free < KEEP
            return recent and self.client.noop()[0] == _OK
        except (smtplib.SMTPException, OSError):
            return False

    def leave(self) -> None:
        """Say good-bye, and do not wait for an answer."""
        with suppress(smtplib.SMTPException, OSError):
            self.client.putcmd("quit")
        self.client.close()


class SmtpMailer:
    """``name`` is what this machine calls itself to the server."""

    def __init__(
        self, server: SmtpServer, name: str, patience: float = PATIENCE
    ) -> None:
        self._server = server
        self._name = name
        self._patience = patience
        self._lines: list[_Line] = []

    def deliver(self, message: EmailMessage) -> None:
        with eventlet.Timeout(self._patience, _away("it takes too long")):
            try:
                self._hand_over(message)
            except smtplib.SMTPRecipientsRefused as error:
                ((code, answer),) = error.recipients.values()
                raise _refusal(code, answer) from None
            except smtplib.SMTPDataError as error:
                raise _refusal(error.smtp_code, error.smtp_error) from None
            except (smtplib.SMTPException, OSError) as error:
                raise _away(error) from None

    def _hand_over(self, message: EmailMessage) -> None:
        line = self._open_line()
        try:
            line.client.send_message(message)
        except smtplib.SMTPNotSupportedError as error:
            line.client.close()
            raise HopelessError(f"The mail server cannot send this: {error}") from None
        except BaseException:  # running out of patience is one
            line.client.close()
            raise
        # It is theirs now: nothing that comes after may count as a failure.
        self._keep(line)

    def _open_line(self) -> _Line:
        while self._lines:
            line = self._lines.pop()
            if line.is_open():
                return line
            line.client.close()
        return _Line(self._connect())

    def _keep(self, line: _Line) -> None:
        line.sent, line.free = line.sent + 1, monotonic()
        if line.sent < MAILS and len(self._lines) < KEPT:
            self._lines.append(line)
        else:
            line.leave()

    def _connect(self) -> smtplib.SMTP:
        server = self._server
        if server.security is Security.TLS:
            client: smtplib.SMTP = smtplib.SMTP_SSL(
                *(server.host, server.port, self._name),
                timeout=self._patience,
                context=_trust(),
            )
        else:
            client = smtplib.SMTP(
                server.host, server.port, self._name, timeout=self._patience
            )
        if server.security is Security.STARTTLS:
            client.starttls(context=_trust())
        if server.user:
            client.login(server.user, server.password)
        return client


def _trust() -> ssl.SSLContext:
    return ssl.create_default_context()


def _refusal(code: int, answer: bytes | str) -> HopelessError | UnavailableError:
    """The server said no: for ever from 500 on, for now below."""
    text = answer.decode(errors="replace") if isinstance(answer, bytes) else answer
    if code >= 500:
        return HopelessError(f"The mail server refuses: {code} {text}")
    return _away(f"{code} {text}")


def _away(reason: object) -> UnavailableError:
    return UnavailableError(f"The mail server did not take the mail: {reason}")
