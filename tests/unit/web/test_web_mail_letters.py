"""Letters to buyers: when one is written, to whom, and what it says."""

import eventlet
import icalendar
import pytest
from nameko.exceptions import RemoteError
from web_mail_house import LINK, House
from web_pass_house import (
    EVENT,
    ORDER,
    Printed,
    passes_json,
    read_codes,
    ticket_json,
)

from ticketing.errors import HopelessError, NotFoundError, UnavailableError
from web import letters
from web.documents.booking import PART


def text_of(mail):
    return mail.get_body(("plain",)).get_content().replace("\r\n", "\n")


def html_of(mail):
    return mail.get_body(("html",)).get_content()


def files_of(mail):
    return {part.get_filename(): part for part in mail.iter_attachments()}


def printed(mail):
    return Printed(files_of(mail)["passes.pdf"].get_payload(decode=True))


@pytest.fixture
def house(monkeypatch):
    monkeypatch.setattr(letters, "GATHERING", 0)
    return House()


def test_whoever_has_paid_gets_the_passes(house):
    house.complete()
    (mail,) = house.mails
    assert mail["To"] == "ann@example.com"
    assert mail["Subject"] == "Your passes for Opera in the park"
    for told in (text_of(mail), html_of(mail)):
        for fact in ("$99.00", "A-1", "A-2", "K7QM-4T9X-0001", f"{LINK}/passes"):
            assert fact in told
        assert "Tuesday, 30 June 2026, 19:30 Berlin time" in told
        assert "Waldbühne, Berlin" in told


def test_letters_are_in_the_language_of_the_order(house):
    """Their subject, their words, their sums, the passes with them."""
    house.order["language"] = "de-AT"
    house.complete()
    house.refund("A-1", reason="the seller refunded it")
    house.reduce(["A-2"])
    house.cancel("listing cancelled", version=4)
    bought, back, off = house.mails
    assert [mail["Content-Language"] for mail in house.mails] == ["de"] * 3
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


def plain(text):
    return " ".join(text.split())


def test_who_has_chosen_another_language_is_written_to_in_english(house):
    house.order["language"] = "fr"
    house.complete()
    (mail,) = house.mails
    assert mail["Subject"] == "Your passes for Opera in the park"


def test_letters_name_sums_in_the_currency_of_the_order(house):
    house.order |= {"currency": "jpy", "total": 2400}
    house.complete()
    house.refund("A-1", amount=1200)
    house.reduce(["A-2"])
    bought, back = house.mails
    assert "You have paid ¥2,400" in text_of(bought)
    assert back["Subject"] == "¥1,200 refunded for Opera in the park"
    assert "¥1,200 (Seat A-1)" in text_of(back)


def test_the_passes_are_attached_with_the_event_for_the_calendar(house):
    house.complete()
    (mail,) = house.mails
    made = printed(mail)
    codes = [read_codes(made.picture(page)) for page in range(len(made))]
    assert codes == [[each["code"]] for each in house.passes]
    raw = files_of(mail)["event.ics"].get_payload(decode=True)
    (entry,) = icalendar.Calendar.from_ical(raw).events
    assert entry["URL"] == f"{LINK}/passes"


def test_without_an_event_there_is_no_calendar_file(house):
    house.ticket = ticket_json(event=None)
    house.complete()
    assert list(files_of(house.mails[0])) == ["passes.pdf"]


def test_an_event_that_comes_again_is_the_same_mail_again(house):
    house.complete()
    house.complete()
    assert [mail["Message-ID"] for mail in house.mails] == [f"<{ORDER}.2@shop.test>"]


def test_what_was_refunded_before_its_letter_is_not_sent(house):
    house.refund("A-1", "A-2")
    house.complete()
    assert not house.mails
    house.passes = passes_json(refunded=["A-2"])
    house.complete()
    assert len(printed(house.mails[0])) == 1
    assert "A-2" not in text_of(house.mails[0])


def test_a_large_order_has_its_first_passes_attached_and_says_so(house):
    house.passes = passes_json([f"A-{number}" for number in range(PART + 1)])
    house.complete()
    (mail,) = house.mails
    assert len(printed(mail)) == PART
    assert f"first {PART}" in text_of(mail)
    assert f"your {PART + 1} passes" in text_of(mail)
    assert f"A-{PART}:" not in text_of(mail)


def test_a_refund_of_all_says_how_much_goes_back_and_why(house):
    house.refund("A-1", "A-2", reason="It rains <all> day")
    house.cancel("refunded")
    (mail,) = house.mails
    assert mail["Subject"] == "$99.00 refunded for Opera in the park"
    assert "(Seats A-1, A-2)" in text_of(mail)
    assert "It rains <all> day" in text_of(mail)
    assert "It rains &lt;all&gt; day" in html_of(mail)
    assert f"{LINK}\n" in text_of(mail)
    assert not files_of(mail)


