"""Backups in a cluster: the program that scripts/backup and scripts/restore run."""

import pytest
from k8s_render import containers, pod

from recovery import __main__ as recovery


@pytest.fixture
def prod(clusters):
    return clusters["prod"]


def test_backups_are_made_by_the_clock_and_kept(prod):
    """As scripts/backup makes them, by who may read, onto a volume that is there."""
    job = prod.find("CronJob", "backup")
    (container,) = containers(job)
    assert container["args"] == ["backup", "/backup", "--keep=30"]
    assert not job["spec"].get("suspend")
    assert secrets_of(container) == {"backup-accounts"}
    users = {u["name"]: u for u in prod.all("MongoDBCommunity")[0]["spec"]["users"]}
    assert users["backup"]["roles"] == [{"name": "backup", "db": "admin"}]


def test_a_restore_waits_until_somebody_wants_it(prod):
    """The same volume and the same program, never by the clock and never twice."""
    job = prod.find("CronJob", "restore")
    (container,) = containers(job)
    assert container["args"] == ["restore", "/backup", "--replace"]
    assert job["spec"]["suspend"]
    assert job["spec"]["jobTemplate"]["spec"]["backoffLimit"] == 0
    assert secrets_of(container) == {"restore-accounts", "expiration-accounts"}


@pytest.mark.parametrize("name", ["backup", "restore"])
def test_recovery_is_given_what_it_reads(name, prod):
    """The program of the services' image, the settings it reads, and the volume."""
    job = prod.find("CronJob", name)
    (container,) = containers(job)
    assert container["image"] == "ticketing:0.1.0"
    assert container["command"] == ["python", "-m", "recovery"]
    options = container["args"]
    parsed = recovery._parser().parse_args(options)
    mounts = {m["mountPath"]: m["name"] for m in container["volumeMounts"]}
    volumes = {v["name"]: v for v in pod(job)["spec"]["volumes"]}
    where = str(getattr(parsed, "target", None) or parsed.source)
    claim = volumes[mounts[where]]["persistentVolumeClaim"]["claimName"]
    assert prod.find("PersistentVolumeClaim", claim)
    assert pod(job)["spec"]["securityContext"]["fsGroup"]
    assert {e["name"] for e in container["env"]} >= {"MONGODB_URI", "NATS_URL"}


def secrets_of(container):
    return {e["valueFrom"]["secretKeyRef"]["name"] for e in container["env"]}
