"""A mail server that keeps what it takes in a folder, and is as difficult as wanted.

    python contract_mail_server.py '{"port": 2525, "folder": "...", ...}'

Who is written to says what it does; see ``Handler``. Runs until its input ends.
"""

import asyncio
import json
import ssl
import sys
from itertools import count
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

NEVER = 3600
AT_ONCE = {"refused": "550 No such user", "later": "451 Come back later"}
AFTER_ALL = {"spam": "554 We do not want this", "full": "452 No room just now"}


class Handler:
    def __init__(self, folder):
        self._folder = Path(folder)
        self._numbers = count(1)

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        envelope.rcpt_tos.append(address)
        return AT_ONCE.get(address.partition("@")[0], "250 OK")

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        (address,) = envelope.rcpt_tos
        who = address.partition("@")[0]
        if who in AFTER_ALL:
            return AFTER_ALL[who]
        if who == "slow":
            await asyncio.sleep(NEVER)
        # Each connection comes from a port of its own.
        told = f"Delivered-To: {address}\r\nConnection: {session.peer[1]}\r\n"
        self._keep(told.encode() + envelope.original_content)
        if who == "lost":
            server.transport.close()
        return "250 OK"

    async def handle_QUIT(self, server, session, envelope):  # noqa: N802
        await asyncio.sleep(NEVER)

    def _keep(self, content):
        number = next(self._numbers)
        unfinished = self._folder / f"{number}.part"
        unfinished.write_bytes(content)
        unfinished.rename(self._folder / f"{number}.eml")


def _certificate(path):
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(path)
    return context


def _controller(wanted):
    options = {"enable_SMTPUTF8": True, "auth_require_tls": False}
    if password := wanted.get("password"):
        expected = ("shop", password)

        def check(_server, _session, _envelope, _mechanism, data):
            given = (data.login.decode(), data.password.decode())
            return AuthResult(success=given == expected)

        options |= {"authenticator": check, "auth_required": True}
    if wanted.get("security") == "smtps":
        options["ssl_context"] = _certificate(wanted["certificate"])
    if wanted.get("security") == "smtp+starttls":
        options |= {"tls_context": _certificate(wanted["certificate"])}
        options["require_starttls"] = True
    handler = Handler(wanted["folder"])
    return Controller(handler, "127.0.0.1", wanted["port"], **options)


if __name__ == "__main__":
    controller = _controller(json.loads(sys.argv[1]))
    controller.start()
    print("ready", flush=True)  # noqa: T201 - somebody waits for it
    sys.stdin.read()
    controller.stop()
