"""What the tests talk to: a process, the API without a socket, a receiver of events."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlencode

import httpx
import stripe

from stripe_stand_in.api import Api
from stripe_stand_in.control import Control
from stripe_stand_in.faults import Fate
from stripe_stand_in.front import Front
from stripe_stand_in.router import Request
from stripe_stand_in.settlement import settle_due
from stripe_stand_in.store import Store

ROOT = Path(__file__).parents[2]
KEY = "sk_test_ticketing"
SECRET = "whsec_ticketing"
DEADLINE = 15


class StandIn:
    """One process of the stand-in."""

    def __init__(self, data, *arguments):
        command = [sys.executable, "-m", "stripe_stand_in", "--port", "0"]
        command += ["--data", str(data), *arguments]
        self.process = subprocess.Popen(
            command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        line = self.process.stdout.readline()
        assert "http://" in line, self.process.stderr.read()
        self.url = line.split()[-1]
        self.port = int(self.url.rpartition(":")[2])

    def client(self, key=KEY):
        return stripe.StripeClient(
            key, base_addresses={"api": self.url}, max_network_retries=0
        )

    def raw(self, **headers):
        headers = {"Authorization": f"Bearer {KEY}"} | headers
        return httpx.Client(base_url=self.url, headers=headers, timeout=DEADLINE)

    def add(self, hook, *types):
        """Makes the hook an endpoint that wants these types of events, or all."""
        params = {"url": hook.url, "enabled_events": list(types) or ["*"]}
        made = self.client().v1.webhook_endpoints.create(params)
        hook.secret = made.secret
        return made

    def kill(self):
        self.process.kill()
        self.process.communicate(timeout=DEADLINE)


class Hook:
    """Receives webhooks; answers with `statuses` in turn, then with 200.

    secret: the one that what arrives has to be signed with. open: cleared, it takes
    requests and does not answer.
    """

    def __init__(self):
        self.secret = SECRET
        self.open = threading.Event()
        self.open.set()
        self.statuses = []
        self.received = []
        self._changed = threading.Condition()
        hook = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                hook.open.wait(DEADLINE)
                status = hook._record(body, self.headers["Stripe-Signature"])
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *args):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook"
        serve = self.server.serve_forever
        threading.Thread(target=serve, args=(0.01,), daemon=True).start()

    def _record(self, body, signature):
        with self._changed:
            status = self.statuses.pop(0) if self.statuses else 200
            event = stripe.Webhook.construct_event(body, signature, self.secret)
            self.received.append((event, status, body, signature))
            self._changed.notify_all()
            return status

    def wait_for(self, condition):
        with self._changed:
            met = self._changed.wait_for(lambda: condition(self.received), DEADLINE)
        assert met, [(event.type, status) for event, status, *_ in self.received]

    def accepted(self):
        return [event.type for event, status, *_ in self.received if status == 200]


class Clock:
    def __init__(self, now=1_800_000_000):
        self.now = now

    def __call__(self):
        return self.now


class InProcess:
    """The API without a socket, on a clock that the test turns."""

    def __init__(self, data):
        self.clock = Clock()
        self.fate = Fate()
        self.store = Store(data / "stripe.sqlite3", self.clock, self.fate.lag)
        self.api = Api(self.store, processing=self.fate.processing)
        self.control = Control(self.store, self.api, self.fate)
        self.front = Front(self.api, self.control, self.fate)

    def hook(self, url):
        """The id of an endpoint that wants every event."""
        made = self.post("/v1/webhook_endpoints", f"url={url}&enabled_events[]=*")
        return json.loads(made.body)["id"]

    def post(self, path, body, **headers):
        headers = {"authorization": f"Bearer {KEY}"} | headers
        request = Request("req_1", "POST", path, b"", headers, body.encode())
        return self.api.answer(request)

    def get(self, path):
        headers = {"authorization": f"Bearer {KEY}"}
        answer = self.api.answer(Request("req_1", "GET", path, b"", headers, b""))
        return json.loads(answer.body)

    def pay(self, method, **more):
        """Creates and confirms; the mandate is there for whom it concerns."""
        params = {
            "amount": 1500,
            "currency": "usd",
            "confirm": "true",
            "payment_method": method,
            "return_url": "http://shop.example/back",
            "mandate_data[customer_acceptance][type]": "offline",
        }
        answer = self.post("/v1/payment_intents", urlencode(params | more))
        return json.loads(answer.body)

    def confirm(self, intent_id, params):
        path = f"/v1/payment_intents/{intent_id}/confirm"
        return json.loads(self.post(path, urlencode(params)).body)

    def settle(self, intent_id, outcome):
        path = f"/stand-in/payment_intents/{intent_id}/settle"
        body = f"outcome={outcome}".encode()
        return self.control.answer(Request("req_1", "POST", path, b"", {}, body))

    def pass_time(self, seconds):
        """Lets happen what is due by then."""
        self.clock.now += seconds
        while settle_due(self.store):
            pass

    def events(self):
        """The types of all events, oldest first."""
        listed = self.get("/v1/events")
        return [event["type"] for event in reversed(listed["data"])]
