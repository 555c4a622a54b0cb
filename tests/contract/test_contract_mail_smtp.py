"""Mails by SMTP: connections kept and left, answers lost, users, and encryption."""

import socket
from contextlib import closing

import eventlet
import pytest
import trustme
from contract_mailers import mail

from ticketing.errors import HopelessError, UnavailableError
from web.mail import smtp
from web.mail.smtp import SmtpMailer, SmtpServer


@pytest.fixture
def house(serve_mail):
    return serve_mail()


def test_a_mail_that_is_not_wanted_is_hopeless(house):
    with pytest.raises(HopelessError, match="554 We do not want this"):
        house.mailer.deliver(mail(to="spam@example.com"))


@pytest.mark.parametrize("who", ["later", "full"])
def test_a_refusal_for_now_is_tried_again(house, who):
    with pytest.raises(UnavailableError, match="45"):
        house.mailer.deliver(mail(to=f"{who}@example.com"))
    assert not house.received()


def test_an_answer_that_is_lost_sends_it_twice_at_most_never_not_at_all(house):
    with pytest.raises(UnavailableError):
        house.mailer.deliver(mail(to="lost@example.com"))
    house.mailer.deliver(mail())
    assert [each["Message-ID"] for each in house.received()] == [
        "<order.2@shop.test>"
    ] * 2


def test_mails_go_over_one_connection_while_there_are_some(house):
    for key in ("order.2", "order.3"):
        house.mailer.deliver(mail(key=key))
    assert house.connections() == 1


def test_a_connection_sends_no_more_than_servers_take(house, monkeypatch):
    monkeypatch.setattr(smtp, "MAILS", 2)
    for key in ("order.2", "order.3", "order.4"):
        house.mailer.deliver(mail(key=key))
    assert house.connections() == 2


def test_a_connection_that_was_kept_too_long_is_not_used(house, monkeypatch):
    monkeypatch.setattr(smtp, "KEEP", 0)
    for key in ("order.2", "order.3"):
        house.mailer.deliver(mail(key=key))
    assert house.connections() == 2


def test_a_server_that_has_restarted_gets_the_next_mail_at_once(house):
    house.mailer.deliver(mail())
    house.go_away()
    house.come_back()
    house.mailer.deliver(mail(key="order.3"))
    assert house.received()[-1]["Message-ID"] == "<order.3@shop.test>"


def test_few_connections_are_kept(house):
    pool = eventlet.GreenPool()
    for number in range(smtp.KEPT + 2):
        pool.spawn(house.mailer.deliver, mail(key=f"order.{number}"))
    pool.waitall()
    assert house.connections() == smtp.KEPT + 2
    assert len(house.mailer._lines) == smtp.KEPT


def test_after_a_mail_that_failed_there_is_a_new_connection(house):
    house.mailer.deliver(mail())
    with pytest.raises(UnavailableError):
        house.mailer.deliver(mail(to="full@example.com"))
    house.mailer.deliver(mail(key="order.3"))
    assert house.connections() == 2


def test_a_server_that_takes_too_long_is_left(house):
    hasty = house.mailer_of("smtp://", patience=0.2)
    with eventlet.Timeout(10), pytest.raises(UnavailableError, match="too long"):
        hasty.deliver(mail(to="slow@example.com"))


def test_a_server_that_says_nothing_is_left():
    with closing(socket.create_server(("127.0.0.1", 0))) as silent:
        url = f"smtp://127.0.0.1:{silent.getsockname()[1]}"
        mailer = SmtpMailer(SmtpServer.parse(url), "shop.test", patience=0.2)
        with eventlet.Timeout(10), pytest.raises(UnavailableError):
            mailer.deliver(mail())


def test_a_user_with_the_right_password_is_let_in(serve_mail):
    house = serve_mail(password="p:w/")
    house.mailer_of("smtp://shop:p%3Aw%2F@").deliver(mail())
    assert len(house.received()) == 1


def test_a_wrong_password_is_tried_again_and_not_told(serve_mail):
    """Nothing is lost until somebody has put the right one into the settings."""
    house = serve_mail(password="right")
    with pytest.raises(UnavailableError) as told:
        house.mailer_of("smtp://shop:secret@").deliver(mail())
    assert "secret" not in str(told.value)
    assert not house.received()


def test_a_server_that_wants_a_user_and_gets_none_is_tried_again(serve_mail):
    house = serve_mail(password="right")
    with pytest.raises(UnavailableError):
        house.mailer.deliver(mail())


@pytest.fixture(scope="module")
def authority():
    return trustme.CA()


@pytest.fixture
def certificate(authority, tmp_path):
    path = tmp_path / "server.pem"
    authority.issue_cert("127.0.0.1").private_key_and_cert_chain_pem.write_to_path(path)
    return str(path)


@pytest.fixture
def trusted(authority, tmp_path, monkeypatch):
    """This machine trusts who has signed the server's certificate."""
    path = tmp_path / "authorities.pem"
    authority.cert_pem.write_to_path(path)
    monkeypatch.setenv("SSL_CERT_FILE", str(path))


class TestEncrypted:
    @pytest.fixture(params=["smtps", "smtp+starttls"])
    def house(self, serve_mail, certificate, request):
        return serve_mail(security=request.param, certificate=certificate)

    def test_a_mail_arrives_over_an_encrypted_connection(self, house, trusted):
        house.mailer.deliver(mail())
        assert len(house.received()) == 1

    def test_a_server_that_anybody_could_be_gets_no_mail(self, house):
        with pytest.raises(UnavailableError, match="certificate verify failed"):
            house.mailer.deliver(mail())
        assert not house.received()

    def test_a_server_that_does_not_encrypt_gets_no_mail(self, serve_mail):
        plain = serve_mail()
        for scheme in ("smtp+starttls", "smtps"):
            with pytest.raises(UnavailableError):
                plain.mailer_of(f"{scheme}://").deliver(mail())
        assert not plain.received()
