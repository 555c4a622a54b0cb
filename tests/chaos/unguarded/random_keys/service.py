"""Payments with a new idempotency key for every call to Stripe, retries included."""

import uuid

from one_by_one.service import PaymentsService
from requests.adapters import HTTPAdapter

__all__ = ["PaymentsService"]

_send = HTTPAdapter.send


def send_as_if_for_the_first_time(self, request, *arguments, **options):
    if "Idempotency-Key" in request.headers:
        request.headers["Idempotency-Key"] = str(uuid.uuid4())
    return _send(self, request, *arguments, **options)


HTTPAdapter.send = send_as_if_for_the_first_time
