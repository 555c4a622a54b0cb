"""What all pages use: the other services, the templates and the session cookie."""

from ticketing import service
from ticketing.rpc import ServiceRpc
from ticketing.sessions import SessionCookie
from web.rendering import Pages, Renderer


class Web(service.Service):
    """Base of the pages; has no ``name``, so it is no service itself."""

    auth = ServiceRpc("auth")
    tickets = ServiceRpc("tickets")
    orders = ServiceRpc("orders", patient=("refund_order", "list_ticket_passes"))
    payments = ServiceRpc(
        "payments", patient=("pay", "look", "refund", "reconcile", "ledger")
    )
    expiration = ServiceRpc("expiration")
    # Whichever process of this service answers.
    own = ServiceRpc("web")
    pages: Renderer = Pages()
    cookie: SessionCookie = SessionCookie()
