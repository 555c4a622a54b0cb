"""Mails over SMTP (RFC 5321), one connection each."""

import smtplib
import ssl
from contextlib import suppress
from dataclasses import dataclass, field
from email.message import EmailMessage
from enum import StrEnum
from typing import Any
from urllib.parse import unquote, urlsplit

import eventlet

from ticketing.errors import HopelessError, UnavailableError

# For all of it; whoever waits is asked to try again sooner than the bus would do.
PATIENCE = 7.0


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


class SmtpMailer:
    """``name`` is what this machine calls itself to the server."""

    def __init__(
        self, server: SmtpServer, name: str, patience: float = PATIENCE
    ) -> None:
        self._server = server
        self._name = name
        self._patience = patience

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
        client = self._connect()
        try:
            client.send_message(message)
            # It is theirs now: nothing that comes after may count as a failure.
            with suppress(smtplib.SMTPException, OSError):
                client.putcmd("quit")
        except smtplib.SMTPNotSupportedError as error:
            raise HopelessError(f"The mail server cannot send this: {error}") from None
        finally:
            client.close()

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
