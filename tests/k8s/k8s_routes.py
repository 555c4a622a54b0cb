"""Which service a path reaches, by the Ingress and by the gateway of development."""

import re


def sample(path):
    """A path that a route's rule matches."""
    return re.sub(r"<[^>]+>", "x" * 24, path)


def by_ingress(cluster):
    """``(prefix, service)`` of each path, after checking the type and the port."""
    ingress = cluster.find("Ingress", "ticketing")
    (rule,) = ingress["spec"]["rules"]
    for path in rule["http"]["paths"]:
        backend = path["backend"]["service"]
        assert path["pathType"] == "Prefix"
        service = cluster.find("Service", backend["name"])
        ports = [p["name"] for p in service["spec"]["ports"]] if service else ()
        reaches = backend["name"] if backend["port"]["name"] in ports else None
        yield path["path"], reaches


def by_gateway(cluster):
    text = cluster.named_like("ConfigMap", "gateway")["data"]["nginx.conf"]
    found = re.findall(r"location (/\S*) \{ proxy_pass http://(\w+):(\d+); \}", text)
    for path, host, port in found:
        service = cluster.find("Service", host)
        ports = [p["port"] for p in service["spec"]["ports"]] if service else ()
        yield path, host if int(port) in ports else None


def reached(paths, path):
    """The service of the longest prefix, which ends where a part of the path ends."""
    fitting = [
        (prefix, service)
        for prefix, service in paths
        if path == prefix or path.startswith(prefix.rstrip("/") + "/")
    ]
    return max(fitting, default=("", None), key=lambda pair: len(pair[0]))[1]


def problems(cluster, facts):
    ways = {"Ingress": by_ingress(cluster)}
    if cluster.overlay != "prod":
        ways["gateway"] = by_gateway(cluster)
    for way, pairs in ways.items():
        paths = list(pairs)
        for owner, needs in facts["services"].items():
            for method, path in needs["routes"]:
                service = reached(paths, sample(path))
                if service != owner:
                    yield f"{way}: {method} {path} of {owner} reaches {service}"
        routes = [r for needs in facts["services"].values() for r in needs["routes"]]
        used = {reached(paths, sample(path)) for _, path in routes}
        for prefix, service in paths:
            if service not in used:
                yield f"{way}: {prefix} leads to {service}, which has no route"
