"""Mails arrive, or it is said whether another try can help.

Kept by the folder of files, by SMTP with a real server, and by the double.
"""

import socket
from contextlib import closing

import eventlet
import pytest
import trustme
from contract_mailers import FolderHouse, MemoryHouse, SmtpHouse

from ticketing.clock import utc_now
from ticketing.errors import HopelessError, UnavailableError
from web.mail import folder, smtp
from web.mail.message import Attachment, Letter, Sender, compose
from web.mail.smtp import SmtpMailer, SmtpServer

SENDER = Sender("Tickets", "tickets@shop.test")
PDF = Attachment("passes.pdf", "application/pdf", bytes(range(256)) * 40)


def mail(to="ann@example.com", key="order.2", subject="Ihre Pässe", text="Grüße\n.\n"):
    letter = Letter(key, to, subject, text, "<p>Grüße</p>", (PDF,))
    return compose(letter, SENDER, utc_now())


class MailerContract:
    def test_a_mail_arrives_as_it_was_sent(self, house):
        house.mailer.deliver(mail())
        (received,) = house.received()
        assert received["To"] == "ann@example.com"
        assert received["From"] == "Tickets <tickets@shop.test>"
        assert received["Subject"] == "Ihre Pässe"
        text = received.get_body(("plain",)).get_content()
        assert text.replace("\r\n", "\n") == "Grüße\n.\n"
        (attachment,) = received.iter_attachments()
        assert attachment.get_content() == PDF.content

    def test_two_letters_are_two_mails(self, house):
        for key in ("order.2", "order.3"):
            house.mailer.deliver(mail(key=key))
        ids = [received["Message-ID"] for received in house.received()]
        assert ids == ["<order.2@shop.test>", "<order.3@shop.test>"]

    def test_a_letter_sent_again_can_be_known_by_its_id(self, house):
        for subject in ("first", "second"):
            house.mailer.deliver(mail(subject=subject))
        received = house.received()
        assert {each["Message-ID"] for each in received} == {"<order.2@shop.test>"}
        assert received[-1]["Subject"] == "second"

    def test_an_address_in_other_letters_is_reached(self, house):
        house.mailer.deliver(mail(to="änn@exämple.com"))
        (received,) = house.received()
        assert received["To"] == "änn@xn--exmple-cua.com"

    def test_while_it_is_away_another_try_can_help(self, house):
        house.go_away()
        with pytest.raises(UnavailableError):
            house.mailer.deliver(mail())
        house.come_back()
        house.mailer.deliver(mail())
        assert len(house.received()) == 1


class RefusalContract:
    def test_an_address_that_is_refused_is_hopeless_and_others_are_not(self, house):
        house.refuse("refused@example.com")
        with pytest.raises(HopelessError):
            house.mailer.deliver(mail(to="refused@example.com"))
        house.mailer.deliver(mail())
        assert [each["To"] for each in house.received()] == ["ann@example.com"]


class TestMemory(MailerContract, RefusalContract):
    @pytest.fixture
    def house(self):
        return MemoryHouse()


class TestFolder(MailerContract):
    @pytest.fixture
    def house(self, tmp_path):
        return FolderHouse(tmp_path)

    def test_a_mail_is_one_file_of_its_id_which_only_its_owner_reads(self, house):
        for _ in range(2):
            house.mailer.deliver(mail())
        (file,) = house.folder.iterdir()
        assert file.name == "order.2@shop.test.eml"
        assert file.stat().st_mode & 0o077 == 0

    def test_a_mail_that_cannot_be_written_leaves_the_older_one_whole(
        self, house, monkeypatch
    ):
        def full(_number):
            raise OSError(28, "No space left on device")

        house.mailer.deliver(mail(subject="older"))
        monkeypatch.setattr(folder.os, "fsync", full)
        with pytest.raises(UnavailableError, match="No space left"):
            house.mailer.deliver(mail(subject="newer"))
        assert [each["Subject"] for each in house.received()] == ["older"]
        assert len(list(house.folder.iterdir())) == 1


@pytest.fixture
def serve(tmp_path):
    """Starts mail servers."""
    started = []

    def start(**wanted):
        started.append(SmtpHouse(tmp_path, **wanted))
        return started[-1]

    yield start
    for each in started:
        each.go_away()


