"""What the network policies let through, computed as a cluster does."""

from k8s_render import NAME, WORKLOADS, labels

SERVERS = {
    "NATS_URL": ("nats", 4222),
    "MONGODB_URI": ("mongodb", 27017),
    "REDIS_URL": ("redis", 6379),
    "AMQP_URI": ("rabbitmq", 5672),
}
HTTP = 8000
# Who saves everything and who brings it back, and where that is.
RECOVERY = ("backup", "restore")
KEPT = ("NATS_URL", "MONGODB_URI")


def pods(cluster):
    """The labels of each kind of pod, by its name, those of operators included."""
    found = {labels(w)[NAME]: labels(w) for w in cluster.all(*WORKLOADS)}
    for name, _ in SERVERS.values():
        found.setdefault(name, {NAME: name})
    return found


def ports(cluster):
    """Every port that some policy speaks of."""
    return sorted(
        {
            port["port"]
            for policy in cluster.all("NetworkPolicy")
            for direction in ("ingress", "egress")
            for rule in policy["spec"].get(direction, ())
            for port in rule["ports"]
        }
    )


def connections(cluster):
    """``{(from, to, port)}`` among pods: let out by one and let in by the other."""
    policies = cluster.all("NetworkPolicy")
    return {
        (source, target, port)
        for source, out in pods(cluster).items()
        for target, inn in pods(cluster).items()
        for port in ports(cluster)
        if _allows(policies, "Egress", out, inn, port)
        and _allows(policies, "Ingress", inn, out, port)
    }


def expected(cluster, facts):
    """Those that the code makes, and those of the servers among themselves."""
    wanted = set()
    for name, needs in facts["services"].items():
        keys = SERVERS.keys() & set(needs["requires"])
        wanted |= {(name, *SERVERS[key]) for key in keys}
    serving = [name for name, needs in facts["services"].items() if needs["routes"]]
    if cluster.overlay == "prod":
        return wanted | _clusters()
    wanted |= {("gateway", name, HTTP) for name in serving}
    wanted |= {("payments", "stripe", 12111), ("stripe", "payments", HTTP)}
    if cluster.overlay == "test":
        wanted.add(("purchase", "gateway", HTTP))
    return wanted


def _clusters():
    rabbitmq = (4369, 25672, 35672)
    among = {("nats", 6222), ("mongodb", 27017), *(("rabbitmq", p) for p in rabbitmq)}
    wanted = {(name, name, port) for name, port in among}
    kept = {(name, *SERVERS[key]) for name in RECOVERY for key in KEPT}
    return wanted | kept | {("restore", *SERVERS["REDIS_URL"])}


def problems(cluster, facts):
    allowed, wanted = connections(cluster), expected(cluster, facts)
    for source, target, port in sorted(allowed - wanted):
        yield f"{source} may reach {target}:{port}, and has no reason to"
    for source, target, port in sorted(wanted - allowed):
        yield f"{source} cannot reach {target}:{port}"


def guarded(cluster, direction):
    """The pods to which nothing is allowed but what a policy says."""
    policies = cluster.all("NetworkPolicy")
    return {
        name
        for name, own in pods(cluster).items()
        if any(_applies(policy, direction, own) for policy in policies)
    }


def _allows(policies, direction, own, other, port):
    key = direction.lower()
    return any(
        _fits(rule, "to" if key == "egress" else "from", other, port)
        for policy in policies
        if _applies(policy, direction, own)
        for rule in policy["spec"].get(key, ())
    )


def _applies(policy, direction, own):
    spec = policy["spec"]
    return direction in spec["policyTypes"] and _selects(spec["podSelector"], own)


def _fits(rule, key, other, port):
    return any(p["port"] == port for p in rule["ports"]) and any(
        _selects(peer["podSelector"], other)
        for peer in rule.get(key, ())
        if set(peer) == {"podSelector"}
    )


def _selects(selector, own):
    wanted = selector.get("matchLabels", {})
    expressions = selector.get("matchExpressions", ())
    assert all(each["operator"] == "In" for each in expressions)
    return wanted.items() <= own.items() and all(
        own.get(each["key"]) in each["values"] for each in expressions
    )
