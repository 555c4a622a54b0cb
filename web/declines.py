"""What to do after a decline, by the bank's reason.

https://docs.stripe.com/declines/codes and https://docs.stripe.com/error-codes say what
each means and what a customer should be told; of a card that was reported as stolen or
is suspected of fraud no more than of any other.
"""

from web.translations import mark

_OTHER = mark("Try another card, or ask your bank why.")
_CALL = mark(
    "Your bank does not say why: call the number on your card, or try another one."
)
_ADVICE = {
    "insufficient_funds": mark(
        "Use another card, or pay when there is money on this one."
    ),
    "expired_card": mark("Use a card that is still valid."),
    "incorrect_number": mark("Check the number and type it again."),
    "invalid_number": mark("Check the number and type it again."),
    "incorrect_cvc": mark(
        "Check the three or four digits on the back and type them again."
    ),
    "invalid_cvc": mark(
        "Check the three or four digits on the back and type them again."
    ),
    "invalid_expiry_month": mark("Check until when the card is valid."),
    "invalid_expiry_year": mark("Check until when the card is valid."),
    "incorrect_zip": mark("Check the postal code of your bill and type it again."),
    "processing_error": mark("Nothing is wrong with your card: try it again."),
    "issuer_not_available": mark("Your bank could not be reached: try it again."),
    "reenter_transaction": mark("Nothing is wrong with your card: try it again."),
    "try_again_later": mark("Your bank asks you to try it again in a while."),
    "card_velocity_exceeded": mark("Use another card: this one has reached its limit."),
    "withdrawal_count_limit_exceeded": mark(
        "Use another card: this one has reached its limit."
    ),
    "card_not_supported": mark("Use another card: this one cannot pay for this."),
    "currency_not_supported": mark(
        "Use another card: this one cannot pay in this currency."
    ),
    "call_issuer": _CALL,
    "do_not_honor": _CALL,
    "generic_decline": _CALL,
    "authentication_required": mark(
        "Try it again and confirm the payment with your bank."
    ),
    "payment_intent_authentication_failure": mark(
        "The payment was not confirmed with your bank: try it again, or use another "
        "card."
    ),
}


def advice(code: str) -> str:
    """Return a sentence about what to do next."""
    return _ADVICE.get(code, _OTHER)
