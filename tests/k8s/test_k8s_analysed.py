"""What others' programs find in the manifests and the Dockerfile: nothing."""

import json
import re
import shutil

import pytest
import yaml
from k8s_render import OVERLAYS, ROOT, tool

# The newest that is known, and one that is about to be no longer supported.
VERSIONS = ("1.37", "1.34")
# Kinds that Kubernetes itself does not have: test_k8s_production.py looks at those.
FOREIGN = {
    "HelmRelease",
    "HelmRepository",
    "MongoDBCommunity",
    "RabbitmqCluster",
    "Redis",
}


def validate(path, version):
    return tool("kubernetes-validate", "--strict", "--quiet", "-k", version, path)


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("overlay", OVERLAYS)
def test_every_object_fits_the_schema(overlay, version, rendered, tmp_path):
    """No field is unknown or of a wrong type; no kind is unknown but the operators'."""
    path = tmp_path / "rendered.yaml"
    path.write_text(rendered[overlay], encoding="utf-8")
    done = validate(path, version)
    assert done.returncode == 0, done.stdout + done.stderr
    unknown = set(re.findall(r"find schema for kind (\w+)", done.stdout + done.stderr))
    assert unknown == (FOREIGN if overlay == "prod" else set())


def test_a_wrong_field_is_found(rendered, tmp_path):
    """The validation is strict: a misspelt field fails."""
    path = tmp_path / "rendered.yaml"
    text = rendered["dev"].replace("containerPort:", "containerport:", 1)
    path.write_text(text, encoding="utf-8")
    assert validate(path, VERSIONS[0]).returncode != 0


@pytest.fixture(scope="session")
def analysis(rendered, tmp_path_factory):
    """What checkov says of everything, and of the same with its hardening taken out."""
    folder = tmp_path_factory.mktemp("checkov")
    for overlay, text in rendered.items():
        (folder / f"{overlay}.yaml").write_text(text, encoding="utf-8")
    soft = rendered["dev"].replace("readOnlyRootFilesystem: true", "privileged: true")
    (folder / "soft.yaml").write_text(soft, encoding="utf-8")
    shutil.copy(ROOT / "Dockerfile", folder)
    done = tool(
        "checkov",
        *("--directory", folder, "--framework", "kubernetes", "dockerfile"),
        *("--output", "json", "--quiet", "--compact", "--skip-download"),
    )
    assert done.stdout, done.stderr
    return json.loads(done.stdout)


def found(analysis, *files):
    return {
        (check["check_id"], check["resource"], check["file_path"])
        for report in analysis
        for check in report["results"]["failed_checks"]
        if check["file_path"].strip("/") in files
    }


def test_checkov_finds_nothing(analysis):
    """No finding stands without its reason beside it in the manifest."""
    files = ("Dockerfile", *(f"{overlay}.yaml" for overlay in OVERLAYS))
    assert {report["check_type"] for report in analysis} == {"kubernetes", "dockerfile"}
    assert found(analysis, *files) == set()


def test_checkov_finds_what_is_wrong(analysis):
    """It did look: privileged containers with a writable root are found."""
    checks = {check for check, _, _ in found(analysis, "soft.yaml")}
    assert {"CKV_K8S_16", "CKV_K8S_22"} <= checks


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_every_skipped_check_has_a_reason(overlay, rendered):
    """A skip says why, in words."""
    for thing in yaml.safe_load_all(rendered[overlay]):
        for name, value in thing["metadata"].get("annotations", {}).items():
            if name.startswith("checkov.io/skip"):
                check, _, reason = value.partition("=")
                assert re.fullmatch(r"CKV\w+", check)
                assert len(reason.split()) >= 5
