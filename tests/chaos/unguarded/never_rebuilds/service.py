"""Expiration that believes its deadlines to be all there are."""

from expiration import commands
from expiration.service import ExpirationService

__all__ = ["ExpirationService"]

commands.rebuild = lambda deadlines, unpaid: 0
