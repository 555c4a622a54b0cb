"""Letters over the real bus: few at once, and none lost with a mail server away."""

from contract_listener import ticket
from contract_tools import eventually
from eventlet.event import Event as Flag

from ticketing.contract import TicketCreated
from ticketing.dead_letters import DeadLetters
from ticketing.errors import HopelessError, UnavailableError
from ticketing.events import Publisher
from web import letters


def service(handle):
    class WritingService:
        name = "writing"
        graveyard = DeadLetters()

        @letters.letter_handler(TicketCreated)
        def on_ticket_created(self, delivery):
            handle(delivery)

    return WritingService


def start(run, handle):
    """Start a service that writes letters, and return it with a way to tell it news."""
    container = run(service(handle))
    (graveyard,) = container.dependencies
    connection = graveyard.nats.connection
    connection.wait_connected()

    def publish(*numbers):
        groups = [[ticket(number)] for number in numbers]
        assert all(Publisher(connection, "tests").publish_groups(groups))

    return graveyard, publish


def test_only_a_few_letters_are_written_at_once(run):
    """The others wait on the bus, where their time does not run out."""
    begun, most, go_on = [], [], Flag()

    def write(delivery):
        begun.append(delivery.payload.id)
        most.append(len(begun) - len(ended))
        go_on.wait()
        ended.append(delivery.payload.id)

    ended = []
    _, publish = start(run, write)
    publish(*range(1, letters.HANDS + 6))
    eventually(lambda: len(begun) == letters.HANDS)
    go_on.send()
    eventually(lambda: len(ended) == letters.HANDS + 5)
    assert max(most) == letters.HANDS
    assert len(set(ended)) == letters.HANDS + 5


def test_a_letter_waits_for_the_mail_server_to_come_back(run):
    attempts = []

    def write(delivery):
        attempts.append(delivery.attempt)
        if len(attempts) < 4:
            raise UnavailableError("The mail server did not take the mail")

    graveyard, publish = start(run, write)
    publish(1)
    eventually(lambda: attempts == [1, 2, 3, 4])
    assert not graveyard.box.all()


def test_a_letter_that_is_refused_is_kept_for_somebody_to_look_at(run):
    def refuse(_delivery):
        raise HopelessError("The mail server refuses: 550 No such user")

    graveyard, publish = start(run, refuse)
    publish(1)
    (dead,) = eventually(graveyard.box.all)
    assert dead.attempts == 1
    assert "550 No such user" in dead.reason
