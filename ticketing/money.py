"""Money is a whole number of its currency's smallest unit, such as cents or yen.

The API writes it as a number of the major unit, such as dollars or yen.
"""

from decimal import Context, Decimal, DecimalException, Inexact, InvalidOperation

# ISO 4217 codes in lower case, as Stripe writes them, and their decimals.
DECIMALS = {"usd": 2, "eur": 2, "gbp": 2, "jpy": 0}
CURRENCIES = tuple(DECIMALS)
DEFAULT_CURRENCY = "usd"
# The least that a card can be charged, in smallest units:
# https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts
MINIMUM = {"usd": 50, "eur": 50, "gbp": 30, "jpy": 50}
# Eight digits, in whatever currency: Stripe takes no more.
MAX_MINOR = 99_999_999
# Refuses to round: a number too long to be computed with is no price.
_EXACT = Context(traps=[Inexact, InvalidOperation])


def minor(value: object, currency: str) -> int:
    """Read a JSON number (int, float or Decimal) of major units as smallest units.

    Raises ValueError unless it is above 0, has at most the decimals of the currency and
    is at most MAX_MINOR smallest units. A float is read as the decimal number it was
    written as.
    """
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise ValueError("not a number")  # noqa: TRY004 - pydantic expects ValueError
    try:
        amount = _EXACT.multiply(Decimal(str(value)), Decimal(_scale(currency)))
    except DecimalException:
        raise ValueError("not a number") from None
    if not amount.is_finite() or not 0 < amount <= MAX_MINOR or amount % 1:
        raise ValueError("not a price")
    return int(amount)


def major(amount: int, currency: str) -> int | float:
    """Write smallest units as the JSON number of major units nearest to them.

    It is exact when it is read as the decimal number it is written as.
    """
    whole, rest = divmod(amount, _scale(currency))
    return amount / _scale(currency) if rest else whole


def plain(amount: int, currency: str) -> str:
    """Write smallest units for any reader: ``0.50 USD``."""
    decimals = DECIMALS[currency]
    return f"{Decimal(amount).scaleb(-decimals):.{decimals}f} {currency.upper()}"


def _scale(currency: str) -> int:
    """Return how many smallest units make a major one."""
    return int(10 ** DECIMALS[currency])
