"""The overlays as the real kustomize renders them, and ways to look at the result."""

import base64
import os
import subprocess
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]
TOOLS = ROOT / ".venv-checks" / "bin"
OVERLAYS = ("dev", "test", "prod")
WORKLOADS = ("Deployment", "StatefulSet", "Job", "CronJob")
NAME = "app.kubernetes.io/name"


def tool(name, *arguments, timeout=120, **options):
    """Run one of the programs in .venv-checks."""
    environment = {"PATH": os.environ["PATH"], "HOME": "/nonexistent"}
    return subprocess.run(
        [TOOLS / name, *map(str, arguments)],
        capture_output=True,
        check=False,
        env=environment,
        text=True,
        timeout=timeout,
        **options,
    )


def render(overlay):
    """Return the text that `kubectl apply --kustomize` would send."""
    done = tool("kubectl", "kustomize", ROOT / "k8s" / "overlays" / overlay)
    assert done.returncode == 0, done.stderr
    return done.stdout


class Cluster:
    """The objects of one overlay. Everything found is the object itself."""

    def __init__(self, overlay, objects):
        self.overlay = overlay
        self.objects = objects

    @classmethod
    def of(cls, overlay, text):
        return cls(overlay, list(yaml.safe_load_all(text)))

    def all(self, *kinds):
        return [o for o in self.objects if o["kind"] in kinds]

    def find(self, kind, name):
        found = [o for o in self.all(kind) if o["metadata"]["name"] == name]
        return found[0] if found else None

    def named_like(self, kind, prefix):
        """One whose name ends in a hash of what is in it."""
        (found,) = [
            o for o in self.all(kind) if o["metadata"]["name"].startswith(f"{prefix}-")
        ]
        return found

    def services(self):
        """The Deployments of the system's own services, by their names."""
        return {
            name_of(o): o
            for o in self.all("Deployment")
            if o["metadata"]["labels"].get("app.kubernetes.io/component") == "service"
        }

    def secret(self, name, key):
        """What is in a secret that the overlay makes, None for another's."""
        found = self.find("Secret", name)
        if found is None:
            return None
        return base64.b64decode(found["data"][key]).decode()

    def environment(self, workload, container=0):
        """``{name: value}`` as the container gets it; None where a secret says."""
        spec = containers(workload)[container]
        values = {}
        for source in spec.get("envFrom", ()):
            values |= self.find("ConfigMap", source["configMapRef"]["name"])["data"]
        for entry in spec.get("env", ()):
            if "value" in entry:
                values[entry["name"]] = entry["value"]
            else:
                ref = entry["valueFrom"]["secretKeyRef"]
                values[entry["name"]] = self.secret(ref["name"], ref["key"])
        return values


def name_of(thing):
    return thing["metadata"]["name"]


def pod(workload):
    """The pod template of a workload."""
    spec = workload["spec"]
    if workload["kind"] == "CronJob":
        spec = spec["jobTemplate"]["spec"]
    return spec["template"]


def containers(workload):
    spec = pod(workload)["spec"]
    return [*spec["containers"], *spec.get("initContainers", ())]


def labels(workload):
    return pod(workload)["metadata"]["labels"]
