"""A system under test: its processes, and what its operators can see of it."""

import secrets
import signal
import subprocess
import time
from collections import Counter
from contextlib import contextmanager, suppress

import httpx
import pymongo
import redis
import stripe
from nameko.standalone.rpc import ClusterRpcProxy
from system_gate import Gate
from system_ingress import PLAIN, PREFIXES, Ingress

from launcher import ROOT
from launcher.ports import free_port
from launcher.services import CONFIG, NAMEKO, environment
from ticketing.errors import TicketingError, UnavailableError
from ticketing.rpc import register_errors

DEADLINE = 30.0
# Errors arrive by RPC as what they are, as they do in the services.
register_errors(TicketingError)
PAUSE = 0.02


def eventually(condition, within=DEADLINE):
    """Asks again and again; returns what comes true, fails when nothing does.

    Who is away for a moment, as they are on a busy machine, has not said no.
    """
    deadline = time.monotonic() + within
    while True:
        with suppress(UnavailableError):
            if found := condition():
                return found
        assert time.monotonic() < deadline, f"not within {within} s: {condition}"
        time.sleep(PAUSE)


_handed_out = set()


def new_port():
    """A free port that no process of these tests has had."""
    while (port := free_port()) in _handed_out:
        pass
    _handed_out.add(port)
    return port


class Process:
    """`nameko run` with some of the services."""

    def __init__(self, services, settings, folder):
        self.services = services
        self.settings = settings
        self.address = settings["WEB_SERVER_ADDRESS"]
        self.port = int(self.address.rpartition(":")[2])
        self._log = folder / f"{'-'.join(services)}.log"
        self._popen = None

    def start(self):
        modules = [f"{service}.service" for service in self.services]
        with self._log.open("ab") as log:
            self._popen = subprocess.Popen(
                [NAMEKO, "run", "--config", CONFIG, *modules],
                cwd=ROOT,
                env=self.settings,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        return self

    def log(self):
        return self._log.read_text(encoding="utf-8")

    def probe(self, path="/readyz"):
        """The answer, None while nobody listens."""
        assert self._popen.poll() is None, f"it has ended:\n{self.log()[-3000:]}"
        with suppress(httpx.TransportError):
            return httpx.get(f"http://{self.address}{path}", verify=PLAIN, timeout=10)
        return None

    def wait_until_ready(self):
        def is_ready():
            response = self.probe()
            return response is not None and response.status_code == 200

        eventually(is_ready)
        return self

    def kill(self):
        """As a power cut would: nothing is said good-bye to."""
        self._popen.kill()
        self._popen.wait()

    def stop(self):
        """As an operator would; returns the exit code."""
        self._popen.terminate()
        return self._popen.wait(DEADLINE)

    @contextmanager
    def paused(self):
        """Stands still for a while, without knowing it."""
        self._popen.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self._popen.send_signal(signal.SIGCONT)

    def end(self):
        if self._popen is not None:
            self.kill()


class System:
    """Databases, subjects, keys and queues of its own, on shared servers."""

    def __init__(self, instance, groups, folder, *, port=None, gates=(), **settings):
        self._born = int(time.time())
        self.namespace = instance.namespace or f"t{secrets.token_hex(4)}"
        self.direct = instance.environment()
        self.gates = {name: Gate(self.direct[name]) for name in gates}
        self.settings = environment(instance) | {"NAMESPACE": self.namespace}
        self.settings |= {"RATE_LIMITS": "off"}
        self.settings |= {name: gate.url for name, gate in self.gates.items()}
        self.settings |= settings
        self.processes = {}
        for group in groups:
            address = f"127.0.0.1:{port or new_port()}"
            own = self.settings | {"WEB_SERVER_ADDRESS": address}
            if not instance.open:
                own = environment(instance, group[0]) | {"WEB_SERVER_ADDRESS": address}
            process = Process(group, own, folder)
            self.processes |= dict.fromkeys(group, process)
        self._mongo = pymongo.MongoClient(self.direct["MONGODB_URI"], tz_aware=True)
        self.redis = redis.Redis.from_url(
            self.direct["REDIS_URL"], decode_responses=True
        )
        self.stripe = stripe.StripeClient(
            self.direct["STRIPE_SECRET_KEY"],
            base_addresses={"api": self.direct["STRIPE_API_BASE"]},
        )

    def up(self):
        for gate in self.gates.values():
            gate.open()
        for process in set(self.processes.values()):
            process.start()
        for process in set(self.processes.values()):
            process.wait_until_ready()
        return self

    def end(self):
        for process in set(self.processes.values()):
            process.end()
        for gate in self.gates.values():
            gate.end()
        self._mongo.close()
        self.redis.close()

    def process_for(self, path):
        named = (name for start, name in PREFIXES.items() if path.startswith(start))
        return self.processes[next(named, next(iter(self.processes)))]

    @property
    def url(self):
        return f"http://{next(iter(self.processes.values())).address}"

    def client(self, orders=None, **options):
        """A client of all processes; ``orders`` is another one that serves orders."""
        return httpx.Client(
            base_url=self.url, transport=Ingress(self, orders), timeout=15, **options
        )

    @contextmanager
    def another(self, service, folder):
        """One more process of a service: it shares the servers and nothing else."""
        settings = {"WEB_SERVER_ADDRESS": f"127.0.0.1:{new_port()}"}
        process = Process((service,), self.settings | settings, folder)
        process.start().wait_until_ready()
        try:
            yield process
        finally:
            process.end()

    def database(self, service):
        return self._mongo[f"{self.namespace}_{service}"]

    @contextmanager
    def rpc(self):
        """What `n.rpc` is in the shell."""
        config = {
            "AMQP_URI": self.direct["AMQP_URI"],
            "rpc_exchange": f"{self.namespace}nameko-rpc",
        }
        with ClusterRpcProxy(config, timeout=10) as proxy:
            yield proxy

    def intents(self, order_id):
        """The PaymentIntents that Stripe has for an order of the last minutes."""
        latest = self.stripe.v1.payment_intents.list({"limit": 100}).data
        return [intent for intent in latest if _order_of(intent) == order_id]

    def kept(self, order_id):
        """The cents that Stripe took for an order of the last minutes, and kept."""
        return _kept(self.stripe.v1.charges.list({"limit": 100}).data)[order_id]

    def money(self):
        """The cents that Stripe took and kept, by order."""
        since = {"limit": 100, "created": {"gte": self._born}}
        return _kept(self.stripe.v1.charges.list(since).auto_paging_iter())


def _kept(charges):
    kept = Counter()
    for charge in charges:
        if charge.paid:
            kept[_order_of(charge)] += charge.amount - charge.amount_refunded
    return kept


def _order_of(thing):
    return thing.to_dict().get("metadata", {}).get("order_id")
