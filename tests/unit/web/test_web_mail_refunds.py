"""Letters about money that went back: how much, for what, and what is still good."""

import pytest
from web_mail_house import LINK
from web_mail_read import files_of, html_of, printed, text_of
from web_pass_house import passes_json, ticket_json

from ticketing.errors import NotFoundError


def test_a_refund_of_all_says_how_much_goes_back_and_why(mailing):
    mailing.refund("A-1", "A-2", reason="It rains <all> day")
    mailing.cancel("refunded")
    (mail,) = mailing.mails
    assert mail["Subject"] == "$99.00 refunded for Opera in the park"
    assert "(Seats A-1, A-2)" in text_of(mail)
    assert "It rains <all> day" in text_of(mail)
    assert "It rains &lt;all&gt; day" in html_of(mail)
    assert f"{LINK}\n" in text_of(mail)
    assert not files_of(mail)


def test_who_had_paid_is_told_that_it_is_cancelled(mailing):
    """In the words of its page, and that the money is on its way."""
    mailing.refund("A-1", "A-2", reason="the seller cancelled the event")
    mailing.cancel("refunded")
    (mail,) = mailing.mails
    assert mail["Subject"] == "Opera in the park is cancelled"
    words = " ".join(text_of(mail).split())
    assert "The seller has cancelled this. Whoever had paid gets all" in words
    assert "$99.00 (Seats A-1, A-2) went back to the card" in words
    assert "The reason" not in words
    assert "Opera in the park is cancelled" in html_of(mail)


def test_a_refund_of_a_part_says_what_is_still_good(mailing):
    mailing.refund("A-1")
    mailing.reduce(["A-2"])
    (mail,) = mailing.mails
    assert mail["Subject"] == "$49.50 refunded for Opera in the park"
    assert "(Seat A-1)" in text_of(mail)
    assert "Seat A-2: pass" in text_of(mail)
    assert "Seat A-1: pass" not in text_of(mail)
    assert len(printed(mail)) == 1


def test_each_of_several_refunds_is_told_as_it_was(mailing):
    """Though the letter about the first is written after the second was made."""
    mailing.passes = passes_json(["A-1", "A-2", "A-3"])
    mailing.refund("A-1", reason="first")
    mailing.refund("A-3", reason="second")
    mailing.reduce(["A-2", "A-3"], version=3)
    mailing.reduce(["A-2"], version=4)
    mailing.refund("A-2", reason="third")
    mailing.cancel("refunded", version=5)
    reasons = ("first", "second", "third")
    told = [[word in text_of(mail) for word in reasons] for mail in mailing.mails]
    assert told == [[True, False, False], [False, True, False], [False, False, True]]


def test_tickets_without_seats_are_counted_in_a_refund(mailing):
    mailing.ticket = ticket_json(seated=False)
    mailing.refund("A-1")
    mailing.reduce(["A-2"])
    assert "(1 ticket)" in text_of(mailing.mails[0])


def test_a_refund_whose_units_nobody_knows_is_told_without_them(mailing):
    mailing.refund(amount=9900)
    mailing.cancel("refunded")
    assert "$99.00 went back" in text_of(mailing.mails[0])


def test_a_refund_that_is_not_known_is_no_letter(mailing):
    with pytest.raises(NotFoundError):
        mailing.cancel("refunded")
    assert not mailing.mails
