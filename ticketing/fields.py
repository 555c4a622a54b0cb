"""Types of fields that more than one service takes from outside."""

from datetime import MAXYEAR, MINYEAR, datetime
from decimal import Decimal
from typing import Annotated

import email_validator
from email_validator import EmailNotValidError, validate_email
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    ValidationInfo,
)
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticCustomError

from ticketing.clock import from_iso, iso
from ticketing.money import CURRENCIES, DECIMALS, MAX_MINOR, major, minor

MAX_EMAIL = 254
WRONG = "wrong"
# Whether mail can get there is not judged here, and demos live on names like .test.
email_validator.SPECIAL_USE_DOMAIN_NAMES.clear()


class Input(BaseModel):
    """A body from outside: exact types, unknown fields ignored, camelCase names."""

    model_config = ConfigDict(
        alias_generator=to_camel, populate_by_name=True, frozen=True, strict=True
    )


def wrong(message: str) -> PydanticCustomError:
    """An error for a validator to raise whose words are told as they are."""
    return PydanticCustomError(WRONG, "{message}", {"message": message})


def without_quantity(seats: list[str] | None, info: ValidationInfo) -> list[str] | None:
    """For a field that stands instead of ``quantity``, which comes before it."""
    if seats is not None and info.data.get("quantity") is not None:
        raise wrong("Send a quantity or seats, not both")
    return seats


def _email(value: str) -> str:
    """Return the address in lower case. Raises ValueError."""
    if len(value) > MAX_EMAIL:
        raise ValueError("too long")
    try:
        address = validate_email(
            value.strip(), check_deliverability=False, globally_deliverable=False
        )
    except EmailNotValidError as error:
        raise ValueError(str(error)) from None
    if "." not in address.domain:
        raise ValueError("the domain is not complete")
    return address.normalized.lower()


def price_words(currency: str) -> str:
    """Say what a price in a currency must be."""
    most = major(MAX_MINOR, currency)
    if DECIMALS[currency]:
        return f"Price must be above 0 and at most {most}, with at most two decimals"
    return f"Price in {currency.upper()} must be a whole number from 1 to {most}"


def _currency(value: str) -> str:
    """Return a code in lower case. Raises ValueError."""
    if value.lower() not in CURRENCIES:
        raise ValueError("not a currency")
    return value.lower()


def _price(value: object, info: ValidationInfo) -> object:
    """Refuse what is no price in the ``currency`` before it or, without one, in any."""
    if currency := info.data.get("currency"):
        if not _is_price(value, currency):
            raise wrong(price_words(currency))
    elif not any(_is_price(value, each) for each in CURRENCIES):
        raise ValueError("not a price")
    return value


def _is_price(value: object, currency: str) -> bool:
    try:
        return minor(value, currency) > 0
    except ValueError:
        return False


def _clean(value: str) -> str:
    """Refuse NUL, which databases and terminals disagree about, and half characters."""
    if "\0" in value:
        raise ValueError("contains a NUL")
    value.encode()  # raises a ValueError on a lone surrogate
    return value


def _moment(value: object) -> datetime:
    """Read ISO 8601 with its offset from UTC, to the millisecond. Raises ValueError.

    A day from the ends of the calendar some time zone has no name for it any more.
    """
    try:
        if isinstance(value, str) and datetime.fromisoformat(value).tzinfo:
            moment = from_iso(iso(from_iso(value)))
            if MINYEAR < moment.year < MAXYEAR:
                return moment
    except OverflowError:
        raise ValueError("beyond the calendar") from None
    raise ValueError("not a moment")


Email = Annotated[str, AfterValidator(_email)]
# Put after constraints that change the text, such as one that strips it.
Clean = AfterValidator(_clean)
CleanText = Annotated[str, Clean]
Currency = Annotated[str, AfterValidator(_currency)]
# A JSON number of major units, as it was sent; ``minor`` reads it.
Price = Annotated[int | float | Decimal, BeforeValidator(_price)]
# A time in ISO 8601 with its offset, in UTC.
Moment = Annotated[datetime, BeforeValidator(_moment)]
