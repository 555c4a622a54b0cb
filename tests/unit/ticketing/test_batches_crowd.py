"""Calls about a few things by many who come, fail and are killed at any time."""

from collections import Counter

import eventlet
from hypothesis import given, settings
from hypothesis import strategies as st

from ticketing.batches import Batches
from ticketing.errors import NotFoundError, UnavailableError


class Crowd:
    """Many callers of a few things; looks whether two are ever served side by side."""

    def __init__(self):
        self.batches = Batches()
        self.busy, self.served = Counter(), Counter()
        self.outcomes = {}

    def handle(self, key, pauses, fails):
        def handle(items):
            self.busy[key] += 1
            assert self.busy[key] == 1, "two batches of one thing at once"
            try:
                self._pause(pauses)
                if fails:
                    raise NotFoundError
                self.served.update(items)
            finally:
                self.busy[key] -= 1

        return handle

    def call(self, item, key, pauses, fails):
        try:
            self.batches.join(key, item, self.handle(key, pauses, fails))
            self.outcomes[item] = None
        except Exception as error:  # noqa: BLE001 - it is what is looked at
            self.outcomes[item] = error

    def _pause(self, times):
        for _ in range(times):
            eventlet.sleep(0)


CALLS = st.lists(
    st.fixed_dictionaries(
        {
            "key": st.sampled_from(["a", "b"]),
            "pauses": st.integers(0, 8),
            "fails": st.booleans(),
            "before": st.integers(0, 2),
            "kill": st.none() | st.integers(0, 3),
        }
    ),
    max_size=25,
)


@settings(max_examples=200)
@given(CALLS)
def test_whoever_calls_fails_or_is_killed_when_each_call_is_made_once(calls):
    crowd, threads, killed = Crowd(), [], set()
    with eventlet.Timeout(20):
        for item, call in enumerate(calls):
            crowd._pause(call["before"])
            given_ = call["key"], call["pauses"], call["fails"]
            threads.append(eventlet.spawn(crowd.call, item, *given_))
            if call["kill"] is not None and call["kill"] < len(threads):
                victim = len(threads) - 1 - call["kill"]
                killed.add(victim)
                threads[victim].kill()
        while any(threads) or len(crowd.outcomes.keys() | killed) < len(calls):
            eventlet.sleep(0)
    for item, outcome in crowd.outcomes.items():
        assert isinstance(outcome, NotFoundError | UnavailableError | None)
        assert crowd.served[item] == 1 if outcome is None else not crowd.served[item]
    assert all(times == 1 for times in crowd.served.values())
    assert crowd.batches._forming == crowd.batches._turns == {}
