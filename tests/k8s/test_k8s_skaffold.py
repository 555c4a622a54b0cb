"""skaffold.yaml names what is there; k8s/secrets makes what is missing."""

import json
import os
import re
import stat
import subprocess
import sys
from urllib.parse import urlsplit

import k8s_settings
import pytest
import yaml
from k8s_dockerfile import sources, stages
from k8s_render import ROOT, WORKLOADS, containers

from orders.passes.codes import PassCodes
from ticketing.keyring import KeyRing
from ticketing.production import weakness


@pytest.fixture(scope="module")
def skaffold():
    return yaml.safe_load((ROOT / "skaffold.yaml").read_text(encoding="utf-8"))


def profiles(skaffold):
    return {profile["name"]: profile for profile in skaffold["profiles"]}


def configurations(skaffold):
    """``(overlay, artifacts)`` of the default and of each profile."""
    for each in (skaffold, *skaffold["profiles"]):
        (path,) = each["manifests"]["kustomize"]["paths"]
        build = each.get("build", skaffold["build"])
        yield path, build["artifacts"]


def test_it_is_a_configuration_of_todays_skaffold(skaffold):
    assert skaffold["apiVersion"] == "skaffold/v4beta14"
    assert skaffold["kind"] == "Config"


def test_each_profile_deploys_an_overlay_and_builds_its_images(skaffold, clusters):
    """Every image of ours in an overlay is built, and none that is not in it."""
    overlays = set()
    for path, artifacts in configurations(skaffold):
        assert (ROOT / path / "kustomization.yaml").exists()
        cluster = clusters[path.removeprefix("k8s/overlays/")]
        images = {
            container["image"].partition(":")[0]
            for workload in cluster.all(*WORKLOADS)
            for container in containers(workload)
        }
        ours = {image for image in images if image.startswith("ticketing")}
        assert {artifact["image"] for artifact in artifacts} == ours
        overlays.add(cluster.overlay)
    assert overlays == set(clusters)
    assert set(profiles(skaffold)) == {"test", "production"}


def test_each_artifact_is_a_stage_of_the_dockerfile(skaffold):
    for _, artifacts in configurations(skaffold):
        for artifact in artifacts:
            assert artifact["docker"]["dockerfile"] == "Dockerfile"
            assert artifact["docker"]["target"] in stages()


def test_python_files_and_templates_are_synced_to_where_they_are(skaffold):
    """What the image copies can be changed in the running pod, at the same place."""
    (rules,) = (
        a["sync"]["manual"] for a in skaffold["build"]["artifacts"] if "sync" in a
    )
    folders = {source for source, _ in sources(stages()["services"])} - {"config.yaml"}
    python, pages, config = (rule["src"] for rule in rules)
    names, _, pattern = python.removeprefix("{").partition("}/")
    assert set(names.split(",")) == folders
    assert pattern == "**/*.py"
    assert pages == "web/{templates,static,styles}/**/*"
    assert all(
        (ROOT / "web" / name).is_dir() for name in ("templates", "static", "styles")
    )
    assert config == "config.yaml"
    assert {rule["dest"] for rule in rules} == {"."}


def test_what_is_synced_can_be_written_and_takes_effect(skaffold, clusters):
    """The files are a volume over the image's own, and the services start again."""
    for workload in clusters["dev"].services().values():
        container, start = containers(workload)
        mounts = {m["mountPath"]: m["name"] for m in container["volumeMounts"]}
        assert start["volumeMounts"] == [
            {"name": mounts["/app"], "mountPath": "/files"}
        ]
        assert start["command"] == ["cp", "--recursive", "/app/.", "/files"]
    hooks = skaffold["build"]["artifacts"][0]["sync"]["hooks"]["after"]
    assert hooks == [{"container": {"command": ["sh", "-c", "kill -HUP 1"]}}]


def test_the_forwarded_port_is_the_gateways(skaffold, clusters):
    (forwarded,) = skaffold["portForward"]
    service = clusters["dev"].find("Service", forwarded["resourceName"])
    assert forwarded["port"] in [port["port"] for port in service["spec"]["ports"]]
    assert forwarded["localPort"] == 8000


def commands(skaffold):
    for each in (skaffold, *skaffold["profiles"]):
        hooks = each["deploy"]["kubectl"].get("hooks", {})
        for hook in hooks.get("before", []) + hooks.get("after", []):
            yield hook["host"]["command"]


