"""What is measured in a cluster is asked for, and moves the autoscalers."""

import re

import pytest
import yaml
from k8s_render import ROOT, containers, pod

from ticketing import roles


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
        assert found == (wanted if roles.durables_of(name) else [])


def test_the_documented_scrape_finds_every_pod(prod):
    """The job in k8s/README.md, as the alerts know it, by labels that pods have."""
    text = (ROOT / "k8s" / "README.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)
    (job,) = yaml.safe_load(block)["scrape_configs"]
    assert job["job_name"] == "ticketing"
    kept = {
        rule["source_labels"][0].removeprefix("__meta_kubernetes_pod_"): rule["regex"]
        for rule in job["relabel_configs"]
        if rule.get("action") == "keep"
    }
    shown = {r["target_label"] for r in job["relabel_configs"] if "target_label" in r}
    assert shown == {"namespace", "pod"}
    for workload in prod.services().values():
        labels = pod(workload)["metadata"]["labels"]
        names = {f"label_{re.sub(r'[^a-z]', '_', k)}": v for k, v in labels.items()}
        (port,) = containers(workload)[0]["ports"]
        names["container_port_name"] = port["name"]
        assert kept.items() <= names.items()
        assert len(kept) == 2


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
