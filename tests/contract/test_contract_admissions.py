"""Admissions: the first scan of a pass wins, later ones are kept once each.

Kept by MongoDB's unique ids and guarded updates, and by the double.
"""

from datetime import UTC, datetime, timedelta

import pytest
from contract_tools import Tiny
from eventlet.greenpool import GreenPool

from orders.passes.admissions import MAX_CONFLICTS, AdmissionDatabase
from orders.passes.codes import new_pass_id
from orders.passes.fakes import MemoryAdmissions
from orders.passes.models import Admission, Scan
from ticketing.ids import new_id

TICKET = new_id()
NOW = datetime(2026, 1, 31, 19, 30, 0, 123000, tzinfo=UTC)
PASS = new_pass_id()


def scan(name="s1", door="North", minutes=0):
    return Scan(name, door, NOW - timedelta(minutes=minutes))


def admission(shown=None, pass_id=PASS, ticket=TICKET):
    return Admission(pass_id, ticket, "A-1", shown or scan(), NOW)


class AdmissionsContract:
    def test_an_admission_survives_being_kept(self, admissions):
        first = admission(scan("s1", minutes=5))
        assert admissions.record(first) == first
        late = admissions.record(admission(scan("s2", "South")))
        assert late.conflicts == (scan("s2", "South"),)
        assert admissions.of_passes([PASS]) == {PASS: late}

    def test_the_first_to_arrive_wins_whenever_it_was_scanned(self, admissions):
        admissions.record(admission(scan("s1", minutes=0)))
        late = admissions.record(admission(scan("s2", minutes=60)))
        assert (late.scan, late.conflicts) == (scan("s1"), (scan("s2", minutes=60),))

    def test_a_scan_that_is_told_again_changes_nothing(self, admissions):
        first = admissions.record(admission())
        assert admissions.record(admission()) == first
        late = admissions.record(admission(scan("s2")))
        for again in ("s1", "s2", "s1", "s2"):
            assert admissions.record(admission(scan(again, "Elsewhere", 9))) == late

    def test_conflicts_are_kept_in_the_order_in_which_they_came(self, admissions):
        for name in ("s1", "s3", "s2", "s3", "s4"):
            kept = admissions.record(admission(scan(name)))
        assert [each.id for each in kept.conflicts] == ["s3", "s2", "s4"]

    def test_conflicts_are_bounded(self, admissions):
        for number in range(MAX_CONFLICTS + 3):
            kept = admissions.record(admission(scan(f"s{number}")))
        names = [each.id for each in kept.conflicts]
        assert names == [f"s{number + 1}" for number in range(MAX_CONFLICTS)]

    def test_of_many_scans_at_once_one_wins_and_the_others_are_conflicts(
        self, admissions
    ):
        def record(number):
            return admissions.record(admission(scan(f"s{number}"))).scan.id

        winners = set(GreenPool(50).imap(record, range(50)))
        (kept,) = admissions.of_passes([PASS]).values()
        assert winners == {kept.scan.id}
        told = sorted([kept.scan.id, *(each.id for each in kept.conflicts)])
        assert told == sorted(f"s{number}" for number in range(50))

    def test_a_conflict_told_many_times_at_once_is_kept_once(self, admissions):
        admissions.record(admission())
        again = [admission(scan(f"c{number % 3}")) for number in range(48)]
        list(GreenPool(48).imap(admissions.record, again))
        (kept,) = admissions.of_passes([PASS]).values()
        assert sorted(each.id for each in kept.conflicts) == ["c0", "c1", "c2"]

    def test_passes_are_admitted_each_on_its_own(self, admissions):
        ids = sorted(new_pass_id() for _ in range(3))
        for pass_id in ids[:2]:
            admissions.record(admission(pass_id=pass_id))
        found = admissions.of_passes(each for each in ids)
        assert sorted(found) == ids[:2]
        assert all(each.conflicts == () for each in found.values())
        assert admissions.of_passes([]) == {}

    def test_a_listing_has_all_its_admissions_and_no_others(self, admissions):
        mine = {new_pass_id() for _ in range(5)}
        for pass_id in mine:
            admissions.record(admission(pass_id=pass_id))
        admissions.record(admission(ticket=new_id()))
        found = admissions.of_ticket(TICKET)
        assert {pass_id: each.pass_id for pass_id, each in found.items()} == {
            pass_id: pass_id for pass_id in mine
        }
        assert admissions.of_ticket(new_id()) == {}


class TestMemoryAdmissions(AdmissionsContract):
    @pytest.fixture
    def admissions(self):
        return MemoryAdmissions()


class TestMongoAdmissions(AdmissionsContract):
    @pytest.fixture
    def tiny(self, config):
        tiny = Tiny(AdmissionDatabase(), config, "orders")
        tiny.provider.declare_indexes()
        return tiny

    @pytest.fixture
    def admissions(self, tiny):
        return tiny.provider.get_dependency(None)

    def test_a_listings_admissions_are_found_by_an_index(self, tiny):
        keys = [each["key"] for each in tiny.provider.collection.list_indexes()]
        assert {"ticketId": 1} in [dict(key) for key in keys]

    def test_the_health_of_the_database_is_told_by_the_orders(self, tiny):
        """Theirs waits for the indexes that guard the sale, which must be seen."""
        assert tiny.provider.pings() == {}
