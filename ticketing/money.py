"""Money is a whole number of cents; the API writes it as a number of dollars."""

from decimal import Context, Decimal, DecimalException, Inexact, InvalidOperation

MAX_CENTS = 99_999_999
# Refuses to round: a number too long to be computed with is no price.
_EXACT = Context(traps=[Inexact, InvalidOperation])


def cents(value: object) -> int:
    """Read a JSON number of dollars (int, float or Decimal) as cents.

    Raises ValueError unless it is above 0, has at most two decimals and is at most
    999999.99. A float is read as the decimal number it was written as.
    """
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise ValueError("not a number")  # noqa: TRY004 - pydantic expects ValueError
    try:
        amount = _EXACT.multiply(Decimal(str(value)), Decimal(100))
    except DecimalException:
        raise ValueError("not a number") from None
    if not amount.is_finite() or not 0 < amount <= MAX_CENTS or amount % 1:
        raise ValueError("not a price")
    return int(amount)


def dollars(amount: int) -> int | float:
    """Write cents as the JSON number of dollars nearest to them (exact to the cent)."""
    return amount // 100 if amount % 100 == 0 else amount / 100
