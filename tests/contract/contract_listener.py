"""A small service that hears of tickets, and what a test wants to know of it."""

from ticketing import hub
from ticketing.contract import TicketCreated, TicketUpdated
from ticketing.dead_letters import DeadLetters
from ticketing.events import Publisher, event_handler
from ticketing.ids import new_id
from ticketing.messages import Event, body_of

ANN = new_id()


def ticket(number=1):
    payload = TicketCreated(
        id=f"{number:024x}", version=0, title="Row 3", price=1.5, user_id=ANN
    )
    return Event.of(payload)


def service(handle, heard):
    """A service that notes what it hears and then does what the test says."""

    class ListenerService:
        name = "listener"
        graveyard = DeadLetters()

        @event_handler(TicketCreated)
        def on_ticket_created(self, delivery):
            heard.append(delivery)
            handle(delivery)

        @event_handler(TicketUpdated)
        def on_ticket_updated(self, delivery):
            heard.append(delivery)

    return ListenerService


class Listener:
    """The service as it runs; ``bus`` looks at its streams from outside."""

    def __init__(self, run, bus, handle, changes):
        self.heard, self.bus = [], bus
        self.container = run(service(handle, self.heard), **changes)
        (self.graveyard,) = self.container.dependencies
        self.connection = self.graveyard.nats.connection
        self.connection.wait_connected()

    def publish(self, *numbers):
        groups = [[ticket(number)] for number in numbers]
        assert all(Publisher(self.connection, "tests").publish_groups(groups))

    def publish_raw(self, body, **headers):
        """Past our own publisher, as anybody on the bus could."""
        subject = self.connection.subject("ticket.created")
        hub.wait_for(self.bus.publish(subject, body, headers=headers or None), 5)

    def publish_past_it(self, number):
        """While its own connection is closed."""
        self.publish_raw(body_of(ticket(number)))

    @property
    def numbers(self):
        return [int(delivery.payload.id, 16) for delivery in self.heard]

    @property
    def attempts(self):
        return [delivery.attempt for delivery in self.heard]

    def letters(self):
        return self.graveyard.box.all()

    def is_settled(self, times=1):
        """Whether so much was heard and the server waits for nothing."""
        return len(self.heard) >= times and self.waiting() == 0

    def waiting(self):
        """How many messages the server has not been told the end of."""
        return self._info().num_pending + self.delivered()

    def delivered(self):
        """How many of these it has sent to somebody."""
        return self._info().num_ack_pending

    def _info(self):
        stream, durable = self.connection.stream, "listener-ticket-created"
        return hub.wait_for(self.bus.consumer_info(stream, durable), 5)
