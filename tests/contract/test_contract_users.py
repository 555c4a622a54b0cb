"""Users: one account an address. Kept by MongoDB and by the double."""

from datetime import UTC, datetime

import pytest
from contract_tools import store_of

from auth import models
from auth.fakes import MemoryUsers
from auth.repository import UserDatabase
from ticketing.errors import DuplicateError
from ticketing.ids import new_id

NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)


def ann(email="ann@example.com"):
    return models.sign_up(new_id(), email, "hash")


class UsersContract:
    def test_an_account_is_found_by_its_address(self, users):
        added = users.add(ann())
        users.add(ann("bob@example.com"))
        assert users.find_by_email("ann@example.com") == added == users.get(added.id)
        assert users.find_by_email("eve@example.com") is None

    def test_accounts_are_found_by_their_ids_each_once_and_in_order(self, users):
        eve, bob = users.add(ann("eve@example.com")), users.add(ann("bob@example.com"))
        users.add(ann())
        assert users.of_ids([bob.id, eve.id, new_id(), "x", bob.id]) == [eve, bob]
        assert users.of_ids([]) == []

    def test_an_address_has_one_account(self, users):
        first = users.add(ann())
        with pytest.raises(DuplicateError) as refused:
            users.add(ann())
        assert refused.value.fields == ("email",)
        assert users.find_by_email("ann@example.com") == first

    def test_a_changed_account_is_found_changed(self, users):
        added = users.add(ann())
        users.change(added.id, lambda user: models.rehash(user, "newer"))
        users.change(added.id, lambda user: models.end_all_sessions(user, NOW))
        found = users.find_by_email("ann@example.com")
        assert (found.password_hash, found.version) == ("newer", 2)

    @pytest.mark.parametrize("email", ["", "ann@example.com\0", {"$gt": ""}])
    def test_what_is_no_address_finds_nobody(self, users, email):
        users.add(ann())
        assert users.find_by_email(str(email)) is None


class TestMemoryUsers(UsersContract):
    @pytest.fixture
    def users(self):
        return MemoryUsers()


class TestMongoUsers(UsersContract):
    @pytest.fixture
    def users(self, config):
        return store_of(UserDatabase(), config, "auth")
