"""Who looks at everything, to save it or to measure it, and may change nothing."""

import subprocess
import sys

import pytest
from system_accounts import Intruder, guarded, one_process_each
from system_control import eventually

from launcher import ROOT
from launcher.services import environment
from ticketing import accounts, roles
from ticketing.roles import ROLES

NAMESPACE = "looked_at"
SUBJECTS = [s for name in ROLES for s in roles.subjects_of(name)]
STREAM = f"{NAMESPACE}_TICKETING"


@pytest.fixture(scope="module")
def instance(tmp_path_factory):
    with guarded(tmp_path_factory.mktemp, NAMESPACE) as instance:
        yield instance


@pytest.fixture(scope="module")
def system(instance, tmp_path_factory):
    with one_process_each(instance, tmp_path_factory.mktemp("services")) as system:
        yield system


@pytest.mark.parametrize("name", ROLES)
def test_a_service_measures_what_it_may_see(name, system):
    """Its own consumers and dead letters, with its own account, and nobody else's."""
    process = system.processes[name]
    wanted = {f'ticketing_dead_letters_waiting{{service="{name}"}} 0.0'}
    for subject in roles.durables_of(name).values():
        labels = f'service="{name}",subject="{subject}"'
        wanted.add(f"ticketing_consumer_pending{{{labels}}} 0.0")

    def measured():
        text = process.probe("/metrics").text
        return text if wanted <= {*text.splitlines()} else None

    text = eventually(measured)
    for other in ROLES.keys() - {name}:
        assert f'ticketing_consumer_pending{{service="{other}"' not in text
    assert "iolation" not in process.log()


def of_nats(instance, account):
    """The settings of everything, with another account on NATS."""
    settings = instance.environment(roles.ALL.name)
    password = instance.secrets()[f"nats:{account}"]
    url = f"nats://{account}:{password}@127.0.0.1:{instance.ports.nats}"
    return {**environment(instance), **settings, "NATS_URL": url}


def test_who_makes_backups_takes_snapshots(instance, system, tmp_path):
    """By an account that is there for nothing else."""
    saved = subprocess.run(
        [sys.executable, "-m", "recovery", "backup", tmp_path],
        env=of_nats(instance, accounts.BACKUP),
        cwd=ROOT,
        capture_output=True,
        check=False,
        text=True,
        timeout=60,
    )
    assert saved.returncode == 0, saved.stderr
    (snapshot,) = tmp_path.glob("*/TICKETING.snapshot")
    assert snapshot.stat().st_size > 0


def test_who_makes_backups_changes_nothing(instance, system):
    """Neither the streams nor what is in them, and reads no message by itself."""
    clerk = Intruder(instance, "orders")
    clerk.account = accounts.BACKUP
    clerk.settings = of_nats(instance, accounts.BACKUP)
    verbs = ("UPDATE", "DELETE", "PURGE", "MSG.DELETE", "MSG.GET", "RESTORE")
    asked = [f"$JS.API.STREAM.{verb}.{STREAM}" for verb in verbs]
    asked += [
        f"$JS.API.CONSUMER.CREATE.{STREAM}.x",
        *(f"{NAMESPACE}.{s}" for s in SUBJECTS),
    ]
    assert clerk.may_publish(*asked) == set()
    assert clerk.may_listen(">", "_INBOX_orders.>") == set()
    info = f"$JS.API.STREAM.INFO.{STREAM}"
    assert clerk.may_publish(info) == {info}
