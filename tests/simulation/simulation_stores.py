"""The databases: the shipped fakes on the other side of a line, with their outboxes."""

from collections import defaultdict

from simulation_nature import owner

from expiration.fakes import MemoryDeadlines
from orders.fakes import MemoryOrders
from orders.passes.fakes import MemoryAdmissions
from payments.fakes import MemoryFindings, MemoryInbox, MemoryPayments
from ticketing.aggregates import entry_of, event_of
from ticketing.errors import UnavailableError
from ticketing.fakes import MemoryReplicas
from tickets.fakes import MemoryShares, MemoryTickets


class Line:
    """The way to a server and back: it takes time, and things get lost on it."""

    def __init__(self, world, fault):
        self._world, self._fault = world, fault

    def ask(self):
        self._pass("The question was lost")

    def answer(self):
        self._pass("The answer was lost")

    def _pass(self, loss):
        self._world.pause()
        if self._world.chance(self._fault):
            raise UnavailableError(loss)


def wired(fake, reads=(), writes=()):
    """The fake, with these of its methods on the other side of its ``line``."""

    def over(name, *, writes):
        def method(self, *args, **kwargs):
            self.line.ask()
            found = getattr(fake, name)(self, *args, **kwargs)
            if writes:
                self.line.answer()
            return found

        return method

    methods = {name: over(name, writes=False) for name in reads}
    methods |= {name: over(name, writes=True) for name in writes}
    return type(f"Wired{fake.__name__}", (fake,), methods)


Copies = wired(MemoryReplicas, ["find"], ["_insert", "_update"])
Deadlines = wired(
    MemoryDeadlines,
    ["pending"],
    ["set", "move", "finish", "remove", "claim", "begin_rebuild", "end_rebuild"],
)
Shares = wired(MemoryShares, ["of"], ["keep"])
Inbox = wired(MemoryInbox, ["waiting"], ["keep", "settle"])
Findings = wired(MemoryFindings, ["all"], ["keep", "drop"])
Admissions = wired(MemoryAdmissions)


class Kept:
    """Aggregates with their outboxes; what is written is shown to the world."""

    def join(self, world, name):
        self.world, self.name = world, name
        self.line = Line(world, "lost_by_database")
        self.outboxes = defaultdict(list)
        for part, kind in self.PARTS.items():
            made = kind()
            made.line = self.line
            setattr(self, part, made)
        return self

    def _store(self, change):
        before = self._states.get(change.state.id)
        state = super()._store(change)
        self.world.saw(self.name, before, change)
        waiting = self.outboxes[state.id]
        if change.event:
            waiting.append(entry_of(change.event))
        handed = [event_of(entry) for entry in waiting]
        self.line.answer()
        if handed:
            owner().relays[self.name].submit(state.id, handed)
        return state

    def all(self):
        return list(self._states.values())


def kept(fake, reads=(), **parts):
    wired_fake = wired(fake, ["add", "find", "get", "select", *reads])
    return type(f"Kept{fake.__name__}", (Kept, wired_fake), {"PARTS": parts})


Tickets = kept(MemoryTickets, shares=Shares)
Payments = kept(
    MemoryPayments,
    ["of_orders", "_between", "claim_round", "last_round", "end_round"],
    orders=Copies,
    inbox=Inbox,
    findings=Findings,
)


class Orders(kept(MemoryOrders, ["wound_up", "winding_up"], tickets=Copies)):
    """Its memory of who holds what is each process's own."""

    @property
    def occupancies(self):
        return owner().occupancies

    @occupancies.setter
    def occupancies(self, _):
        """There is none before there is a process."""


class _Found(list):
    def limit(self, most):
        return self[:most]


class OutboxCollection:
    """As much of a collection of MongoDB's as the relay needs."""

    def __init__(self, store):
        self._outboxes, self._line = store.outboxes, store.line

    def find(self, condition, _fields):
        if not any(self._outboxes.values()):
            return _Found()
        self._line.ask()
        after, before = condition["outbox.time"].values()
        return _Found(
            {"_id": document_id, "outbox": list(entries)}
            for document_id, entries in self._outboxes.items()
            if any(after < entry["time"] < before for entry in entries)
        )

    def bulk_write(self, updates, *, ordered):
        self._line.ask()
        for update in updates:
            gone = update._doc["$pull"]["outbox"]["id"]["$in"]
            entries = self._outboxes[update._filter["_id"]]
            entries[:] = [entry for entry in entries if entry["id"] not in gone]
        self._line.answer()
