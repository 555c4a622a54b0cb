"""What orders hold of a listing that remembers no more of them: the newest version.

Kept by MongoDB and by the double.
"""

import itertools

import pytest
from contract_tools import store_of
from eventlet.greenpool import GreenPool

from ticketing.errors import UnavailableError
from ticketing.ids import new_id
from ticketing.mongo import shared_client
from tickets.fakes import MemoryShares
from tickets.models import Share
from tickets.repository import TicketDatabase
from tickets.shares import MongoShares

ORDER, OTHER = new_id(), new_id()
HELD, SOLD, GONE = Share(0, 4), Share(1, 3, paid=True), Share(2, 0)


class SharesContract:
    def test_what_was_never_kept_is_not_there(self, shares):
        shares.keep({ORDER: HELD})
        assert shares.of([OTHER]) == shares.of([]) == {}

    @pytest.mark.parametrize("share", [HELD, SOLD, GONE])
    def test_a_share_survives_being_kept(self, shares, share):
        shares.keep({ORDER: share})
        assert shares.of([ORDER]) == {ORDER: share}

    @pytest.mark.parametrize("told", list(itertools.permutations([HELD, SOLD, GONE])))
    def test_the_newest_version_stays_in_whatever_order_they_come(self, shares, told):
        for share in (*told, *told):
            shares.keep({ORDER: share})
        assert shares.of([ORDER]) == {ORDER: GONE}

    def test_the_same_version_changes_nothing(self, shares):
        shares.keep({ORDER: SOLD})
        shares.keep({ORDER: Share(SOLD.version, 99)})
        assert shares.of([ORDER]) == {ORDER: SOLD}

    def test_what_is_older_does_not_keep_out_what_came_with_it(self, shares):
        """In whatever place it stands among the others."""
        shares.keep({ORDER: GONE})
        others = [new_id() for _ in range(4)]
        shares.keep({others[0]: HELD, ORDER: SOLD, others[1]: SOLD})
        shares.keep({ORDER: HELD, others[2]: HELD})
        shares.keep({others[3]: GONE, ORDER: GONE})
        assert shares.of([*others, ORDER]) == {
            others[0]: HELD,
            others[1]: SOLD,
            others[2]: HELD,
            others[3]: GONE,
            ORDER: GONE,
        }

    def test_ids_may_come_once_only(self, shares):
        """As those of a set or a generator do."""
        shares.keep({ORDER: HELD, OTHER: SOLD})
        wanted = (order_id for order_id in (ORDER, OTHER, new_id()))
        assert shares.of(wanted) == {ORDER: HELD, OTHER: SOLD}

    def test_of_many_at_once_the_newest_stays(self, shares):
        versions = [Share(n, n) for n in range(20)]
        told = [versions[n * 7 % 20] for n in range(60)]
        list(GreenPool(20).imap(lambda share: shares.keep({ORDER: share}), told))
        assert shares.of([ORDER]) == {ORDER: versions[-1]}


class TestMemoryShares(SharesContract):
    @pytest.fixture
    def shares(self):
        return MemoryShares()


class TestMongoShares(SharesContract):
    @pytest.fixture
    def shares(self, config):
        return store_of(TicketDatabase(), config, "tickets").shares

    def test_a_database_that_is_away_is_unavailable(self, impatient_mongo):
        shares = MongoShares(shared_client("mongodb://127.0.0.1:1/")["x"]["shares"])
        for call in (lambda: shares.of([ORDER]), lambda: shares.keep({ORDER: HELD})):
            with pytest.raises(UnavailableError):
                call()
