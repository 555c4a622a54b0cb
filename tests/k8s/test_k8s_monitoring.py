"""What is measured in a cluster is asked for, and moves the autoscalers."""

import pytest
import yaml
from k8s_render import ROOT, containers, pod

from ticketing import permissions


@pytest.fixture
def prod(clusters):
    return clusters["prod"]


def backlogs(scaler):
    """``[(metric, service)]`` of what waits, and whether CPU counts as well."""
    kinds = {m["type"] for m in scaler["metrics"]}
    return kinds, [
        (each["metric"]["name"], each["metric"]["selector"]["matchLabels"])
        for each in (m["external"] for m in scaler["metrics"] if "external" in m)
    ]


def test_services_are_scaled_by_cpu_and_by_the_events_that_wait(prod):
    """Whoever has durable consumers by their backlog, as the adapter calls it."""
    text = (ROOT / "monitoring" / "adapter.yml").read_text(encoding="utf-8")
    (rule,) = yaml.safe_load(text)["rules"]["external"]
    for name in prod.services():
        scaler = prod.find("HorizontalPodAutoscaler", name)["spec"]
        kinds, found = backlogs(scaler)
        assert "Resource" in kinds
        wanted = [(rule["name"]["as"], {"service": name})]
        assert found == (wanted if permissions.durables_of(name) else [])


def test_prometheus_may_ask_every_service(prod):
    """From its own namespace, and only the port that /metrics is on."""
    spec = prod.find("NetworkPolicy", "metrics")["spec"]
    for workload in prod.services().values():
        own = pod(workload)["metadata"]["labels"]
        assert spec["podSelector"]["matchLabels"].items() <= own.items()
        assert containers(workload)[0]["ports"][0]["containerPort"] == 8000
    (rule,) = spec["ingress"]
    assert [port["port"] for port in rule["ports"]] == [8000]
    (peer,) = rule["from"]
    labels = {"kubernetes.io/metadata.name": "monitoring"}
    assert peer == {"namespaceSelector": {"matchLabels": labels}}
