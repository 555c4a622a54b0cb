"""Mails, where they are delivered, and how a test sees what has arrived there."""

import json
import subprocess
import sys
from email import message_from_bytes
from email.policy import default
from pathlib import Path

from contract_tools import free_port

from ticketing.clock import utc_now
from web.mail.fakes import FakeMailer
from web.mail.folder import FolderMailer
from web.mail.message import Attachment, Letter, Sender, compose
from web.mail.smtp import SmtpMailer, SmtpServer

SERVER = Path(__file__).with_name("contract_mail_server.py")
NAME = "shop.test"
SENDER = Sender("Tickets", "tickets@shop.test")
PDF = Attachment("passes.pdf", "application/pdf", bytes(range(256)) * 40)


def mail(to="ann@example.com", key="order.2", subject="Ihre Pässe", text="Grüße\n.\n"):
    letter = Letter(key, to, subject, text, "<p>Grüße</p>", (PDF,))
    return compose(letter, SENDER, utc_now())


def _read(paths):
    by_age = sorted(paths, key=lambda path: path.stat().st_mtime_ns)
    return [message_from_bytes(path.read_bytes(), policy=default) for path in by_age]


class MemoryHouse:
    def __init__(self):
        self.mailer = FakeMailer()

    def refuse(self, address):
        self.mailer.refused.add(address)

    def go_away(self):
        self.mailer.away = True

    def come_back(self):
        self.mailer.away = False

    def received(self):
        return list(self.mailer.delivered.values())


class FolderHouse:
    def __init__(self, folder):
        self.folder = folder / "mail"
        self.mailer = FolderMailer(self.folder)

    def go_away(self):
        """Something else stands where the folder was."""
        if self.folder.exists():
            self.folder.rename(self.folder.with_suffix(".away"))
        self.folder.write_text("no folder")

    def come_back(self):
        self.folder.unlink()

    def received(self):
        return _read(self.folder.glob("*.eml"))


class SmtpHouse:
    """A server of its own process; ``port`` stays the same when it comes back."""

    def __init__(self, folder, **wanted):
        self.folder = folder
        self.wanted = {"port": free_port(), "folder": str(folder), **wanted}
        self.come_back()
        self.mailer = self.mailer_of(f"{wanted.get('security', 'smtp')}://")

    def mailer_of(self, prefix, **options):
        """Return a mailer for ``prefix``, such as ``smtp://user:password@``."""
        url = f"{prefix}127.0.0.1:{self.wanted['port']}"
        return SmtpMailer(SmtpServer.parse(url), NAME, **options)

    def refuse(self, address):
        assert address.startswith("refused@"), "what the server refuses"

    def come_back(self):
        self._process = subprocess.Popen(
            [sys.executable, SERVER, json.dumps(self.wanted)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        assert self._process.stdout.readline() == b"ready\n"

    def go_away(self):
        self._process.kill()
        self._process.wait()
        self._process.stdin.close()
        self._process.stdout.close()

    def received(self):
        return _read(self.folder.glob("*.eml"))

    def connections(self):
        """Over how many the mails came."""
        return len({each["Connection"] for each in self.received()})
