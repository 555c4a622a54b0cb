"""From the objects of Stripe's library to ours: https://docs.stripe.com/api"""

from typing import Any

import stripe

from payments.intents import Decline, Intent, IntentStatus, Returned, Sum

NO_REASON = "Your card was declined."


def intent_of(told: Any) -> Intent:
    """Read a PaymentIntent; what was refunded is known if its charge is expanded."""
    fields = told.to_dict() if hasattr(told, "to_dict") else dict(told)
    charge = fields.get("latest_charge")
    redirect = (fields.get("next_action") or {}).get("redirect_to_url") or {}
    return Intent(
        id=fields["id"],
        sum=Sum(
            str((fields.get("metadata") or {}).get("order_id", "")),
            fields["amount"],
            fields["currency"],
        ),
        status=IntentStatus(fields["status"]),
        secret=fields.get("client_secret") or "",
        decline=_decline(fields.get("last_payment_error")),
        redirect_url=redirect.get("url"),
        refunded=charge["amount_refunded"] if isinstance(charge, dict) else 0,
        created=fields["created"],
    )


def failed_intent(error: stripe.StripeError) -> Intent | None:
    """Return the intent that a refusal is about, if it names one.

    https://docs.stripe.com/api/errors#errors-payment_intent
    """
    details = error.error.to_dict() if error.error else {}
    intent = details.get("payment_intent")
    return intent_of(intent) if isinstance(intent, dict) else None


def returned_of(refund: Any) -> Returned:
    """Read a refund; those that this shop makes say which of ours they are."""
    number = (refund.to_dict().get("metadata") or {}).get("refund", "")
    return Returned(
        number=int(number) if number.isdecimal() else None,
        amount=refund.amount,
        failed=refund.status in {"failed", "canceled"},
    )


def _decline(error: Any) -> Decline | None:
    """Read why the last confirmation failed.

    Each is told from others by its charge or, where the bank was not even asked for
    money, by the card's own payment method, which is new every time.
    """
    if not error:
        return None
    method = error.get("payment_method") or {}
    return Decline(
        ref=str(error.get("charge") or method.get("id") or error.get("code")),
        message=error.get("message") or NO_REASON,
        code=error.get("decline_code") or error.get("code") or "",
    )
