"""The overlays as they are rendered, and what the code needs of them."""

import copy
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from k8s_render import OVERLAYS, ROOT, TOOLS, Cluster, render


@pytest.fixture(scope="session")
def rendered():
    """The text of every overlay, by its name."""
    assert (TOOLS / "kubectl").exists(), "run scripts/setup --test first"
    return {overlay: render(overlay) for overlay in OVERLAYS}


@pytest.fixture(scope="session")
def untouched(rendered):
    return {overlay: Cluster.of(overlay, text) for overlay, text in rendered.items()}


@pytest.fixture
def clusters(untouched):
    """Every overlay, to be changed at will."""
    return copy.deepcopy(untouched)


@pytest.fixture(scope="session")
def facts():
    """What the code needs: see k8s_facts.py."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", Path(__file__).with_name("k8s_facts.py")],
        capture_output=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        text=True,
        timeout=60,
    )
    return json.loads(done.stdout)
