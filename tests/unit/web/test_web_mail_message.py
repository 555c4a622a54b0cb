"""A letter as a mail: what stands in its headers, and what cannot get into them."""

from email import message_from_bytes
from email.policy import default

import pytest
from web_fakes import NOW

from web.mail.message import Attachment, Letter, Sender, compose

SENDER = Sender.parse("Tickets & more <tickets@shop.test>")
STRANGE = [
    "Opera\r\nBcc: eve@example.com",
    "Opera\nBcc: eve@example.com",
    "Opera\rBcc: eve@example.com",
    "Opera\u2028Bcc: eve@example.com\x00\ud800",
    "Opera\r\n\r\n<b>hello</b>",
    "歌舞伎座 " * 40,
    "=?utf-8?q?Opera=0ABcc=3A_eve=40example.com?=",
    "=?utf-8?b?T3BlcmEKQmNjOiBldmVAZXhhbXBsZS5jb20=?=",
    "==??utf-8?q?Opera=0ABcc=3A_eve=40example.com?=",
]


def received(letter):
    """The mail as a program reads it that got its bytes."""
    raw = compose(letter, SENDER, NOW).as_bytes()
    assert raw.isascii()
    return message_from_bytes(raw, policy=default)


def letter(subject="Opera", to="ann@example.com", **more):
    return Letter("order.3", to, subject, "Hello, Änn", "<p>Hello, Änn</p>", **more)


def test_a_mail_says_who_writes_to_whom_about_what():
    mail = received(letter("Öpera"))
    assert mail["From"] == "Tickets & more <tickets@shop.test>"
    assert mail["To"] == "ann@example.com"
    assert mail["Subject"] == "Öpera"
    assert mail["Date"].datetime == NOW
    assert mail["Auto-Submitted"] == "auto-generated"


def test_the_text_stands_beside_the_html():
    mail = received(letter())
    plain = mail.get_body(("plain",)).get_content()
    assert plain.strip() == "Hello, Änn"
    assert mail.get_body(("html",)).get_content().strip() == "<p>Hello, Änn</p>"


def test_attachments_arrive_as_they_are():
    pdf = Attachment("passes.pdf", "application/pdf", b"%PDF\r\n\x00\xff")
    ics = Attachment("event.ics", "text/calendar; charset=utf-8; method=PUBLISH", b"Z")
    mail = received(letter(attachments=(pdf, ics)))
    first, second = mail.iter_attachments()
    assert (first.get_filename(), first.get_content()) == ("passes.pdf", pdf.content)
    assert first.get_content_type() == "application/pdf"
    assert second["Content-Type"].params == {"charset": "utf-8", "method": "PUBLISH"}
    assert second.get_payload(decode=True) == b"Z"


@pytest.mark.parametrize("subject", STRANGE)
def test_no_title_adds_a_header_or_begins_the_text(subject):
    mail = received(letter(subject))
    assert mail["Bcc"] is None
    assert set(mail) == set(received(letter()))
    assert mail.get_body(("plain",)).get_content().strip() == "Hello, Änn"


def test_a_letter_keeps_its_id_and_two_letters_have_two():
    ids = [received(letter(subject))["Message-ID"] for subject in ("one", "two")]
    other = compose(Letter("order.4", "a@b.de", "", "", ""), SENDER, NOW)
    assert ids == ["<order.3@shop.test>"] * 2
    assert other["Message-ID"] == "<order.4@shop.test>"


def test_a_host_name_in_other_letters_is_written_as_servers_know_it():
    """By the rules of today, by which ß is not ss."""
    assert received(letter(to="ann@straße.de"))["To"] == "ann@xn--strae-oqa.de"


def test_a_name_in_other_letters_is_kept():
    mail = compose(letter(to="änn@exämple.com"), SENDER, NOW)
    assert "To: änn@xn--exmple-cua.com\r\n".encode() in mail.as_bytes()


def test_a_sender_may_be_an_address_alone():
    assert Sender.parse("a@shop.test") == Sender("", "a@shop.test")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "a@",
        "@b.de",
        "<>",
        "a@b.de, c@d.de",
        "ä@b.de",
        "X\nBcc: a@b.de <c@d.de>",
    ],
)
def test_what_is_no_single_address_is_no_sender(text):
    with pytest.raises(ValueError, match="one address"):
        Sender.parse(text)
