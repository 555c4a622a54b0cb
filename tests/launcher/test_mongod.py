"""With `mongod` installed it is used, as a replica set that sets itself up."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest
from launched_processes import processes_of

from launcher.testing import Launched

OTHERS = {
    "AMQP_URI": "pyamqp://x:1",
    "NATS_URL": "nats://x:1",
    "REDIS_URL": "redis://x:1",
}


@pytest.fixture
def environment(tmp_path):
    """One that finds a program that behaves like `mongod`."""
    program = tmp_path / "bin" / "mongod"
    program.parent.mkdir()
    fake = Path(__file__).with_name("fake_mongod.py")
    program.write_text(f'#!/bin/sh\nexec {sys.executable} {fake} "$@"\n')
    program.chmod(0o755)
    return {**OTHERS, "PATH": f"{program.parent}:{os.environ['PATH']}"}


def test_it_is_given_its_accounts_before_it_asks_for_them(tmp_path, environment):
    """Once for a port: a second start there finds them made."""
    data = tmp_path / "data"
    port = None
    for made in (6, 6):
        with Launched(
            data, "--servers-only", port=port, accounts=True, environment=environment
        ) as launched:
            port = launched.instance.port
            [command] = [c for c in processes_of(data).values() if "--replSet" in c]
            assert f"--keyFile {data}/mongodb/key" in command
            users = (data / "mongodb/mongod/users").read_text().splitlines()
            assert len(users) == made == len(set(users))
            assert {"admin", "services", "orders"} < set(users)


def test_it_becomes_the_one_member_of_its_set_and_moves_with_its_port(
    tmp_path, environment
):
    """The second start, on another port, finds the set of the first."""
    data = tmp_path / "data"
    for version in (1, 2):
        with Launched(data, "--servers-only", environment=environment) as launched:
            port = launched.instance.ports.mongodb
            commands = processes_of(data).values()
            assert any("--replSet rs0" in each for each in commands)
            config = json.loads((data / "mongodb/mongod/config.json").read_text())
            assert config["_id"] == "rs0"
            assert config["members"] == [{"_id": 0, "host": f"127.0.0.1:{port}"}]
            assert config["version"] == version
