"""A customer's consent to debits, as the confirmation of a payment states it.

https://docs.stripe.com/api/payment_intents/confirm#confirm_payment_intent-mandate_data
"""

from __future__ import annotations

from typing import Any

from stripe_stand_in.parameters import Table, boolean, integer, one_of, text

_ONLINE = Table(
    {"infer_from_client": boolean, "ip_address": text(), "user_agent": text()}
)


def _offline(value: Any, name: str) -> dict[str, Any]:
    """A hash without fields, which a form can only write as an empty value."""
    return Table({})({} if value == "" else value, name)


MANDATE = Table(
    {
        "customer_acceptance": Table(
            {
                "accepted_at": integer(0),
                "offline": _offline,
                "online": _ONLINE,
                "type": one_of("online", "offline"),
            },
            required=("type",),
        )
    },
    required=("customer_acceptance",),
)
