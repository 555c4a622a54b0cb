"""One seed from its first listing to its rest, and what was violated meanwhile."""

import eventlet
from eventlet.greenthread import GreenThread
from simulation_nature import in_world
from simulation_people import Buyer, Seller
from simulation_process import SERVICES
from simulation_time import virtual_hub
from simulation_world import World

from ticketing.clock import iso
from ticketing.errors import TicketingError

# How long people come and things go wrong, in seconds.
TROUBLE = 60.0
NIGHT = 25 * 3600.0
# By then all that has died is there again.
RESTARTED = 20.0
# Once all is healed, it is looked at this often and at most so many times.
LOOK, LOOKS = 15.0, 40


def run(seed, *, telling=False):
    """The world after it has come to rest."""
    hub = virtual_hub()
    world = World(seed, telling=telling)
    with in_world(world):
        live(world)
        heal(world)
        rest(world)
        world.witness.check()
        for process in world.processes:
            process.kill()
    hub.begin()
    return world


def live(world):
    random = world.random
    for name in SERVICES:
        for _ in range(random.randint(1, 2)):
            world.start(name)
    faults, world.faults = world.faults, type(world.faults)()
    sellers = [Seller(world) for _ in range(random.randint(1, 2))]
    tickets = [seller.list() for seller in sellers]
    world.faults = faults
    world.tell("faults", faults)
    people = [eventlet.spawn(seller.run) for seller in sellers]
    buyers = [Buyer(world) for _ in range(random.randint(2, 4))]
    people += [eventlet.spawn(buyer.run, tickets) for buyer in buyers]
    troubles = [eventlet.spawn(trouble, world)]
    eventlet.sleep(TROUBLE)
    for each in people + troubles:
        GreenThread.kill(each)


def trouble(world):
    """What happens now and then: clocks are set, deadlines wiped, banks decide."""
    while True:
        eventlet.sleep(world.random.uniform(3, 12))
        world.stripe.decide()
        if world.chance("wipe"):
            world.tell("deadlines are wiped")
            world.deadlines.lose()
        if world.faults.jump and world.processes:
            process = world.random.choice(world.processes)
            process.skew = world.random.uniform(-1, 1) * world.faults.jump


def heal(world):
    """Everything is there again, with its clock set; some only the next day."""
    night = world.chance("night")
    world.faults.heal()
    world.tell("healed")
    if night:
        sleep_through(world)
    for name in SERVICES:
        if not world.running(name):
            world.start(name)
    for process in world.processes:
        process.skew = process.frozen_until = 0.0


def sleep_through(world):
    eventlet.sleep(RESTARTED)
    for process in list(world.processes):
        process.kill()
        world.processes.remove(process)
    eventlet.sleep(NIGHT)
    world.stripe.forget_keys()


def rest(world):
    world.pace = 3.0
    eventlet.sleep(world.hold + world.grace)
    for _ in range(LOOKS):
        world.stripe.decide()
        if is_at_rest(world) and reconciled(world) and is_at_rest(world):
            return
        eventlet.sleep(LOOK)
    world.witness.accuse("no rest", "after all that time")


def reconciled(world):
    """Payments have compared their books with Stripe's, and nothing was to mend."""
    try:
        report = world.rpc("payments", "reconcile", iso(world.time(-2 * NIGHT)))
    except TicketingError:
        return False
    return not report["repaired"]


def is_at_rest(world):
    outboxes = (store.outboxes.values() for store in world.stores.values())
    return (
        not world.bus.unsettled
        and not any(entries for each in outboxes for entries in each)
        and not any(world.witness.unended())
    )
