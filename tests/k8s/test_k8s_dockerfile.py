"""The Dockerfile makes small, bare images that are made the same again."""

import re

import pytest
import yaml
from k8s_dockerfile import (
    entrypoint,
    environment,
    healthcheck,
    sources,
    stages,
    taken,
)
from k8s_render import ROOT

FINAL = ("services", "stripe-stand-in")


@pytest.fixture(scope="module")
def made():
    return stages()


def test_the_services_are_what_is_built_without_a_target(made):
    """`docker build .` makes the image that production runs."""
    assert list(made)[-1] == "services"


def fetched_base(made, name):
    """The image that a stage stands on in the end."""
    base = made[name].base
    return fetched_base(made, base) if base in made else base


def test_images_are_fetched_by_exact_versions(made):
    """One Python under everything that runs; npm's image is left behind."""
    python = r"python:3\.1[123]\.\d+-slim-\w+"
    for name in made:
        wanted = r"node:\d+\.\d+\.\d+-\w+-slim" if name == "pages" else python
        assert re.fullmatch(wanted, fetched_base(made, name))


@pytest.mark.parametrize("name", FINAL)
def test_an_image_is_bare(name, made):
    """No root, no pip, no shell around the program, no package but the lock's."""
    stage = made[name]
    assert re.fullmatch(r"(\d{5}):\1", stage.all("USER")[-1])
    assert any("pip uninstall" in step for step in stage.all("RUN"))
    assert not any(re.search(r"\binstall\b", step) for step in stage.all("RUN"))
    assert not stage.all("ADD")
    assert not stage.all("CMD")
    assert stage.steps.index(("USER", stage.all("USER")[-1])) > max(
        stage.steps.index(("RUN", step)) for step in stage.all("RUN")
    )
    assert entrypoint(stage)[:2] == ["python", "-m"]
    assert "org.opencontainers.image.licenses" in " ".join(stage.all("LABEL"))


def test_packages_come_from_the_lock_alone(made):
    """With hashes, as wheels, leaving no cache behind."""
    (install,) = (step for step in made["packages"].all("RUN") if " install " in step)
    for option in ("--require-hashes", "--no-cache-dir", "--only-binary :all:"):
        assert option in install
    assert "--requirement /tmp/base.txt" in install
    assert sources(made["packages"]) == [("requirements/base.txt", "/tmp/base.txt")]


def test_what_comes_from_npm_is_the_locks_and_runs_nothing(made):
    """Its packages' own scripts are not run, and only what they install is kept."""
    files = {source for source, _ in sources(made["pages"])}
    assert files == {"web/package.json", "web/package-lock.json"}
    (install,) = made["pages"].all("RUN")
    assert "npm --prefix /web ci --ignore-scripts" in install
    assert taken(made["services"]) == [
        ("packages", "/opt/venv", "/opt/venv"),
        ("pages", "/web/node_modules", "web/node_modules/"),
    ]


@pytest.mark.parametrize("name", FINAL)
def test_the_health_check_asks_the_port_that_is_listened_on(name, made):
    """EXPOSE, the health check and the program agree on the port."""
    stage = made[name]
    (port,) = re.findall(r"127\.0\.0\.1:(\d+)/livez", healthcheck(stage)[-1])
    assert stage.only("EXPOSE") == port
    if name == "services":
        assert environment(stage)["WEB_SERVER_ADDRESS"] == f"0.0.0.0:{port}"
    else:
        text = (ROOT / "k8s/overlays/dev/stripe.yaml").read_text(encoding="utf-8")
        stand_in = next(yaml.safe_load_all(text))["spec"]["template"]["spec"]
        assert f"--port={port}" in stand_in["containers"][0]["args"]


def test_production_has_no_stand_in_of_stripe(made, facts):
    """Each service's folder, the shared library and backups are in the image."""
    copied = {source for source, _ in sources(made["services"])}
    assert copied == {*facts["services"], "ticketing", "recovery", "config.yaml"}


def test_the_build_sees_what_it_copies_and_nothing_else(made):
    """.dockerignore lets through exactly what some stage copies."""
    lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    let_through = [line[1:] for line in lines if line.startswith("!")]
    copied = {source for stage in made.values() for source, _ in sources(stage)}
    assert "*" in lines
    assert set(let_through) == {
        source for source in copied if not source.startswith("web/")
    }
    assert lines.index("web/node_modules") > lines.index("!web")
    assert all((ROOT / source).exists() for source in copied)
