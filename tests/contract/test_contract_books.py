"""What is kept for comparing money: sums, webhooks, findings and turns.

Kept by MongoDB and by the doubles.
"""

from datetime import timedelta

import pytest
from contract_payments import (
    BOB,
    DECLINED,
    FIRST,
    LAST,
    NOW,
    PAID,
    begin,
    finish,
    payment,
)
from contract_tools import store_of
from eventlet.greenpool import GreenPool

from payments.books.findings import Finding, Kind
from payments.fakes import MemoryPayments
from payments.inbox import Outcome
from payments.intents import Notice
from payments.repository import PaymentDatabase
from ticketing import mongo
from ticketing.errors import UnavailableError
from ticketing.ids import new_id
from ticketing.paging import Page

LEASE = timedelta(minutes=5)
MOMENT = timedelta(milliseconds=1)
NOTICES = [
    Notice("evt_1", "payment_intent.succeeded", "pi_1", new_id()),
    Notice("evt_2", "balance.available"),
    Notice("evt_3", "charge.refunded", "pi_1", new_id()),
]


class BooksContract:
    @pytest.fixture
    def book(self, payments):
        """Payments of five orders: paid, declined, refunded in part, whole, and eur."""
        made = [payments.add(payment()) for _ in range(4)]
        made.append(payments.add(payment(currency="eur")))
        for number, each in enumerate(made):
            payments.change(each.id, DECLINED if number == 1 else PAID)
        for number, units in ((2, ["Box"]), (3, [])):
            payments.change(made[number].id, begin(*units))
            payments.change(made[number].id, finish(1))
        return [each.order_id for each in made]

    def test_payments_are_found_by_their_orders(self, payments, book):
        found = payments.of_orders([book[1], new_id(), book[3]])
        assert found.keys() == {book[1], book[3]}
        assert found[book[1]] == payments.find_by_order(book[1])
        assert payments.of_orders([]) == {}

    def test_payments_are_listed_by_the_page_newest_first(self, payments, book):
        def listed(page, after=FIRST, before=LAST):
            found = payments.for_orders(after, before, page)
            return [book.index(each.order_id) for each in found]

        assert listed(Page()) == [4, 3, 2, 1, 0]
        assert listed(Page(2)) == [4, 3]
        assert listed(Page(2, book[3])) == [2, 1]
        assert listed(Page(), book[1], book[4]) == [3, 2, 1]
        assert listed(Page(5, book[2]), book[1], book[4]) == [1]

    def test_those_of_long_ago_are_listed_after_those_of_now(self, payments, book):
        """However long the pause between them."""
        old = f"{0x5F000000:08x}".ljust(24, "0")
        payments.add(payment(order=old))
        found = payments.for_orders(FIRST, LAST, Page())
        assert [each.order_id for each in found] == [*reversed(book), old]
        since = payments.for_orders(old, LAST, Page())
        assert len(since) == 6
        assert len(payments.for_orders(book[0], LAST, Page())) == 5

    def test_payments_with_money_are_gone_through(self, payments, book):
        def taken(after=FIRST, before=LAST):
            found = payments.taken_for_orders(after, before)
            return sorted(book.index(each.order_id) for each in found)

        assert taken() == [0, 2, 3, 4]
        assert taken(book[2], book[4]) == [2, 3]

    def test_sums_are_by_currency_and_to_the_cent(self, payments, book):
        assert payments.sums(FIRST, LAST) == {
            "usd": (3 * 5997, 1999 + 5997),
            "eur": (5997, 0),
        }
        assert payments.sums(book[2], book[3]) == {"usd": (5997, 1999)}
        assert payments.sums(LAST, LAST) == {}

    def test_a_webhook_is_kept_once(self, payments):
        inbox = payments.inbox
        assert [inbox.keep(each, NOW) for each in NOTICES] == [True] * 3
        assert not inbox.keep(NOTICES[0], NOW + MOMENT)
        assert sorted(inbox.waiting(10), key=lambda n: n.id) == NOTICES
        assert len(inbox.waiting(2)) == 2

    def test_a_webhook_that_comes_often_at_once_is_kept_once(self, payments):
        calls = GreenPool(8).imap(
            lambda _: payments.inbox.keep(NOTICES[0], NOW), range(8)
        )
        assert sorted(calls) == [False] * 7 + [True]

    def test_a_webhook_that_was_settled_waits_no_more_and_is_not_new(self, payments):
        inbox = payments.inbox
        for each in NOTICES:
            inbox.keep(each, NOW)
        inbox.settle({"evt_1": Outcome.HEEDED, "evt_2": Outcome.IGNORED})
        assert inbox.waiting(10) == [NOTICES[2]]
        assert not inbox.keep(NOTICES[0], NOW)
        inbox.settle({})
        inbox.settle({"evt_3": Outcome.ASIDE})
        assert inbox.waiting(10) == []

    def test_a_webhook_that_is_known_never_waits(self, payments):
        inbox = payments.inbox
        assert inbox.keep(NOTICES[0], NOW, Outcome.HEEDED)
        assert inbox.waiting(10) == []
        assert not inbox.keep(NOTICES[0], NOW)
        assert inbox.waiting(10) == []
        (kept,) = inbox.about(NOTICES[0].intent_id)
        assert kept["outcome"] == "heeded"

    def test_a_finding_is_new_once_and_renewed(self, payments):
        findings = payments.findings
        first = Finding(Kind.DISPUTED, "pi_1", "once", new_id())
        again = Finding(Kind.DISPUTED, "pi_1", "twice", first.order_id)
        other = Finding(Kind.PAID_TWICE, "pi_1", "of another kind")
        assert findings.keep(first, NOW)
        assert not findings.keep(again, NOW + LEASE)
        assert findings.keep(other, NOW)
        kept = {each.id: each for each in findings.all()}
        assert kept == {again.id: again, other.id: other}
        assert kept[again.id].since == NOW

    def test_a_finding_is_dropped_once(self, payments):
        finding = Finding(Kind.DISPUTED, "pi_1", "once")
        payments.findings.keep(finding, NOW)
        assert payments.findings.drop(finding.id)
        assert not payments.findings.drop(finding.id)
        assert payments.findings.all() == []

    def test_a_turn_is_taken_by_one(self, payments):
        assert payments.claim_round(NOW, LEASE)
        assert not payments.claim_round(NOW, LEASE)
        assert not payments.claim_round(NOW + LEASE, LEASE)
        assert payments.claim_round(NOW + LEASE + MOMENT, LEASE)
        assert not payments.claim_round(NOW + LEASE + 2 * MOMENT, LEASE)

    def test_of_many_who_want_the_turn_at_once_one_gets_it(self, payments):
        for now in (NOW, NOW + LEASE + MOMENT):
            claims = GreenPool(8).imap(
                lambda _, at=now: payments.claim_round(at, LEASE), range(8)
            )
            assert sum(claims) == 1

    def test_a_turn_that_has_ended_says_how_far_it_came(self, payments):
        assert payments.last_round() is None
        payments.claim_round(NOW, LEASE)
        assert payments.last_round() is None
        payments.end_round(NOW - LEASE, NOW + MOMENT)
        assert payments.last_round() == NOW - LEASE
        assert not payments.claim_round(NOW + MOMENT, LEASE)
        assert payments.claim_round(NOW + 2 * MOMENT, LEASE)
        assert payments.last_round() == NOW - LEASE


class TestMemoryBooks(BooksContract):
    @pytest.fixture
    def payments(self):
        return MemoryPayments()


class TestMongoBooks(BooksContract):
    @pytest.fixture
    def payments(self, config):
        return store_of(PaymentDatabase(), config, "payments")

    def test_a_sum_over_the_shop_has_a_time_of_its_own(self, payments, monkeypatch):
        monkeypatch.setattr(mongo, "REPORT_SECONDS", 1e-6)
        with pytest.raises(UnavailableError):
            payments.sums(FIRST, LAST)
        assert payments.for_orders(FIRST, LAST, Page()) == []

    def test_what_became_of_a_webhook_stands_there(self, payments):
        payments.inbox.keep(NOTICES[0], NOW)
        payments.inbox.settle({"evt_1": Outcome.ASIDE})
        collection = payments.inbox._collection
        document = collection.find_one({"_id": "evt_1"})
        assert (document["outcome"], document["receivedAt"]) == ("aside", NOW)
        assert BOB not in document.values()
