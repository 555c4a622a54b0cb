"""Row 5: no acknowledged write is lost to a power cut.

NATS, Redis and MongoDB are on a disk that forgets what was not synced. People sign up
and buy at full speed, and clerks write numbers into each server; then all of it loses
its power at once, and starts again with what the disk has kept. Stripe is elsewhere.
"""

import json
from contextlib import ExitStack, closing, contextmanager
from dataclasses import replace

import pytest
from chaos_checker import violations
from chaos_clerks import CLERKS, HASTY, Diary
from chaos_disk import NoDiskError
from chaos_machine import Machine
from chaos_trade import Trade
from system_control import eventually

FULL, SLICE = 20, 1
# So many have paid, and each clerk has written so often, since the last cut.
PAID, WRITTEN = (10, 30), 50


def syncs_now_and_then(nats):
    """As it does when it is not told otherwise."""
    path = nats.directory / "nats.json"
    config = json.loads(path.read_text(encoding="utf-8"))
    del config["jetstream"]["sync_interval"]
    path.write_text(json.dumps(config), encoding="utf-8")
    return nats


def never_syncs(redis):
    return replace(redis, command=(*redis.command, "--appendfsync", "no"))


def syncs_no_commit(mongodb):
    """As MongoDB itself; both do when a client asks them to."""
    kept = tuple(word for word in mongodb.command if word != "--sync-on-commit")
    return replace(mongodb, command=kept)


CARELESS = {
    "NATS_URL": syncs_now_and_then,
    "REDIS_URL": never_syncs,
    "MONGODB_URI": syncs_no_commit,
}


@pytest.fixture
def new_machine(tmp_path):
    """Skips where no file system can be mounted."""
    with ExitStack() as stack:

        def new(changed=None):
            machine = Machine(tmp_path, changed)
            stack.callback(machine.off)
            try:
                return machine.on()
            except NoDiskError as error:
                pytest.skip(f"no file system can be mounted here: {error}")

        yield new


def test_what_was_acknowledged_is_there_after_a_power_cut(new_machine, row):
    machine = new_machine()
    shop = open_shop(row, machine)
    with closing(Trade(shop)) as trade, diaries(machine, CLERKS) as kept:
        for _ in range(row.size):
            more = row.random.randint(*PAID)
            cut(machine, shop, trade.at_full_speed(more), written(kept))
            trade.give_up()
            shop.settle()
        row.figures |= {"power cuts": row.size, "paid": trade.paid}
        row.figures |= {"signed up": len(trade.members)}
        row.figures |= {each.name: len(each.acknowledged) for each in kept}
        lost = [violation for each in (trade, *kept) for violation in each.lost()]
    row.expect_none([*lost, *violations(shop)])


def test_control_servers_lose_what_they_do_not_sync(new_machine, row):
    """Each of them, and the shop finds events missing."""
    machine = new_machine(CARELESS)
    shop = open_shop(row, machine)
    with diaries(machine, HASTY) as kept:
        # Nobody else writes: what others have synced would be the clerks' as well.
        cut(machine, shop, written(kept))
        for each in kept:
            row.expect_some(list(each.lost()))
    with closing(Trade(shop)) as trade:
        cut(machine, shop, trade.at_full_speed(row.random.randint(*PAID)))
        trade.give_up()
    shop.seems_settled(within=3)
    row.expect_some(violations(shop))


def open_shop(row, machine):
    return row.shop(more=("auth",), own=machine.urls)


def cut(machine, shop, *busy):
    """While everybody is busy; returns when all is back."""
    with ExitStack() as stack:
        for each in busy:
            stack.enter_context(each)
        machine.off()
        for process in set(shop.processes.values()):
            process.kill()
        shop.history.add("power cut")
    machine.on()
    for process in set(shop.processes.values()):
        process.start()
    for process in set(shop.processes.values()):
        process.wait_until_ready()


@contextmanager
def diaries(machine, clerks):
    with ExitStack() as stack:
        yield [
            stack.enter_context(closing(Diary(clerks[setting](url))))
            for setting, url in machine.urls.items()
        ]


@contextmanager
def written(kept):
    """When all of them write, and have written enough; their servers die meanwhile."""
    for each in kept:
        each.begin()
    eventually(lambda: all(each.has_written(WRITTEN) for each in kept), within=120)
    yield
    for each in kept:
        each.end()
