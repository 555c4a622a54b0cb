"""Rules between the settings that the code reads and those that a cluster gives."""

import re
from urllib.parse import urlsplit

from k8s_render import ROOT, containers, name_of

# Empty is one of their values: no prefix, Stripe itself, no cards on the pages, nobody
# who may see the books, no second address, and mails as files.
MAY_BE_EMPTY = {
    "NAMESPACE",
    "STRIPE_API_BASE",
    "STRIPE_PUBLISHABLE_KEY",
    "OPERATORS",
    "METRICS_ADDRESS",
    "MAIL_URL",
}
SERVERS = ("NATS_URL", "MONGODB_URI", "REDIS_URL", "AMQP_URI", "STRIPE_API_BASE")
_LINE = re.compile(r"^ *(\w+): .*?\$\{(\w+):?([^}]*)\}", re.MULTILINE)


def config():
    """``{key: (environment variable, default)}`` as config.yaml has them."""
    text = (ROOT / "config.yaml").read_text(encoding="utf-8")
    return {key: (name, default) for key, name, default in _LINE.findall(text)}


def image_environment():
    """What the Dockerfile sets for the services."""
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    return dict(re.findall(r"^ENV ([A-Z_]+)=(\S+)$", text, re.MULTILINE))


def is_unsafe(name, default):
    """Whether a default works on one machine only, or not at all."""
    return name not in MAY_BE_EMPTY and (not default or "127.0.0.1" in default)


def problems(cluster, facts):
    services = cluster.services()
    for name, needs in facts["services"].items():
        if name in services:
            given = image_environment() | cluster.environment(services[name])
            yield from _missing(name, needs, given)
            yield from _superfluous(name, needs, services[name])
            yield from _addresses(cluster, name, given)
    yield from _never_given(cluster, facts)
    yield from _unknown(cluster)


def _missing(service, needs, given):
    """What a service cannot start without."""
    for key in needs["requires"]:
        name, default = config()[key]
        if is_unsafe(name, default) and name not in given:
            yield f"{service} is not given {name}"


def _superfluous(service, needs, workload):
    """A secret is given only to those that read it."""
    read = {config()[key][0] for key in needs["reads"] if key in config()}
    for entry in containers(workload)[0]["env"]:
        if entry["name"] not in read:
            yield f"{service} is given {entry['name']}, which it does not read"


def _never_given(cluster, facts):
    """A default that does not do must be replaced somewhere where it is read."""
    services = cluster.services()
    for key, (name, default) in config().items():
        if not is_unsafe(name, default):
            continue
        readers = [s for s, needs in facts["services"].items() if key in needs["reads"]]
        given = set(image_environment())
        for reader in readers:
            given |= set(cluster.environment(services[reader]))
        if name not in given:
            yield f"nothing gives {name} to {', '.join(readers)}"


def _unknown(cluster):
    """A misspelt name would do nothing, quietly."""
    known = {name for name, _ in config().values()}
    given = set(image_environment())
    for workload in cluster.services().values():
        given |= set(cluster.environment(workload))
    for name in sorted(given - known):
        yield f"nothing reads {name}"


def _addresses(cluster, service, given):
    """Every address that a service is given is the port of a Service."""
    for name in SERVERS:
        url = urlsplit(given.get(name) or "")
        if url.hostname and not _is_there(cluster, url.hostname, url.port):
            yield f"{service}: {name} is {url.hostname}:{url.port}, which is not there"


def _is_there(cluster, host, port):
    host = host.split(".")[-1]  # mongodb-0.mongodb is a pod of the latter
    service = cluster.find("Service", host)
    if service is None:
        return port == _made_by_operators(cluster).get(host)
    return port in [each["port"] for each in service["spec"]["ports"]]


def _made_by_operators(cluster):
    """The Services that the operators of custom resources make: NATS, Redis."""
    ports = {"HelmRelease": 4222, "Redis": 6379}
    return {name_of(o): ports[o["kind"]] for o in cluster.all(*ports)}
