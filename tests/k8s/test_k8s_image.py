"""The image's steps done in a plain folder, and its program started from there.

As in a container the files cannot be written, and there are no rights beyond one's own.
"""

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from k8s_dockerfile import Built, entrypoint, healthcheck
from k8s_processes import hears, wait_until, wait_until_ready
from k8s_render import ROOT

from launcher.testing import Launched

SERVICES = ("auth", "tickets", "orders", "expiration", "payments", "web")


NOWHERE = {"JWT_KEYS": "first=" + "x" * 40, "WEB_SERVER_ADDRESS": "nowhere"}
SECURE = {"SESSION_COOKIE_SECURE": "true"}


@pytest.fixture(scope="module")
def built(launched):  # which takes its time meanwhile
    folder = tempfile.mkdtemp(prefix="ticketing-image-")
    image = Built(folder)
    try:
        image.install()
        image.copy()
        image.protect()
        yield image
    except subprocess.CalledProcessError as error:
        if "ConnectionError" in error.stderr or "NewConnection" in error.stderr:
            pytest.skip("the package index cannot be reached from here")
        pytest.fail(error.stderr)
    finally:
        image.unprotect()
        shutil.rmtree(folder)


@pytest.fixture(scope="module")
def launched(tmp_path_factory):
    launched = Launched(tmp_path_factory.mktemp("image") / "data", "--servers-only")
    launched.start()
    yield launched
    launched.stop()


@pytest.fixture(scope="module")
def servers(launched):
    """The real servers, as scripts/up starts them."""
    launched.wait_until_ready()
    return launched.instance


def unprivileged(command):
    """Root may write to read-only files; root without capabilities may not."""
    if os.geteuid() or not shutil.which("setpriv"):
        return command
    return ["setpriv", "--bounding-set=-all", "--inh-caps=-all", *command]


def start(image, *arguments, around=(), output=subprocess.PIPE, **given):
    command = [*entrypoint(image.stage), *arguments]
    return subprocess.Popen(
        [*around, *unprivileged(command)],
        cwd=image.app,
        env=image.environment(**given),
        stderr=output,
        stdout=output,
        text=True,
    )


def ended(process, seconds=20):
    """``(exit code, what it said)``."""
    try:
        said, complained = process.communicate(timeout=seconds)
    finally:
        process.kill()
    return process.returncode, f"{said or ''}{complained or ''}"


def test_help(built):
    """The program says how it is used, from read-only files, and ends well."""
    code, said = ended(start(built, "--help"))
    assert code == 0, said
    assert "usage: python -m ticketing.serve" in said


def one_sentence(said):
    """Without the one line of log that nameko begins with."""
    lines = [line for line in said.splitlines() if not line.startswith("{")]
    assert len(lines) == 1, said
    assert lines[0].endswith((".", ")."))
    return lines[0]


@pytest.mark.parametrize(
    ("arguments", "given", "reason"),
    [
        (["nobody"], {}, "There is no service nobody here."),
        (["orders.service"], {}, "There is no service orders.service here."),
        (["launcher"], {}, "There is no service launcher here."),
        (["ticketing"], {}, "Service class must define a `name`"),
        (["auth"], {}, "JWT_KEYS is missing"),
        (["auth"], {"JWT_KEYS": "first=short"}, "JWT_KEYS is not valid"),
        (["auth"], NOWHERE, "WEB_SERVER_ADDRESS is not valid"),
        (["auth"], SECURE, "NATS_URL will not do in production"),
    ],
)
def test_a_bad_start_says_why_and_fails(arguments, given, reason, built):
    """One sentence and exit code 1: an orchestrator sees that it failed."""
    given = {"JWT_KEYS": "", "SESSION_COOKIE_SECURE": "false"} | given
    code, said = ended(start(built, *arguments, **given))
    assert (code, reason in one_sentence(said)) == (1, True), said


