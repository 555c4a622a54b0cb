"""Where mails go, by the settings, and what is said about wrong ones."""

import pytest

from ticketing.public_url import public_url
from web.mail.folder import FolderMailer
from web.mail.message import Sender
from web.mail.provider import mailer_of
from web.mail.smtp import Security, SmtpMailer, SmtpServer

SENDER = Sender.parse("tickets@shop.test")
FOLDER = {"MAIL_FOLDER": "/nowhere"}


def test_without_a_server_mails_become_files():
    assert isinstance(mailer_of(FOLDER | {"MAIL_URL": ""}, SENDER), FolderMailer)
    assert isinstance(
        mailer_of(FOLDER | {"MAIL_URL": "smtp://mail"}, SENDER), SmtpMailer
    )


def test_without_either_the_start_fails_and_says_so():
    with pytest.raises(SystemExit, match="MAIL_FOLDER is missing"):
        mailer_of({}, SENDER)


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtp://mail", SmtpServer(Security.NONE, "mail", 25)),
        ("smtp+starttls://mail", SmtpServer(Security.STARTTLS, "mail", 587)),
        ("smtps://mail/", SmtpServer(Security.TLS, "mail", 465)),
        (
            "smtp://a%40b.de:p%3Aw%2F@[::1]:2525",
            SmtpServer(Security.NONE, "::1", 2525, "a@b.de", "p:w/"),
        ),
    ],
)
def test_the_address_of_a_server_says_how_to_speak_to_it(url, server):
    assert SmtpServer.parse(url) == server


@pytest.mark.parametrize(
    "url",
    [
        "mail.example.com",
        "http://mail",
        "smtp://",
        "smtp://user:secret@",
        "smtp://user:secret@mail:x",
        "smtp://user:sec/ret@mail",
        "smtp://user:secret@mail/inbox",
        "smtp://user:secret@mail?tls=1",
        "smtp://user:secret@[mail",
    ],
)
def test_a_wrong_address_is_told_without_its_password(url):
    with pytest.raises(SystemExit, match="MAIL_URL is not valid: it has to be") as told:
        mailer_of({"MAIL_URL": url}, SENDER)
    assert "sec" not in str(told.value)


def test_a_server_does_not_show_its_password():
    assert "secret" not in repr(SmtpServer.parse("smtp://user:secret@mail"))


def test_links_lead_to_the_public_address_or_else_to_this_one():
    here = {"WEB_SERVER_ADDRESS": "127.0.0.1:8000"}
    assert public_url(here) == "http://127.0.0.1:8000"
    assert (
        public_url(here | {"PUBLIC_URL": "https://shop.test/"}) == "https://shop.test"
    )


@pytest.mark.parametrize("url", ["shop.test", "ftp://shop.test", "https://"])
def test_a_wrong_public_address_stops_the_start(url):
    with pytest.raises(SystemExit, match="PUBLIC_URL is not valid"):
        public_url({"PUBLIC_URL": url})
