"""Letters to buyers: when one is written, to whom, and what it says."""

import icalendar
import pytest
from web_mail_house import LINK
from web_mail_read import files_of, html_of, plain, printed, text_of
from web_pass_house import EVENT, passes_json, read_codes, ticket_json

from web.documents.booking import PART


def test_whoever_has_paid_gets_the_passes(mailing):
    mailing.complete()
    (mail,) = mailing.mails
    assert mail["To"] == "ann@example.com"
    assert mail["Subject"] == "Your passes for Opera in the park"
    for told in (text_of(mail), html_of(mail)):
        for fact in ("$99.00", "A-1", "A-2", "K7QM-4T9X-0001", f"{LINK}/passes"):
            assert fact in told
        assert "Tuesday, 30 June 2026, 19:30 Berlin time" in told
        assert "Waldbühne, Berlin" in told


def test_letters_are_in_the_language_of_the_order(mailing):
    """Their subject, their words, their sums, the passes with them."""
    mailing.order["language"] = "de-AT"
    mailing.complete()
    mailing.refund("A-1", reason="the seller refunded it")
    mailing.reduce(["A-2"])
    mailing.cancel("listing cancelled", version=4)
    bought, back, off = mailing.mails
    assert [mail["Content-Language"] for mail in mailing.mails] == ["de"] * 3
    assert bought["Subject"] == "Ihre Eintrittskarten für Opera in the park"
    for told in (text_of(bought), html_of(bought)):
        assert "Dienstag, 30. Juni 2026, 19:30 Uhr (Ortszeit Berlin)" in told
    assert "Platz A-1: Eintrittskarte K7QM-4T9X-0000" in text_of(bought)
    assert '<html lang="de">' in html_of(bought)
    assert plain(text_of(bought)).startswith(
        "Sie haben $ 99,00 bezahlt. Hier sind Ihre"
    )
    assert "am Einlass" in printed(bought).text()
    told = plain(text_of(back))
    assert "$ 49,50 (Platz A-1) sind auf die Karte zurückgegangen" in told
    assert "Grund: vom Verkäufer erstattet" in told
    assert off["Subject"] == "Opera in the park ist abgesagt"


def test_who_has_chosen_another_language_is_written_to_in_english(mailing):
    mailing.order["language"] = "fr"
    mailing.complete()
    (mail,) = mailing.mails
    assert mail["Subject"] == "Your passes for Opera in the park"


def test_letters_name_sums_in_the_currency_of_the_order(mailing):
    mailing.order |= {"currency": "jpy", "total": 2400}
    mailing.complete()
    mailing.refund("A-1", amount=1200)
    mailing.reduce(["A-2"])
    bought, back = mailing.mails
    assert "You have paid ¥2,400" in text_of(bought)
    assert back["Subject"] == "¥1,200 refunded for Opera in the park"
    assert "¥1,200 (Seat A-1)" in text_of(back)


def test_the_passes_are_attached_with_the_event_for_the_calendar(mailing):
    mailing.complete()
    (mail,) = mailing.mails
    made = printed(mail)
    codes = [read_codes(made.picture(page)) for page in range(len(made))]
    assert codes == [[each["code"]] for each in mailing.passes]
    raw = files_of(mail)["event.ics"].get_payload(decode=True)
    (entry,) = icalendar.Calendar.from_ical(raw).events
    assert entry["URL"] == f"{LINK}/passes"


def test_without_an_event_there_is_no_calendar_file(mailing):
    mailing.ticket = ticket_json(event=None)
    mailing.complete()
    assert list(files_of(mailing.mails[0])) == ["passes.pdf"]


def test_what_was_refunded_before_its_letter_is_not_sent(mailing):
    mailing.refund("A-1", "A-2")
    mailing.complete()
    assert not mailing.mails
    mailing.passes = passes_json(refunded=["A-2"])
    mailing.complete()
    assert len(printed(mailing.mails[0])) == 1
    assert "A-2" not in text_of(mailing.mails[0])


def test_a_large_order_has_its_first_passes_attached_and_says_so(mailing):
    mailing.passes = passes_json([f"A-{number}" for number in range(PART + 1)])
    mailing.complete()
    (mail,) = mailing.mails
    assert len(printed(mail)) == PART
    assert f"first {PART}" in text_of(mail)
    assert f"your {PART + 1} passes" in text_of(mail)
    assert f"A-{PART}:" not in text_of(mail)


def test_whoever_had_reserved_hears_that_the_seller_cancelled(mailing):
    mailing.passes = []
    mailing.cancel("listing cancelled")
    (mail,) = mailing.mails
    assert mail["Subject"] == "Opera in the park is cancelled"
    assert "You have paid nothing" in text_of(mail)
    assert not files_of(mail)


@pytest.mark.parametrize(
    "reason", ["expired", "payment failed", "cancelled by the buyer"]
)
def test_other_ends_of_an_order_are_not_written_about(mailing, reason):
    mailing.cancel(reason)
    assert not mailing.mails


def test_what_sellers_type_is_no_markup_in_a_letter(mailing):
    event = EVENT | {"name": "<b>A & B</b>\r\nBcc: eve@example.com", "venue": "<i>"}
    mailing.ticket = ticket_json(event=event)
    mailing.complete()
    (mail,) = mailing.mails
    assert "<b>" not in html_of(mail)
    assert "&lt;b&gt;A &amp; B&lt;/b&gt; Bcc: eve@example.com" in html_of(mail)
    assert "<b>A & B</b> Bcc: eve@example.com" in text_of(mail)
    assert mail["Bcc"] is None
