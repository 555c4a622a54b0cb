"""What brings news of listings to the shop."""

from ticketing.contract import TicketUpdated

EVERYBODY = "public, no-cache"


def tell(world, ticket_id):
    """Bring the event of a listing's last change."""
    told = world.tickets.things[ticket_id] | {"version": 1}
    told = {key: told[key] for key in told.keys() - {"quantity"}}
    world.stock.hear(TicketUpdated.model_validate(told))
