"""Named points around a call to Stripe, at which payments can be made to stand still.

asked      the request has come to the wire and goes no further: Stripe did nothing
done       Stripe has answered, and the answer is held
told       the answer is there; the next write of the payment is held
saved      that write is made, and its acknowledgement is held
published  the acknowledgement is there; the event's publication is held

Each order has a trap of its own, so one kill finds many orders, each at its point.
"""

import re
import threading
from dataclasses import dataclass, field
from socket import MSG_DONTWAIT, MSG_PEEK

from chaos_wire import CutError, DroppedError

POINTS = ("asked", "done", "told", "saved", "published")
KINDS = ("create", "confirm", "cancel", "refund")
COLLECTION = "payments"
_INTENT = re.compile(r"/v1/payment_intents/(\w+)(?:/(\w+))?")
# In which state the trap waits for what, from the arming on.
ARMED, ASKED, DONE, TOLD, SAVED, PUBLISHED = "armed", *POINTS


@dataclass
class Trap:
    """``held`` is the client's end of the connection that stands still."""

    order_id: str
    kind: str
    point: str
    state: str = ARMED
    saving: object = None
    held: object = None
    sprung: threading.Event = field(default_factory=threading.Event)

    @property
    def name(self):
        return f"{self.kind}/{self.point}"

    @property
    def is_tight(self):
        """Whether the process still waits there, and has not given up."""
        if not self.sprung.is_set():
            return False
        try:
            return self.held.recv(1, MSG_PEEK | MSG_DONTWAIT) != b""
        except BlockingIOError:
            return True
        except OSError:
            return False


class Traps:
    """Watches three wires of payments: `stripe`, `mongodb` and `nats`."""

    def __init__(self):
        self.stripe, self.mongodb, self.nats = _Stripe(self), _Mongo(self), _Nats(self)
        self._armed = {}
        self._orders = {}
        self._open = threading.Event()

    def arm(self, order_id, kind, point):
        self._open.clear()
        trap = self._armed[order_id] = Trap(order_id, kind, point)
        return trap

    def spring(self):
        """Let go: whatever was held is lost, as its process is."""
        self._armed = {}
        self._open.set()

    def of(self, order_id):
        return self._armed.get(order_id)

    def all_in(self, *states):
        traps = list(self._armed.values())
        return [t for t in traps if t.state in states and not t.sprung.is_set()]

    def remember(self, answer):
        """Which order an intent is for; only its creation says so to Stripe."""
        intent = answer.get("error", answer).get("payment_intent", answer)
        if not isinstance(intent, dict):
            return
        order_id = (intent.get("metadata") or {}).get("order_id")
        if intent.get("object") == "payment_intent" and order_id:
            self._orders[intent["id"]] = order_id

    def order_of(self, intent_id):
        return self._orders.get(intent_id)

    def reach(self, trap, state, message):
        """The trap comes to a state, and stands still if that is its point."""
        if self.is_reached(trap, state, message):
            self._open.wait()
            raise CutError

    @staticmethod
    def is_reached(trap, state, message):
        trap.state = state
        if trap.point == state:
            trap.held = message.client
            trap.sprung.set()
        return trap.sprung.is_set()


class _Stripe:
    def __init__(self, traps):
        self._traps = traps
        self._calls = {}

    def asked(self, request):
        trap = self._traps.of(self._order_of(request))
        is_it = trap and trap.kind == kind_of(request) and trap.state == ARMED
        self._calls[request.client] = trap if is_it else None
        if is_it:
            self._traps.reach(trap, ASKED, request)

    def answered(self, response):
        self._traps.remember(response.json)
        if trap := self._calls.pop(response.client, None):
            self._traps.reach(trap, DONE, response)

    def _order_of(self, request):
        if named := request.form.get("metadata[order_id]"):
            return named
        found = _INTENT.fullmatch(request.line[1])
        intent_id = found[1] if found else request.form.get("payment_intent")
        return self._traps.order_of(intent_id)


class _Mongo:
    def __init__(self, traps):
        self._traps = traps

    def asked(self, command):
        if not command.writes_to(COLLECTION):
            return
        for trap in self._traps.all_in(DONE):
            if command.mentions(trap.order_id):
                self._traps.reach(trap, TOLD, command)
                trap.saving = command.client

    def answered(self, command):
        for trap in self._traps.all_in(TOLD):
            if trap.saving is command.client:
                self._traps.reach(trap, SAVED, command)


class _Nats:
    """All of payments shares one connection: after the first, nothing more gets out."""

    def __init__(self, traps):
        self._traps = traps
        self._frozen = None

    def asked(self, line):
        if line.subject.partition(".")[2].startswith("payment."):
            for trap in self._traps.all_in(SAVED):
                if line.mentions(trap.order_id):
                    self._traps.is_reached(trap, PUBLISHED, line)
                    self._frozen = line.client
        if self._frozen is line.client:
            raise DroppedError

    def answered(self, message):
        """What NATS says goes on."""


def kind_of(request):
    """Which kind of call it is, None for one that changes no money."""
    method, path = request.line
    if method != "POST":
        return None
    if path == "/v1/refunds":
        return "refund"
    if path == "/v1/payment_intents":
        return "create" if request.form.get("confirm") == "true" else None
    found = _INTENT.fullmatch(path)
    return found[2] if found and found[2] in KINDS else None