class TestSmtp(MailerContract, RefusalContract):
    @pytest.fixture
    def house(self, serve):
        return serve()

    def test_a_mail_that_is_not_wanted_is_hopeless(self, house):
        with pytest.raises(HopelessError, match="554 We do not want this"):
            house.mailer.deliver(mail(to="spam@example.com"))

    @pytest.mark.parametrize("who", ["later", "full"])
    def test_a_refusal_for_now_is_tried_again(self, house, who):
        with pytest.raises(UnavailableError, match="45"):
            house.mailer.deliver(mail(to=f"{who}@example.com"))
        assert not house.received()

    def test_an_answer_that_is_lost_sends_it_twice_at_most_never_not_at_all(
        self, house
    ):
        with pytest.raises(UnavailableError):
            house.mailer.deliver(mail(to="lost@example.com"))
        house.mailer.deliver(mail())
        assert [each["Message-ID"] for each in house.received()] == [
            "<order.2@shop.test>"
        ] * 2

    def test_mails_go_over_one_connection_while_there_are_some(self, house):
        for key in ("order.2", "order.3"):
            house.mailer.deliver(mail(key=key))
        assert house.connections() == 1

    def test_a_connection_sends_no_more_than_servers_take(self, house, monkeypatch):
        monkeypatch.setattr(smtp, "MAILS", 2)
        for key in ("order.2", "order.3", "order.4"):
            house.mailer.deliver(mail(key=key))
        assert house.connections() == 2

    def test_a_connection_that_was_kept_too_long_is_not_used(self, house, monkeypatch):
        monkeypatch.setattr(smtp, "KEEP", 0)
        for key in ("order.2", "order.3"):
            house.mailer.deliver(mail(key=key))
        assert house.connections() == 2

    def test_a_server_that_has_restarted_gets_the_next_mail_at_once(self, house):
        house.mailer.deliver(mail())
        house.go_away()
        house.come_back()
        house.mailer.deliver(mail(key="order.3"))
        assert house.received()[-1]["Message-ID"] == "<order.3@shop.test>"

    def test_few_connections_are_kept(self, house):
        pool = eventlet.GreenPool()
        for number in range(smtp.KEPT + 2):
            pool.spawn(house.mailer.deliver, mail(key=f"order.{number}"))
        pool.waitall()
        assert house.connections() == smtp.KEPT + 2
        assert len(house.mailer._lines) == smtp.KEPT

    def test_after_a_mail_that_failed_there_is_a_new_connection(self, house):
        house.mailer.deliver(mail())
        with pytest.raises(UnavailableError):
            house.mailer.deliver(mail(to="full@example.com"))
        house.mailer.deliver(mail(key="order.3"))
        assert house.connections() == 2

    def test_a_server_that_takes_too_long_is_left(self, house):
        hasty = house.mailer_of("smtp://", patience=0.2)
        with eventlet.Timeout(10), pytest.raises(UnavailableError, match="too long"):
            hasty.deliver(mail(to="slow@example.com"))

    def test_a_server_that_says_nothing_is_left(self):
        with closing(socket.create_server(("127.0.0.1", 0))) as silent:
            url = f"smtp://127.0.0.1:{silent.getsockname()[1]}"
            mailer = SmtpMailer(SmtpServer.parse(url), "shop.test", patience=0.2)
            with eventlet.Timeout(10), pytest.raises(UnavailableError):
                mailer.deliver(mail())

    def test_a_user_with_the_right_password_is_let_in(self, serve):
        house = serve(password="p:w/")
        house.mailer_of("smtp://shop:p%3Aw%2F@").deliver(mail())
        assert len(house.received()) == 1

    def test_a_wrong_password_is_tried_again_and_not_told(self, serve):
        """Nothing is lost until somebody has put the right one into the settings."""
        house = serve(password="right")
        with pytest.raises(UnavailableError) as told:
            house.mailer_of("smtp://shop:secret@").deliver(mail())
        assert "secret" not in str(told.value)
        assert not house.received()

    def test_a_server_that_wants_a_user_and_gets_none_is_tried_again(self, serve):
        house = serve(password="right")
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
    def house(self, serve, certificate, request):
        return serve(security=request.param, certificate=certificate)

    def test_a_mail_arrives_over_an_encrypted_connection(self, house, trusted):
        house.mailer.deliver(mail())
        assert len(house.received()) == 1

    def test_a_server_that_anybody_could_be_gets_no_mail(self, house):
        with pytest.raises(UnavailableError, match="certificate verify failed"):
            house.mailer.deliver(mail())
        assert not house.received()

    def test_a_server_that_does_not_encrypt_gets_no_mail(self, serve):
        plain = serve()
        for scheme in ("smtp+starttls", "smtps"):
            with pytest.raises(UnavailableError):
                plain.mailer_of(f"{scheme}://").deliver(mail())
        assert not plain.received()