def test_nothing_to_start_is_a_mistake(built):
    """Without a service's name it explains itself and fails."""
    code, said = ended(start(built))
    assert code == 2
    assert "usage:" in said


def test_nameko_alone_would_not_fail(built):
    """The control: why there is a program of our own to start with."""
    command = ["nameko", "run", "--config", "config.yaml", "nobody"]
    done = subprocess.run(
        command, capture_output=True, cwd=ROOT, env=built.environment(), check=False
    )
    assert done.returncode == 0


def recovery(image, servers, *arguments):
    """What the CronJobs run, with the files of the image."""
    return subprocess.run(
        unprivileged(["python", "-m", "recovery", *arguments]),
        capture_output=True,
        check=False,
        cwd=image.app,
        env=image.environment(**servers.environment()),
        text=True,
        timeout=60,
    )


def test_a_purchase_a_backup_and_an_orderly_end(built, servers, tmp_path):
    """All services from the image: ready, healthy, sold, saved, 0 after SIGTERM."""
    target = tmp_path / "backups"
    before = built.files()
    process = start(built, *SERVICES, **servers.environment())
    try:
        wait_until_ready(servers.url, process)
        bought = subprocess.run(
            [sys.executable, ROOT / "k8s/overlays/test/purchase.py", servers.url],
            capture_output=True,
            check=False,
            text=True,
        )
        assert bought.returncode == 0, bought.stderr
        probe = healthcheck(built.stage)
        probe[-1] = re.sub(r":\d+/", f":{servers.port}/", probe[-1])
        subprocess.run(probe, check=True, env=built.environment())
        saved = recovery(built, servers, "backup", str(target), "--keep=30")
        assert saved.returncode == 0, saved.stderr
        assert list(target.glob("*/manifest.json"))
        process.send_signal(signal.SIGTERM)
    finally:
        code, said = ended(process)
    assert code == 0, said
    assert built.files() == before


def test_the_health_check_fails_when_nothing_answers(built):
    """Exit code 1, and not a long wait."""
    done = subprocess.run(
        healthcheck(built.stage),
        capture_output=True,
        check=False,
        env=built.environment(),
    )
    assert done.returncode == 1


def test_sigterm_counts_before_the_start_is_done(built, servers):
    """With a server away a start can last; it is ended at once, and well."""
    away = {"AMQP_URI": "pyamqp://guest:guest@127.0.0.1:1//"}
    process = start(built, "web", **servers.environment() | away)
    wait_until(lambda: hears(process, signal.SIGTERM), process)
    process.send_signal(signal.SIGTERM)
    code, said = ended(process, seconds=5)
    assert code == 0, said


def as_process_1():
    """How to start something as a container's first process, if that is allowed."""
    around = ["unshare", "--pid", "--fork"]
    if os.geteuid():
        around += ["--user", "--map-root-user"]
    tried = subprocess.run([*around, "true"], capture_output=True, check=False)
    return around if tried.returncode == 0 else []


def child_of(process):
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    return int(children.read_text(encoding="ascii"))


def test_as_process_1_it_starts_again_and_ends(built, servers, tmp_path):
    """SIGHUP: in place, with the code that is there by then; SIGTERM: an orderly end.

    The kernel keeps signals from a process 1 that has no handler for them.
    """
    around, log = as_process_1(), tmp_path / "log"

    def starts():
        return log.read_text(encoding="utf-8").count("starting services: web")

    with log.open("wb") as output:
        given = servers.environment()
        process = start(built, "web", around=around, output=output, **given)
    try:
        wait_until_ready(servers.url, process)
        number = child_of(process) if around else process.pid
        os.kill(number, signal.SIGHUP)
        wait_until(lambda: starts() > 1, process)
        wait_until_ready(servers.url, process)
        os.kill(number, signal.SIGTERM)
    finally:
        code, _ = ended(process)
    assert code == 0, log.read_text(encoding="utf-8")
    assert starts() == 2
