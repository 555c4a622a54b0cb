"""scripts/up --servers-only, on the real servers."""

from __future__ import annotations

import json
import os
import signal
import socket
import stat
import time
from pathlib import Path
from urllib.request import urlopen

import pytest
from launched_clients import leave_marks, marks, status
from launched_processes import NO_RABBITMQ, listeners, processes_of, wait_until

from launcher import folder
from launcher.instance import read_environment
from launcher.ports import Ports, free_port
from launcher.testing import Launched

EVERY_SERVER = {"nats", "mongodb", "redis", "rabbitmq"}


def test_what_was_acknowledged_is_there_after_a_kill_and_after_a_stop(tmp_path):
    """Neither a killed nor a stopped launcher leaves a process or loses anything."""
    data = tmp_path / "a folder"
    launched = Launched(data, "--servers-only")
    environment = launched.instance.environment()
    with launched:
        leave_marks(environment)
        assert len(processes_of(data)) > len(EVERY_SERVER)
        launched.kill()
        wait_until(lambda: not processes_of(data))
        launched.start()
        launched.wait_until_ready()
        assert marks(environment) == EVERY_SERVER
        began = time.monotonic()
        assert launched.stop() == 0
        assert time.monotonic() - began < 10
        wait_until(lambda: not processes_of(data))
        launched.start()
        launched.wait_until_ready()
        assert marks(environment) == EVERY_SERVER


def test_the_stand_in_of_stripe_is_up(launched):
    environment = launched.instance.environment()
    assert status(environment["STRIPE_API_BASE"] + "/livez") == 200


def test_the_environment_is_written_for_others_to_read(launched):
    """The file holds what Instance says, and only its owner can read it."""
    data = launched.instance.data
    assert read_environment(data) == launched.instance.environment()
    for name in ("environment", "secrets.json"):
        assert stat.S_IMODE((data / name).stat().st_mode) == 0o600


def test_servers_listen_on_loopback_only(launched):
    """Nothing of an instance can be reached from another machine."""
    first = launched.instance.ports.nats
    rows = [
        line.split()
        for table in ("tcp", "tcp6")
        for line in Path("/proc/net", table).read_text().splitlines()[1:]
    ]
    listening = (row[1].split(":") for row in rows if row[3] == "0A")
    ours = {(at, int(port, 16)) for at, port in listening}
    ours = {(at, port) for at, port in ours if first <= port < first + 10}
    assert len({port for _, port in ours}) == 7
    assert {at for at, _ in ours} <= {"0100007F", "00000000000000000000000001000000"}


def test_the_same_folder_cannot_be_used_twice(launched):
    """The second one says who holds it, and the first goes on."""
    second = Launched(launched.instance.data, "--servers-only")
    second.start()
    assert second.process.wait(60) == 1
    assert second.said() == (
        f"Ticketing already runs with the data folder {launched.instance.data} "
        f"(process {launched.process.pid}): stop it or choose another folder "
        "with --data.\n"
    )
    assert launched.process.poll() is None


def test_a_killed_server_is_started_again(launched):
    """A plain line says so, and the server answers again."""
    data = launched.instance.data
    [redis] = [pid for pid, command in processes_of(data).items() if "redis" in command]
    os.kill(redis, signal.SIGKILL)
    launched.wait_until_said("Redis: ready again")
    assert "Redis died (signal 9), starting again.\n" in launched.said()


def test_two_instances_run_side_by_side(launch):
    first, second = launch("one"), launch("two")
    first.wait_until_ready()
    second.wait_until_ready()
    first.stop()
    assert len(processes_of(second.instance.data)) > 1
    assert second.stop() == 0


def test_servers_named_by_the_environment_are_not_started(launch):
    """They are passed through as they are."""
    launched = launch()
    launched.wait_until_ready()
    assert "AMQP_URI is set" in launched.said()
    assert not any(
        "beam" in each for each in processes_of(launched.instance.data).values()
    )
    assert (
        read_environment(launched.instance.data)["AMQP_URI"] == NO_RABBITMQ["AMQP_URI"]
    )


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_during_the_start_stops_everything(tmp_path, number):
    data = tmp_path / "data"
    launched = Launched(data, "--servers-only")
    launched.start()
    launched.wait_until_said("NATS: ready")
    assert launched.stop(number, timeout=10) == 128 + number
    wait_until(lambda: not processes_of(data))


def test_a_taken_port_is_named_even_if_it_could_be_shared(launch):
    port = free_port()
    wanted = Ports.of(port).redis
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        listener.bind(("127.0.0.1", wanted))
        listener.listen()
        launched = launch(port=port)
        assert launched.process.wait(60) == 1
    assert launched.said() == (
        f"Port {wanted}, needed for Redis, is taken by another program: "
        "stop that one or choose another port with --port.\n"
    )


def test_a_fresh_start_forgets_everything_but_others_files(launch):
    """Secrets too: a session of the time before is worth nothing."""
    launched = launch()
    launched.wait_until_ready()
    before = json.loads((launched.instance.data / "secrets.json").read_text())
    launched.stop()
    note = launched.instance.data / "note.txt"
    note.write_text("mine")
    again = launch("data", "--fresh", port=launched.instance.port)
    again.wait_until_ready()
    assert json.loads((again.instance.data / "secrets.json").read_text()) != before
    assert note.read_text() == "mine"


def test_a_fresh_start_that_fails_forgets_nothing(launch):
    """Its port is taken, so the data of the time before stay."""
    first = launch()
    first.wait_until_ready()
    first.stop()
    secrets = (first.instance.data / "secrets.json").read_text()
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", first.instance.ports.nats))
        listener.listen()
        second = launch("data", "--fresh", port=first.instance.port)
        assert second.process.wait(60) == 1
    assert (first.instance.data / "secrets.json").read_text() == secrets


def test_a_folder_of_something_else_is_left_alone(tmp_path, launch):
    """Not even --fresh touches it."""
    (tmp_path / "data").mkdir()
    treasure = tmp_path / "data" / "redis"
    treasure.write_text("mine")
    launched = launch("data", "--fresh")
    assert launched.process.wait(60) == 1
    assert "holds other things than Ticketing's data" in launched.said()
    assert treasure.read_text() == "mine"


def test_a_bad_option_is_one_sentence_and_exit_code_2(launch):
    launched = launch("data", "--processes", "0")
    assert launched.process.wait(60) == 2
    assert launched.said() == (
        "scripts/up: argument --processes: '0' is not a whole number from 1 to 64. "
        "Try scripts/up --help.\n"
    )


def test_each_process_is_told_where_prometheus_asks_it(tmp_path):
    """One address each, in a file as Prometheus reads it; gone with the processes."""
    data = tmp_path / "data"
    with Launched(data, "--processes", "2") as launched:
        path = data / folder.TARGETS
        (group,) = json.loads(path.read_text(encoding="utf-8"))
        port = launched.instance.ports.metrics
        assert group["targets"] == [f"127.0.0.1:{port}", f"127.0.0.2:{port}"]
        for target in group["targets"]:
            with urlopen(f"http://{target}/metrics", timeout=10) as answer:
                assert b'ticketing_workers{service="orders"}' in answer.read()
        (first,), (second,) = (
            listeners(data, port)[address] for address in ("127.0.0.1", "127.0.0.2")
        )
        assert first != second
    assert not path.exists()
