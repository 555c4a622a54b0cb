"""Listings that change, and another service's copies of them, on a real database.

Whoever writes may die before it publishes or not hear that it has; what it publishes
comes late, again and in any order; in between the copies are asked for by RPC.
"""

from collections import defaultdict
from datetime import UTC, datetime, timedelta
from functools import partial
from types import SimpleNamespace
from unittest.mock import patch

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from orders import commands
from orders.listing import copy_of_ticket
from ticketing import relay
from ticketing.aggregates import Aggregates
from ticketing.contract import TicketCreated, TicketUpdated
from ticketing.ids import new_id
from ticketing.layout import Layout
from ticketing.messages import body_of, parse
from ticketing.relay import Relay
from ticketing.replicas import Replicas
from tickets import models
from tickets.models import Offer, Share
from tickets.repository import TicketDatabase

SHAPES = {shape.subject: shape for shape in (TicketCreated, TicketUpdated)}
SELLER = new_id()
NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)
LISTINGS = st.integers(0, 1)
ANY = st.integers(0, 9)
SOMETIMES = st.sampled_from([False, False, True])


class Writer:
    """A process that writes listings: its outbox is MongoDB, its relay the real one."""

    def __init__(self, collection, publisher):
        self.relay = Relay(collection, publisher)
        self.dies = False
        self.store = Aggregates(
            collection, self, TicketDatabase.encode, TicketDatabase.decode
        )

    def submit(self, ticket_id, events):
        if not self.dies:
            self.relay.submit(ticket_id, events)
            batch, self.relay._waiting = self.relay._waiting, {}
            self.relay._attempt(partial(self.relay._publish, batch))
            self.relay._attempt(self.relay.empty)


class Copying(RuleBasedStateMachine):
    """``history`` has each state that was ever saved, ``seen`` the copies' versions."""

    def __init__(self, database):
        super().__init__()
        self.database = database
        self.ids = [new_id(), new_id()]
        self.history = defaultdict(list)
        self.stream, self.inbox, self.seen = {}, [], {}
        self.loses = False
        self.writer = Writer(database["tickets"], self)
        self.copies = Replicas(database["copies"])

    def publish_groups(self, groups):
        """The bus: it knows an event again, and its acknowledgement may be lost."""
        for event in (event for group in groups for event in group):
            if event.id not in self.stream:
                self.stream[event.id] = event
                self.inbox.append(event)
        places = list(self.stream)
        numbers = [[places.index(each.id) + 1 for each in group] for group in groups]
        return [[]] * len(groups) if self.loses else numbers

    @rule(number=LISTINGS, price=ANY, dies=SOMETIMES, loses=SOMETIMES, rival=SOMETIMES)
    def write(self, number, price, dies, loses, rival):
        """The seller edits; a rival's write may come between reading and writing."""
        self.writer.dies, self.loses = dies, loses
        offer = Offer("Gala", 1000 + price, Layout.of_quantity(3))
        ticket_id = self.ids[number]
        if ticket_id not in self.history:
            created = models.create(ticket_id, SELLER, offer)
            self._saved(self.writer.store.add(created))
            return
        rivals = [self.ids[number]] * rival

        def decide(ticket):
            if rivals:
                self._sell(rivals.pop())
            return models.edit(ticket, SELLER, offer)

        self._saved(self.writer.store.change(ticket_id, decide))

    @rule(place=ANY, again=SOMETIMES)
    def deliver(self, place, again):
        """Whichever message comes next; it may come again, and later ones before it."""
        if self.inbox:
            event = self.inbox.pop(place % len(self.inbox))
            self._follow(event)
            if again:
                self.inbox.append(event)

    @rule()
    def sweep(self):
        """Some process looks for what was left behind."""
        self.loses = False
        with patch.object(relay, "SWEEP_AGE", timedelta(hours=-1)):
            self.writer.relay.sweep()

    @rule(number=LISTINGS)
    def ask(self, number):
        """Somebody needs a copy before its event has come."""
        if ticket_id := self._known(number):
            owner = self._owner
            commands.listing_of(SimpleNamespace(tickets=self.copies), ticket_id, owner)
            self._check(ticket_id)

    @rule(number=LISTINGS, back=ANY)
    def be_told(self, number, back):
        """By RPC, with what was so a while ago."""
        if ticket_id := self._known(number):
            states = self.history[ticket_id]
            told = states[-1 - back % len(states)].told()
            commands.hear_ticket(SimpleNamespace(tickets=self.copies), told, NOW)
            self._check(ticket_id)

    @rule()
    def restart(self):
        """Nothing is kept in memory."""
        self.writer = Writer(self.database["tickets"], self)
        self.copies = Replicas(self.database["copies"])

    def teardown(self):
        """All that is on its way arrives: the copies are as their source."""
        try:
            self.sweep()
            for event in self.inbox:
                self._follow(event)
            self.all_is_told()
        finally:
            for name in ("tickets", "copies"):
                self.database[name].delete_many({"_id": {"$in": self.ids}})

    def all_is_told(self):
        for ticket_id, states in self.history.items():
            assert self.seen.get(ticket_id) == len(states) - 1, "a copy is behind"
            told = [self.stream.get(f"{ticket_id}:{state.version}") for state in states]
            assert all(told), "a change was not told"
            prices = [event.data["price"] for event in told]
            assert prices == [state.offer.price / 100 for state in states]

    def _check(self, ticket_id):
        """The copy is what was so at its version, which never goes back."""
        copy = self.copies.find(ticket_id)
        version = copy["version"]
        source = copy_of_ticket(self.history[ticket_id][version].told())
        assert copy == {"_id": ticket_id, **source}, "not what was so then"
        assert version >= self.seen.get(ticket_id, 0), "a copy goes back"
        self.seen[ticket_id] = version

    def _known(self, number):
        ticket_id = self.ids[number]
        return ticket_id if ticket_id in self.history else None

    def _sell(self, ticket_id):
        share = {new_id(): Share(0, 1)}
        sold = self.writer.store.change(
            ticket_id, lambda ticket: models.follow(ticket, share, {})
        )
        self._saved(sold)

    def _saved(self, ticket):
        states = self.history[ticket.id]
        assert ticket.version == len(states), "versions go up by one"
        states.append(ticket)

    def _follow(self, event):
        payload = parse(SHAPES[event.subject], body_of(event))
        commands.follow_ticket(SimpleNamespace(tickets=self.copies), [payload], NOW)
        self._check(payload.id)

    def _owner(self, ticket_id):
        return self.writer.store.get(ticket_id).told()