def test_a_refund_of_a_part_says_what_is_still_good(house):
    house.refund("A-1")
    house.reduce(["A-2"])
    (mail,) = house.mails
    assert mail["Subject"] == "$49.50 refunded for Opera in the park"
    assert "(Seat A-1)" in text_of(mail)
    assert "Seat A-2: pass" in text_of(mail)
    assert "Seat A-1: pass" not in text_of(mail)
    assert len(printed(mail)) == 1


def test_each_of_several_refunds_is_told_as_it_was(house):
    """Though the letter about the first is written after the second was made."""
    house.passes = passes_json(["A-1", "A-2", "A-3"])
    house.refund("A-1", reason="first")
    house.refund("A-3", reason="second")
    house.reduce(["A-2", "A-3"], version=3)
    house.reduce(["A-2"], version=4)
    house.refund("A-2", reason="third")
    house.cancel("refunded", version=5)
    reasons = ("first", "second", "third")
    told = [[word in text_of(mail) for word in reasons] for mail in house.mails]
    assert told == [[True, False, False], [False, True, False], [False, False, True]]


def test_tickets_without_seats_are_counted_in_a_refund(house):
    house.ticket = ticket_json(seated=False)
    house.refund("A-1")
    house.reduce(["A-2"])
    assert "(1 ticket)" in text_of(house.mails[0])


def test_a_refund_whose_units_nobody_knows_is_told_without_them(house):
    house.refund(amount=9900)
    house.cancel("refunded")
    assert "$99.00 went back" in text_of(house.mails[0])


def test_a_refund_that_is_not_known_is_no_letter(house):
    with pytest.raises(NotFoundError):
        house.cancel("refunded")
    assert not house.mails


def test_whoever_had_reserved_hears_that_the_seller_cancelled(house):
    house.passes = []
    house.cancel("listing cancelled")
    (mail,) = house.mails
    assert mail["Subject"] == "Opera in the park is cancelled"
    assert "You have paid nothing" in text_of(mail)
    assert not files_of(mail)


@pytest.mark.parametrize(
    "reason", ["expired", "payment failed", "cancelled by the buyer"]
)
def test_other_ends_of_an_order_are_not_written_about(house, reason):
    house.cancel(reason)
    assert not house.mails


def test_a_mail_server_that_is_away_leaves_the_event_to_be_tried_again(house):
    house.mailer.away = True
    with pytest.raises(UnavailableError):
        house.complete()
    house.mailer.away = False
    house.complete()
    assert len(house.mails) == 1


def test_letters_that_come_together_are_asked_for_together(house):
    ids = [f"{number:024x}" for number in range(5)]
    house.known = set(ids)
    pool = eventlet.GreenPool()
    for order_id in ids:
        pool.spawn(house.complete, order_id=order_id)
    pool.waitall()
    assert house.asked == [ids[:1], ids[1:]]
    assert sorted(mail["Message-ID"] for mail in house.mails) == [
        f"<{order_id}.2@shop.test>" for order_id in ids
    ]


def test_an_order_that_nobody_knows_keeps_no_other_letter_back(house):
    pool = eventlet.GreenPool()
    pool.spawn(house.complete)
    lost = pool.spawn(house.complete, order_id="0" * 24)
    again = pool.spawn(house.complete, version=3)
    with pytest.raises(NotFoundError):
        lost.wait()
    again.wait()
    assert len(house.mails) == 2


def test_an_order_that_cannot_be_told_of_keeps_no_other_letter_back(house):
    house.broken = "0" * 24
    pool = eventlet.GreenPool()
    pool.spawn(house.complete)
    broken = pool.spawn(house.complete, order_id=house.broken)
    again = pool.spawn(house.complete, version=3)
    with pytest.raises(RemoteError):
        broken.wait()
    again.wait()
    assert len(house.mails) == 2


@pytest.mark.parametrize("unknown", ["ticket", "user"])
def test_a_letter_about_nothing_or_to_nobody_is_not_written(house, unknown):
    setattr(house, unknown, getattr(house, unknown) | {"id": "0" * 24})
    with pytest.raises(NotFoundError):
        house.complete()


def test_an_address_that_is_refused_is_hopeless(house):
    house.mailer.refused.add("ann@example.com")
    with pytest.raises(HopelessError):
        house.complete()


def test_a_letter_that_takes_too_long_is_given_up_before_the_event_comes_again(
    house, monkeypatch
):
    monkeypatch.setattr(letters, "PATIENCE", 0.02)
    monkeypatch.setattr(house.mailer, "deliver", lambda _mail: eventlet.sleep(30))
    with eventlet.Timeout(10), pytest.raises(UnavailableError, match="too long"):
        house.complete()


def test_what_sellers_type_is_no_markup_in_a_letter(house):
    event = EVENT | {"name": "<b>A & B</b>\r\nBcc: eve@example.com", "venue": "<i>"}
    house.ticket = ticket_json(event=event)
    house.complete()
    (mail,) = house.mails
    assert "<b>" not in html_of(mail)
    assert "&lt;b&gt;A &amp; B&lt;/b&gt; Bcc: eve@example.com" in html_of(mail)
    assert "<b>A & B</b> Bcc: eve@example.com" in text_of(mail)
    assert mail["Bcc"] is None
