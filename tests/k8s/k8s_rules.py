"""Rules between the manifests and the code, and among the manifests themselves."""

import tomllib
from itertools import product

from k8s_render import NAME, ROOT, WORKLOADS, containers, labels, name_of, pod
from k8s_settings import image_environment

PROBES = ("startupProbe", "livenessProbe", "readinessProbe")
OUR_IMAGES = ("ticketing", "ticketing-stripe-stand-in")


def problems(cluster, facts):
    yield from _services(cluster, facts)
    yield from _images(cluster)
    yield from _ports(cluster)
    yield from _probes(cluster, facts)
    yield from _endings(cluster, facts)
    yield from _references(cluster)
    yield from _hardening(cluster)


def _services(cluster, facts):
    """One name for folder, Deployment, argument, Service and account."""
    ours = cluster.services()
    if set(ours) != set(facts["services"]):
        yield f"services are {sorted(ours)}, the code has {sorted(facts['services'])}"
    for name, workload in ours.items():
        if containers(workload)[0].get("args") != [name]:
            yield f"{name} starts {containers(workload)[0].get('args')}"
        if pod(workload)["spec"]["serviceAccountName"] != name:
            yield f"{name} runs as somebody else"
        for kind in ("Service", "ServiceAccount"):
            if cluster.find(kind, name) is None:
                yield f"{name} has no {kind}"


def _images(cluster):
    """Our images have the project's version, the others' a version of their own."""
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    version = tomllib.loads(text)["project"]["version"]
    for workload in cluster.all(*WORKLOADS):
        for container in containers(workload):
            name, _, tag = container["image"].partition(":")
            is_right = tag == version if name in OUR_IMAGES else tag[:1].isdigit()
            if not is_right:
                yield f"{name_of(workload)}: the image is {container['image']}"


def _ports(cluster):
    """The port that the services listen on is the one that is spoken to."""
    listens = int(image_environment()["WEB_SERVER_ADDRESS"].rpartition(":")[2])
    for name, workload in cluster.services().items():
        ports = containers(workload)[0]["ports"]
        if ports != [{"name": "http", "containerPort": listens}]:
            yield f"{name} listens on {listens}, not on {ports}"
    for service in cluster.all("Service"):
        chosen = _chosen(cluster, service["spec"]["selector"])
        if not chosen:
            yield f"Service {name_of(service)} has no pods"
        for port, workload in product(service["spec"]["ports"], chosen):
            if _number(workload, port["targetPort"]) != port["port"]:
                yield f"Service {name_of(service)}: {port} leads nowhere"


def _chosen(cluster, selector):
    return [
        workload
        for workload in cluster.all(*WORKLOADS)
        if selector.items() <= labels(workload).items()
    ]


def _number(workload, port):
    """The number of a port given by number or name."""
    ports = [p for c in containers(workload) for p in c.get("ports", ())]
    return next((p["containerPort"] for p in ports if port in p.values()), None)


def _probes(cluster, facts):
    """Liveness never looks at dependencies, readiness always does."""
    for name, workload in cluster.services().items():
        container = containers(workload)[0]
        for kind in PROBES:
            get = container[kind]["httpGet"]
            wanted = "/readyz" if kind == "readinessProbe" else "/livez"
            if get["path"] != wanted or wanted not in facts["probes"]:
                yield f"{name}: {kind} asks {get['path']}"
            if _number(workload, get["port"]) is None:
                yield f"{name}: {kind} asks port {get['port']}"


def _endings(cluster, facts):
    """Whoever is handling something is given the time for it."""
    for name, workload in cluster.services().items():
        leaving = containers(workload)[0]["lifecycle"]["preStop"]["sleep"]["seconds"]
        given = pod(workload)["spec"]["terminationGracePeriodSeconds"]
        if given <= leaving + facts["slowest"]:
            yield f"{name}: {given} s are not enough to end in"


def _references(cluster):
    for each in cluster.all("HorizontalPodAutoscaler"):
        target = each["spec"]["scaleTargetRef"]
        if cluster.find(target["kind"], target["name"]) is None:
            yield f"HorizontalPodAutoscaler {name_of(each)} scales nothing"
    for each in cluster.all("PodDisruptionBudget"):
        if len(_chosen(cluster, each["spec"]["selector"]["matchLabels"])) != 1:
            yield f"PodDisruptionBudget {name_of(each)} guards nothing"
    for workload in cluster.all("Deployment", "StatefulSet"):
        if labels(workload).get(NAME) != name_of(workload):
            yield f"{name_of(workload)}: its pods are called {labels(workload)[NAME]}"


def _hardening(cluster):
    """The restricted Pod Security Standard, and a read-only root file system."""
    for workload in cluster.all(*WORKLOADS):
        spec, name = pod(workload)["spec"], name_of(workload)
        context = spec.get("securityContext", {})
        if not context.get("runAsNonRoot") or context.get("runAsUser", 0) < 10000:
            yield f"{name} may be root"
        if context.get("seccompProfile") != {"type": "RuntimeDefault"}:
            yield f"{name} has no seccomp profile"
        if spec.get("automountServiceAccountToken") is not False:
            yield f"{name} gets a token"
        for container in containers(workload):
            if container.get("securityContext") != {
                "allowPrivilegeEscalation": False,
                "readOnlyRootFilesystem": True,
                "capabilities": {"drop": ["ALL"]},
            }:
                yield f"{name}/{container['name']} is not hardened"
            if set(container["resources"]) != {"requests", "limits"}:
                yield f"{name}/{container['name']} takes what it likes"
