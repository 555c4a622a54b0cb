"""Letters are sent, or their events come again: asked for together, ended in time."""

from types import SimpleNamespace

import eventlet
import pytest
from nameko.exceptions import RemoteError
from web_pass_house import ORDER

from ticketing.errors import HopelessError, NotFoundError, UnavailableError
from ticketing.turnstile import Turnstile
from web import letters


def test_an_event_that_comes_again_is_the_same_mail_again(mailing):
    mailing.complete()
    mailing.complete()
    assert [mail["Message-ID"] for mail in mailing.mails] == [f"<{ORDER}.2@shop.test>"]


def test_a_mail_server_that_is_away_leaves_the_event_to_be_tried_again(mailing):
    mailing.mailer.away = True
    with pytest.raises(UnavailableError):
        mailing.complete()
    mailing.mailer.away = False
    mailing.complete()
    assert len(mailing.mails) == 1


@pytest.mark.parametrize(
    ("address", "number"),
    [
        ("x@rehearsal.example.com", 0),
        ("x@example.com", 1),
        ("x@a-rehearsal.example", 1),
    ],
)
def test_buyers_of_a_rehearsal_get_no_mail(mailing, address, number):
    """Nobody is there: a server that real mail leaves by would be told so each time."""
    mailing.user["email"] = address
    mailing.complete()
    assert len(mailing.mails) == number


def test_letters_that_come_together_are_asked_for_together(mailing):
    ids = [f"{number:024x}" for number in range(5)]
    mailing.known = set(ids)
    pool = eventlet.GreenPool()
    for order_id in ids:
        pool.spawn(mailing.complete, order_id=order_id)
    pool.waitall()
    assert mailing.asked == [ids[:1], ids[1:]]
    assert sorted(mail["Message-ID"] for mail in mailing.mails) == [
        f"<{order_id}.2@shop.test>" for order_id in ids
    ]


def test_letters_let_a_crowd_that_wants_to_buy_go_first(mailing, monkeypatch):
    """They are written nevertheless, fewer of them meanwhile."""
    slept, crowd = [], iter((True, False))
    calm = SimpleNamespace(sleep=slept.append, Timeout=eventlet.Timeout)
    monkeypatch.setattr(letters, "eventlet", calm)
    monkeypatch.setattr(Turnstile, "is_crowded", lambda: next(crowd))
    mailing.complete()
    mailing.complete(version=3)
    assert slept == [letters.IN_A_CROWD, letters.GATHERING]
    assert len(mailing.mails) == 2


def test_an_order_that_nobody_knows_keeps_no_other_letter_back(mailing):
    pool = eventlet.GreenPool()
    pool.spawn(mailing.complete)
    lost = pool.spawn(mailing.complete, order_id="0" * 24)
    again = pool.spawn(mailing.complete, version=3)
    with pytest.raises(NotFoundError):
        lost.wait()
    again.wait()
    assert len(mailing.mails) == 2


def test_an_order_that_cannot_be_told_of_keeps_no_other_letter_back(mailing):
    mailing.broken = "0" * 24
    pool = eventlet.GreenPool()
    pool.spawn(mailing.complete)
    broken = pool.spawn(mailing.complete, order_id=mailing.broken)
    again = pool.spawn(mailing.complete, version=3)
    with pytest.raises(RemoteError):
        broken.wait()
    again.wait()
    assert len(mailing.mails) == 2


@pytest.mark.parametrize("unknown", ["ticket", "user"])
def test_a_letter_about_nothing_or_to_nobody_is_not_written(mailing, unknown):
    setattr(mailing, unknown, getattr(mailing, unknown) | {"id": "0" * 24})
    with pytest.raises(NotFoundError):
        mailing.complete()


def test_an_address_that_is_refused_is_hopeless(mailing):
    mailing.mailer.refused.add("ann@example.com")
    with pytest.raises(HopelessError):
        mailing.complete()


def test_a_letter_that_takes_too_long_is_given_up_before_the_event_comes_again(
    mailing, monkeypatch
):
    monkeypatch.setattr(letters, "PATIENCE", 0.02)
    monkeypatch.setattr(mailing.mailer, "deliver", lambda _mail: eventlet.sleep(30))
    with eventlet.Timeout(10), pytest.raises(UnavailableError, match="too long"):
        mailing.complete()
