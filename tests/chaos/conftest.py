"""Faults on real processes and real servers; `scripts/chaos --help` says how to run it.

Each row of the suite is one file, ``test_row_NN_*.py``: the invariant held and, with
its guard taken out, broken.
"""

import sys
from pathlib import Path

import pytest

sys.path += [str(Path(__file__).parents[1] / name) for name in ("system", "simulation")]

from chaos_disk import Disk, NoDiskError
from chaos_row import Row
from chaos_servers import OwnServer, own_instance
from system_servers import servers


def pytest_addoption(parser):
    group = parser.getgroup("chaos")
    group.addoption("--full", action="store_true", help="rows at their full size")
    group.addoption("--seed", type=int, help="instead of each row's own")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    if call.when == "call":
        item.has_failed = report.failed
    return report


@pytest.fixture(scope="session")
def instance(tmp_path_factory):
    """The servers, which all rows share."""
    with servers(tmp_path_factory.mktemp) as instance:
        yield instance


@pytest.fixture
def nats(tmp_path):
    """A server of this test's own, to be killed."""
    instance = own_instance(tmp_path / "data")
    nats = OwnServer(instance, "NATS_URL", tmp_path).start().wait_until_ready()
    yield nats
    nats.end()


@pytest.fixture(scope="module")
def disk(tmp_path_factory):
    """Forgets what was not synced; skips where none can be mounted."""
    disk = Disk(tmp_path_factory.mktemp("disk"))
    try:
        yield disk.on()
    except NoDiskError as error:
        pytest.skip(f"no file system can be mounted here: {error}")
    finally:
        disk.off()


@pytest.fixture
def row(request, tmp_path_factory):
    row = Row(
        request.module,
        full=request.config.getoption("full", default=False),
        seed=request.config.getoption("seed", default=None),
        is_control="control" in request.node.name,
        new_folder=lambda: tmp_path_factory.mktemp("shop"),
        servers=lambda: request.getfixturevalue("instance"),
    )
    yield row
    row.end()
    if getattr(request.node, "has_failed", False):
        row.figures["kept in"] = row.keep()
    capture = request.config.pluginmanager.getplugin("capturemanager")
    with capture.global_and_fixture_disabled():
        sys.stdout.write(row.table() + "\n")
