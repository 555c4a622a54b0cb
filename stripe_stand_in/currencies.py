"""Which amounts may be charged: https://docs.stripe.com/currencies"""

from __future__ import annotations

from stripe_stand_in.errors import StripeError

# The documented minimum of a charge, in minor units.
MINIMUM = {
    "aed": 200, "aud": 50, "brl": 50, "cad": 50, "chf": 50, "czk": 1500, "dkk": 250,
    "eur": 50, "gbp": 30, "hkd": 400, "huf": 17500, "inr": 50, "jpy": 50, "mxn": 1000,
    "myr": 200, "nok": 300, "nzd": 50, "pln": 200, "ron": 200, "sek": 300, "sgd": 50,
    "thb": 1000, "usd": 50,
}  # fmt: skip
ZERO_DECIMAL = frozenset({"jpy"})
MAXIMUM = 99_999_999
_SIGNS = {"usd": "$", "eur": "€", "gbp": "£", "jpy": "¥"}


def formatted(amount: int, currency: str) -> str:
    sign = _SIGNS.get(currency, "")
    if currency in ZERO_DECIMAL:
        return f"{sign}{amount:,}"
    return f"{sign}{amount // 100:,}.{amount % 100:02}"


def check(amount: int, currency: str) -> None:
    """Refuses less than the minimum and more than eight digits.

    https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts
    """
    if amount < MINIMUM[currency]:
        least = formatted(MINIMUM[currency], currency)
        raise StripeError(
            f"Amount must be at least {least} {currency}",
            code="amount_too_small",
            param="amount",
        )
    if amount > MAXIMUM:
        most = formatted(MAXIMUM, currency)
        raise StripeError(
            f"Amount must be no more than {most}",
            code="amount_too_large",
            param="amount",
        )
