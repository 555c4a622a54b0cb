"""The six services, for tests that hold something against all of them."""

from auth.service import AuthService
from expiration.service import ExpirationService
from orders.service import OrdersService
from payments.service import PaymentsService
from tickets.service import TicketsService
from web.service import WebService

SERVICES = (
    AuthService,
    TicketsService,
    OrdersService,
    PaymentsService,
    ExpirationService,
    WebService,
)
