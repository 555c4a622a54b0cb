"""A web process that shows Stripe's Payment Element and has operators.

It is one more process of the system that was started, whose payments ask the stand-in;
Stripe's own addresses are answered by this test's double and by the stand-in.
"""

import subprocess
import time
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
from seats_hall import signed_up

from launcher import ROOT
from launcher.ports import free_port
from launcher.services import CONFIG, NAMEKO, environment

KEY = "pk_test_x"
SCRIPT = Path(__file__).with_name("element_stripe.js")
DEADLINE = 60
NAMES = [f"boss-{uuid4().hex[:8]}@example.com" for _ in range(9)]


@pytest.fixture(scope="session")
def element(instance, tmp_path_factory):
    """The address of that process."""
    if instance is None:
        pytest.skip("this needs the settings of the system: leave TICKETING_URL out")
    address = f"127.0.0.1:{free_port()}"
    settings = environment(instance) | {
        "WEB_SERVER_ADDRESS": address,
        "STRIPE_PUBLISHABLE_KEY": KEY,
        "OPERATORS": ",".join(NAMES),
    }
    del settings["STRIPE_API_BASE"]
    log = tmp_path_factory.mktemp("element") / "log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [NAMEKO, "run", "--config", CONFIG, "web.service"],
            cwd=ROOT,
            env=settings,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )
    try:
        _wait(process, f"http://{address}/readyz", log)
        yield f"http://{address}"
    finally:
        process.kill()
        process.wait()


def _wait(process, url, log):
    deadline = time.monotonic() + DEADLINE
    while process.poll() is None and time.monotonic() < deadline:
        with suppress(httpx.TransportError):
            if httpx.get(url, timeout=5).status_code == 200:
                return
        time.sleep(0.1)
    pytest.fail(log.read_text(encoding="utf-8")[-3000:])


class Till:
    """What Stripe is asked by one browser; ``confirmed`` counts confirmations."""

    def __init__(self, instance, element):
        self._shop, self.element = instance.url, element
        self._stripe = instance.environment()["STRIPE_API_BASE"]
        self.script, self.confirmed = True, 0

    def serve(self, context):
        context.route("https://js.stripe.com/**", self._answer_script)
        context.route("https://api.stripe.com/**", self._answer_api)
        context.route(f"{self.element}/api/**", self._answer_shop)

    def _answer_script(self, route):
        if not self.script:
            route.abort()
        elif route.request.url.endswith(".js"):
            route.fulfill(path=SCRIPT, content_type="text/javascript")
        else:
            route.fulfill(body="a frame", content_type="text/html")

    def _answer_api(self, route):
        self.confirmed += route.request.url.endswith("/confirm")
        self._pass_on(route, "https://api.stripe.com", self._stripe)

    def _answer_shop(self, route):
        """As an ingress would, of which both are one site."""
        self._pass_on(route, self.element, self._shop, origin=self._shop)

    def _pass_on(self, route, here, there, **headers):
        request = route.request
        url = there + request.url.removeprefix(here)
        response = route.fetch(url=url, headers=request.headers | headers)
        route.fulfill(response=response)


@pytest.fixture
def till(instance, element):
    return Till(instance, element)


@pytest.fixture
def payer(person, till):
    """Makes people whose browsers know Stripe."""

    def make(*args, **options):
        made = signed_up(person(*args, **options))
        till.serve(made.page.context)
        return made

    return make


@pytest.fixture
def boss(person, element):
    """Makes operators, each with one of the names."""

    def make(*args, **options):
        made = person(*args, **options)
        made.email = NAMES.pop()
        return signed_up(made)

    return make
