"""Hashers: the right password and no other. Kept by argon2 and by the double."""

from functools import partial

import argon2
import eventlet
import pytest
from eventlet import patcher
from eventlet.event import Event

from auth import passwords
from auth.fakes import QuickHasher
from auth.passwords import Argon2Hasher
from ticketing.errors import UnavailableError

_threading = patcher.original("threading")

PASSWORD = "correct horse é🎟️"


class HasherContract:
    def test_a_password_matches_its_own_hash(self, hasher):
        assert hasher.matches(hasher.hash(PASSWORD), PASSWORD)

    @pytest.mark.parametrize("wrong", ["", "correct", PASSWORD + " ", PASSWORD.upper()])
    def test_another_password_does_not(self, hasher, wrong):
        assert not hasher.matches(hasher.hash(PASSWORD), wrong)

    def test_nobodys_hash_matches_nothing(self, hasher):
        assert not hasher.matches(None, PASSWORD)
        assert not hasher.matches(None, "no password has this hash")

    def test_a_hash_made_here_is_not_outdated(self, hasher):
        assert not hasher.is_outdated(hasher.hash(PASSWORD))

    def test_a_hash_made_with_less_work_is_outdated_and_still_matches(self, hasher):
        older = self.older(PASSWORD)
        assert hasher.is_outdated(older)
        assert hasher.matches(older, PASSWORD) == self.matches_older


class TestQuickHasher(HasherContract):
    matches_older = False

    @pytest.fixture
    def hasher(self):
        return QuickHasher()

    def older(self, password):
        return f"older:{password}"


class TestArgon2Hasher(HasherContract):
    matches_older = True

    @pytest.fixture
    def hasher(self):
        return Argon2Hasher()

    def older(self, password):
        return argon2.PasswordHasher(1, 8192, 1).hash(password)

    def test_the_hash_is_argon2id_with_the_recommended_work(self, hasher):
        assert hasher.hash(PASSWORD).startswith("$argon2id$v=19$m=19456,t=2,p=1$")

    def test_two_hashes_of_one_password_differ(self, hasher):
        assert hasher.hash(PASSWORD) != hasher.hash(PASSWORD)

    def test_nobodys_password_is_the_same_work_as_somebodys(self, hasher, monkeypatch):
        """One verification each, with the same parameters: they take as long."""
        known, verified = hasher.hash(PASSWORD), []

        def watched(function, password_hash, password):
            verified.append(argon2.extract_parameters(password_hash))
            return function(password_hash, password)

        monkeypatch.setattr(passwords.tpool, "execute", watched)
        assert not hasher.matches(known, "wrong")
        assert not hasher.matches(None, "wrong")
        assert verified == [argon2.extract_parameters(known)] * 2

    def test_others_are_served_while_it_works(self, hasher):
        served = []

        def serve():
            while True:
                served.append(1)
                eventlet.sleep(0.001)

        thread = eventlet.spawn(serve)
        for _ in range(3):
            hasher.hash(PASSWORD)
        thread.kill()
        assert len(served) > 10

    def test_no_more_than_two_are_hashed_at_once(self, hasher, monkeypatch):
        running, most = [], []

        def watched(function, *arguments):
            running.append(1)
            most.append(len(running))
            eventlet.sleep(0.005)
            running.pop()
            return function(*arguments)

        monkeypatch.setattr(passwords.tpool, "execute", watched)
        threads = [eventlet.spawn(hasher.hash, PASSWORD) for _ in range(5)]
        for thread in threads:
            thread.wait()
        assert max(most) == 2

    def test_no_more_threads_than_that_keep_memory(self, hasher):
        hasher.hash(PASSWORD)
        names = [thread.name for thread in _threading.enumerate()]
        assert sum(name.startswith("tpool") for name in names) == passwords.HANDS

    def test_more_than_can_wait_are_told_to_come_back(self, hasher, monkeypatch):
        """At once, and those that wait are served."""
        monkeypatch.setattr(passwords, "MAX_WAITING", 2)
        begin = Event()
        monkeypatch.setattr(passwords.tpool, "execute", lambda *_: begin.wait())
        waiting = [eventlet.spawn(hasher.hash, PASSWORD) for _ in range(4)]
        eventlet.sleep(0)
        for call in (hasher.hash, partial(hasher.matches, None)):
            with pytest.raises(UnavailableError), eventlet.Timeout(5):
                call(PASSWORD)
        begin.send("hashed")
        assert [thread.wait() for thread in waiting] == ["hashed"] * 4
        assert hasher.hash(PASSWORD) == "hashed"
