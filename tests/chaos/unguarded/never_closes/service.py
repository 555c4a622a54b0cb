"""Payments that lets intents live on when their orders end."""

from payments import commands
from payments.service import PaymentsService

__all__ = ["PaymentsService"]

commands.close = lambda till, order_id: None
