"""The manifests and the code say the same; whatever does not is found."""

import k8s_network
import k8s_routes
import k8s_rules
import k8s_settings
import pytest
from k8s_render import OVERLAYS, containers, pod

KINDS = {
    "rules": k8s_rules,
    "settings": k8s_settings,
    "routes": k8s_routes,
    "network": k8s_network,
}


def problems(kind, cluster, facts):
    return list(KINDS[kind].problems(cluster, facts))


@pytest.mark.parametrize("overlay", OVERLAYS)
@pytest.mark.parametrize("kind", KINDS)
def test_manifests_and_code_agree(kind, overlay, clusters, facts):
    """Names, images, ports, probes, settings, paths and connections fit the code."""
    assert problems(kind, clusters[overlay], facts) == []


def first(cluster, name="orders"):
    return containers(cluster.services()[name])[0]


def wrong_port(cluster):
    first(cluster)["ports"][0]["containerPort"] = 8080


def wrong_service_port(cluster):
    cluster.find("Service", "orders")["spec"]["ports"][0]["port"] = 80


def wrong_probe(cluster):
    first(cluster)["livenessProbe"]["httpGet"]["path"] = "/readyz"


def wrong_service(cluster):
    first(cluster)["args"] = ["order"]


def wrong_image(cluster):
    first(cluster)["image"] = "ticketing:latest"


def no_service(cluster):
    cluster.objects.remove(cluster.find("Service", "payments"))


def short_end(cluster):
    pod(cluster.services()["orders"])["spec"]["terminationGracePeriodSeconds"] = 15


def writable_root(cluster):
    first(cluster)["securityContext"]["readOnlyRootFilesystem"] = False


def missing_key(cluster):
    first(cluster)["env"] = [
        e for e in first(cluster)["env"] if e["name"] != "JWT_KEYS"
    ]


def misspelt_key(cluster):
    cluster.named_like("ConfigMap", "settings")["data"]["HOLD_SECOND"] = "60"


def needless_secret(cluster):
    first(cluster, "auth")["env"].append({"name": "STRIPE_SECRET_KEY", "value": "x"})


def no_webhook_secret(cluster):
    environment = first(cluster, "payments")["env"]
    environment[:] = [e for e in environment if e["name"] != "STRIPE_WEBHOOK_SECRET"]


def wrong_address(cluster):
    data = cluster.named_like("ConfigMap", "settings")["data"]
    data["STRIPE_API_BASE"] = "http://stripe:12112"


def backend(cluster, path):
    (rule,) = cluster.find("Ingress", "ticketing")["spec"]["rules"]
    return next(p for p in rule["http"]["paths"] if p["path"] == path)


def wrong_path(cluster):
    backend(cluster, "/api/orders")["path"] = "/api/order"


def wrong_backend(cluster):
    backend(cluster, "/api/orders")["backend"]["service"]["name"] = "tickets"


def wrong_gateway(cluster):
    data = cluster.named_like("ConfigMap", "gateway")["data"]
    data["nginx.conf"] = data["nginx.conf"].replace(
        "http://auth:8000", "http://web:8000"
    )


def policy(cluster, name):
    return cluster.find("NetworkPolicy", name)["spec"]


def closed_port(cluster):
    policy(cluster, "nats")["ingress"][0]["ports"][0]["port"] = 4223


def open_mongodb(cluster):
    clients = {"podSelector": {}}
    policy(cluster, "mongodb")["ingress"][0]["from"] = [clients]
    policy(cluster, "to-mongodb")["podSelector"] = {}


def closed_gateway(cluster):
    cluster.objects.remove(cluster.find("NetworkPolicy", "http-from-gateway"))


@pytest.mark.parametrize(
    ("kind", "change", "said"),
    [
        ("rules", wrong_port, "orders listens on 8000"),
        ("rules", wrong_service_port, "Service orders"),
        ("rules", wrong_probe, "livenessProbe asks /readyz"),
        ("rules", wrong_service, "orders starts ['order']"),
        ("rules", wrong_image, "ticketing:latest"),
        ("rules", no_service, "payments has no Service"),
        ("rules", short_end, "15 s are not enough"),
        ("rules", writable_root, "orders/service is not hardened"),
        ("settings", missing_key, "orders is not given JWT_KEYS"),
        ("settings", misspelt_key, "nothing reads HOLD_SECOND"),
        ("settings", needless_secret, "auth is given STRIPE_SECRET_KEY"),
        ("settings", no_webhook_secret, "nothing gives STRIPE_WEBHOOK_SECRET"),
        ("settings", wrong_address, "STRIPE_API_BASE is stripe:12112"),
        ("routes", wrong_path, "Ingress: GET /api/orders of orders reaches web"),
        ("routes", wrong_backend, "of orders reaches tickets"),
        ("routes", no_service, "of payments reaches None"),
        (
            "routes",
            wrong_gateway,
            "gateway: POST /api/users/signup of auth reaches web",
        ),
        ("network", closed_port, "orders cannot reach nats:4222"),
        ("network", open_mongodb, "web may reach mongodb:27017"),
        ("network", closed_gateway, "gateway cannot reach web:8000"),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_a_mistake_is_found(kind, change, said, clusters, facts):
    """Each kind of mistake, made on purpose, is told by its name."""
    change(clusters["dev"])
    assert any(said in problem for problem in problems(kind, clusters["dev"], facts))


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_nothing_is_allowed_by_default(overlay, clusters):
    """Both directions of every pod are closed but for what a policy says."""
    cluster = clusters[overlay]
    for direction in ("Ingress", "Egress"):
        everything = set(k8s_network.pods(cluster))
        assert k8s_network.guarded(cluster, direction) == everything


def test_only_stripe_and_the_mail_server_are_out_in_the_world(clusters):
    """Who needs one of them reaches its ports, and nothing else goes out."""
    ways = {
        policy["spec"]["podSelector"]["matchLabels"]["app.kubernetes.io/name"]: [
            port["port"] for port in rule["ports"]
        ]
        for policy in clusters["prod"].all("NetworkPolicy")
        for rule in policy["spec"].get("egress", ())
        if any("ipBlock" in peer for peer in rule.get("to", ()))
    }
    assert ways == {"payments": [443], "web": [465, 587]}