def test_the_commands_around_a_deployment_are_there(skaffold, clusters):
    """Ours can be run; the others are kubectl's, about the Job of the test overlay."""
    for command in commands(skaffold):
        if command[0] == "kubectl":
            assert "--namespace=ticketing" in command
            assert "purchase" in " ".join(command)
            assert clusters["test"].find("Job", "purchase")
        else:
            assert os.access(ROOT / command[0], os.X_OK)


@pytest.fixture
def kubectl(tmp_path):
    """A cluster of which one secret is known to be there: notes what it is asked."""
    asked = tmp_path / "asked"
    program = tmp_path / "bin" / "kubectl"
    program.parent.mkdir()
    program.write_text(
        f'#!/bin/sh\necho "$@" >> {asked}\n'
        f'case "$*" in *"--filename -") cat >> {asked}.given ;; esac\n'
        'case "$*" in *"get secret"*) [ "$5" = "$THERE" ] ;; esac\n'
    )
    program.chmod(program.stat().st_mode | stat.S_IXUSR)

    def run(there):
        environment = {"PATH": f"{program.parent}:{os.environ['PATH']}", "THERE": there}
        subprocess.run([ROOT / "k8s" / "secrets"], check=True, env=environment)
        return asked.read_text().splitlines()

    run.given = tmp_path / "asked.given"

    return run


def test_missing_secrets_are_made_and_others_left_alone(kubectl):
    """Random ones, of the length that the services ask for; none is ever replaced."""
    asked = kubectl(there="stripe-secret")
    made = [line.split()[5:] for line in asked if " create secret generic " in line]
    assert asked[0].startswith("apply --filename base/namespace.yaml")
    (sessions, jwt), (passes, seed) = made
    assert (sessions, passes) == ("jwt-secret", "pass-secret")
    KeyRing.parse(jwt.removeprefix("--from-literal=JWT_KEYS="))
    PassCodes.parse(seed.removeprefix("--from-literal=PASS_KEYS="))


def test_accounts_are_made_all_at_once_and_fit_their_servers(kubectl, clusters, facts):
    """What the services are given leads to Services that are there, by such names."""
    kubectl(there="jwt-secret")
    items = json.loads(kubectl.given.read_text())["items"]
    made = {item["metadata"]["name"]: item["stringData"] for item in items}
    dev = clusters["dev"]
    for name, workload in dev.services().items():
        given = made[f"{name}-accounts"]
        wanted = [
            entry["valueFrom"]["secretKeyRef"]["key"]
            for entry in containers(workload)[0]["env"]
            if entry.get("valueFrom", {}).get("secretKeyRef", {}).get("name")
            == f"{name}-accounts"
        ]
        assert set(wanted) == set(given)
        assert list(k8s_settings._addresses(dev, name, given)) == []
        for key, address in given.items():
            assert urlsplit(address).username == name
            assert weakness(key, address) is None
    kubectl.given.unlink()
    kubectl(there="nats-accounts")
    assert not kubectl.given.exists()


@pytest.mark.parametrize("overlay", ["dev", "prod"])
def test_servers_are_given_the_files_that_they_look_for(overlay, clusters):
    """Each key of a secret that a manifest names is in what k8s/accounts makes."""
    made = subprocess.run(
        [sys.executable, ROOT / "k8s" / "accounts", overlay],
        capture_output=True,
        check=True,
    )
    items = json.loads(made.stdout)["items"]
    keys = {item["metadata"]["name"]: set(item["stringData"]) for item in items}
    text = str(clusters[overlay].objects)
    named = re.findall(r"/etc/(\w+-accounts)/([\w.]+)", text)
    refs = re.findall(r"\{'name': '(\w+-accounts)', 'key': '([^']+)'\}", text)
    assert named
    for name, key in [*named, *refs]:
        assert key in keys[name], f"{name}: {key}"


def test_secrets_differ_from_one_cluster_to_the_next(kubectl):
    """Two runs make two keys, and both keys of the stand-in of Stripe."""
    asked = kubectl(there="") + kubectl(there="")
    keys = {line for line in asked if "JWT_KEYS" in line}
    seeds = {line for line in asked if "PASS_KEYS" in line}
    stripe = [line for line in asked if "STRIPE_SECRET_KEY=" in line]
    assert len(keys) == len(seeds) == 2
    assert all("STRIPE_WEBHOOK_SECRET=whsec_" in line for line in stripe)
