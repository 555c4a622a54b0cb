"""Mails arrive, or it is said whether another try can help.

Kept by the folder of files, by SMTP with a real server, and by the double.
"""

import pytest
from contract_mailers import PDF, FolderHouse, MemoryHouse, mail

from ticketing.errors import HopelessError, UnavailableError
from web.mail import folder


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


class TestSmtp(MailerContract, RefusalContract):
    @pytest.fixture
    def house(self, serve_mail):
        return serve_mail()
