"""Production: nothing alone, nothing lost, and what each operator is asked for."""

import re

import pytest
import yaml
from k8s_render import ROOT, containers, name_of, pod

from ticketing import permissions
from ticketing.roles import Account

SERVERS = ("HelmRelease", "MongoDBCommunity", "RabbitmqCluster", "Redis")
HOSTNAME, ZONE = "kubernetes.io/hostname", "topology.kubernetes.io/zone"


@pytest.fixture
def prod(clusters):
    return clusters["prod"]


@pytest.fixture
def servers(prod):
    """The one resource of each operator, by its kind."""
    return {kind: prod.all(kind)[0] for kind in SERVERS}


def test_custom_resources_have_a_version_a_name_and_a_spec(prod):
    """The least that an operator needs to look at one."""
    for thing in prod.all(*SERVERS, "HelmRepository"):
        assert re.fullmatch(r"[a-z.]+\.[a-z]+/v\d\w*", thing["apiVersion"])
        assert thing["spec"]
        assert thing["metadata"]["namespace"] == "ticketing"


def test_nats_keeps_every_event_on_three_disks(prod, servers):
    """R3 with each write synced, and the services ask for as many replicas."""
    release = servers["HelmRelease"]["spec"]
    config = release["values"]["config"]
    settings = prod.named_like("ConfigMap", "settings")["data"]
    assert config["jetstream"]["merge"] == {"sync_interval": "always"}
    assert config["cluster"]["enabled"]
    assert config["cluster"]["replicas"] == int(settings["NATS_REPLICAS"]) == 3
    chart = release["chart"]["spec"]
    assert prod.find(chart["sourceRef"]["kind"], chart["sourceRef"]["name"])
    assert re.fullmatch(r"\d+\.\d+\.\d+", chart["version"])


def test_mongodb_is_a_set_of_three_with_each_service_its_database(servers, facts):
    """Its user may write to that one and to nothing else."""
    spec = servers["MongoDBCommunity"]["spec"]
    users = {user["name"]: user for user in spec["users"]}
    storing = {
        n for n, s in facts["services"].items() if "MONGODB_URI" in s["requires"]
    }
    assert (spec["type"], spec["members"]) == ("ReplicaSet", 3)
    assert users.keys() - {"backup", "restore"} == storing
    for name in storing:
        (role,) = permissions.mongodb(Account(name, (name,)))
        assert users[name]["roles"] == [{"name": role["role"], "db": role["db"]}]
        assert users[name]["db"] == "admin"


def test_rabbitmq_is_a_cluster_of_quorum_queues(servers):
    """Three nodes; a minority stops rather than going its own way."""
    spec = servers["RabbitmqCluster"]["spec"]
    lines = spec["rabbitmq"]["additionalConfig"].splitlines()
    assert spec["replicas"] == 3
    assert "default_queue_type = quorum" in lines
    assert "cluster_partition_handling = pause_minority" in lines


def test_redis_answers_when_it_is_on_disk(prod, servers):
    """The append-only file, synced with every write, under its operator's key."""
    wanted = servers["Redis"]["spec"]["redisConfig"]["additionalRedisConfig"]
    text = prod.find("ConfigMap", wanted)["data"]["redis-additional.conf"]
    assert {"appendonly yes", "appendfsync always", 'save ""'} <= set(text.splitlines())


def test_development_is_as_durable_as_production(clusters):
    """Nobody should find out in production what a sync costs."""
    dev = clusters["dev"]
    assert (
        "sync_interval: always"
        in dev.named_like("ConfigMap", "nats")["data"]["nats.conf"]
    )
    arguments = " ".join(containers(dev.find("StatefulSet", "redis"))[0]["args"])
    assert "--appendonly yes --appendfsync always --save " in arguments


def test_every_server_outranks_the_services_and_keeps_apart(prod, servers):
    """When nodes are short the servers stay; no node takes two members along."""
    value = {name_of(c): c["value"] for c in prod.all("PriorityClass")}
    assert value["ticketing-servers"] > value["ticketing-services"]
    for kind, thing in servers.items():
        text = str(thing["spec"])
        assert "'priorityClassName': 'ticketing-servers'" in text, kind
        assert kind == "Redis" or (HOSTNAME in text and ZONE in text)
        assert "'drop': ['ALL']" in text or kind == "MongoDBCommunity"


def test_services_are_several_and_spread(prod):
    """At least two of each, over nodes and zones, with one away at a time."""
    for name, workload in prod.services().items():
        spec = pod(workload)["spec"]
        assert spec["priorityClassName"] == "ticketing-services"
        spread = spec["topologySpreadConstraints"]
        assert {each["topologyKey"] for each in spread} == {HOSTNAME, ZONE}
        scaler = prod.find("HorizontalPodAutoscaler", name)["spec"]
        assert 2 <= scaler["minReplicas"] < scaler["maxReplicas"]
        assert "replicas" not in workload["spec"]
        assert prod.find("PodDisruptionBudget", name)["spec"]["maxUnavailable"] == 1


def test_development_has_one_of_each(clusters):
    """And nothing that would want to make it two."""
    dev = clusters["dev"]
    assert {w["spec"]["replicas"] for w in dev.services().values()} == {1}
    assert dev.all("HorizontalPodAutoscaler", "PodDisruptionBudget") == []


def test_the_name_people_know_has_a_certificate(prod):
    """The Ingress answers one host, and only over TLS's secret for it."""
    spec = prod.find("Ingress", "ticketing")["spec"]
    hosts = [rule["host"] for rule in spec["rules"]]
    assert [tls["hosts"] for tls in spec["tls"]] == [hosts]
    assert spec["tls"][0]["secretName"] == "ticketing-tls"


def test_mails_go_out_and_lead_to_the_name_people_know(prod):
    """By a server that only a secret names, from an address of that very name."""
    (host,) = (
        rule["host"] for rule in prod.find("Ingress", "ticketing")["spec"]["rules"]
    )
    given = prod.environment(prod.services()["web"])
    assert given["MAIL_URL"] is None
    assert given["PUBLIC_URL"] == f"https://{host}"
    assert given["MAIL_FROM"].endswith(f"@{host}>")


def test_mails_of_development_are_files_that_can_be_written(clusters):
    """Their links lead to the port that is forwarded."""
    web = clusters["dev"].services()["web"]
    given = clusters["dev"].environment(web)
    mounts = [mount["mountPath"] for mount in containers(web)[0]["volumeMounts"]]
    assert "MAIL_URL" not in given
    assert given["MAIL_FOLDER"].rpartition("/")[0] in mounts
    skaffold = yaml.safe_load((ROOT / "skaffold.yaml").read_text(encoding="utf-8"))
    (forwarded,) = skaffold["portForward"]
    assert given["PUBLIC_URL"] == f"http://127.0.0.1:{forwarded['localPort']}"


def test_the_namespace_is_restricted(clusters):
    """Kubernetes itself refuses a pod that asks for more."""
    for cluster in clusters.values():
        labels = cluster.find("Namespace", "ticketing")["metadata"]["labels"]
        assert labels["pod-security.kubernetes.io/enforce"] == "restricted"


def references(cluster):
    """Every secret that is asked for, and that some object or operator must make."""
    text = str(cluster.objects)
    found = set(
        re.findall(r"'secretKeyRef': \{'key': '[^']+', 'name': '([^']+)'", text)
    )
    found |= set(re.findall(r"'passwordSecretRef': \{'name': '([^']+)'", text))
    return found | set(re.findall(r"'secretName': '([^']+)'", text))


def test_every_secret_is_documented(clusters):
    """k8s/README.md says of each how it comes to be, and of no other."""
    text = (ROOT / "k8s" / "README.md").read_text(encoding="utf-8")
    text = text.partition("## Secrets")[2]
    documented = set(re.findall(r"^\| `([\w-]+)` \|", text, re.MULTILINE))
    wanted = set().union(*(references(c) for c in clusters.values()))
    assert documented == wanted
