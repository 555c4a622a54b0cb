"""What people send to sign up and in."""

import unicodedata
from typing import Annotated, ClassVar

from pydantic import AfterValidator, Field, StringConstraints

from ticketing.fields import CleanText, Email, Input

MIN_PASSWORD = 8
MAX_PASSWORD = 128
MAX_USERS = 1000
_LENGTH = f"Password must be between {MIN_PASSWORD} and {MAX_PASSWORD} characters"
_MISSING = "You must supply a password"


def one_form(password: str) -> str:
    """Write what looks the same in the same way, whatever device it is typed on.

    See NIST SP 800-63B, 3.1.1.2.
    """
    return unicodedata.normalize("NFKC", password)


def _is_long_enough(password: str) -> str:
    if len(password) < MIN_PASSWORD:
        raise ValueError("too short")
    return password


NewPassword = Annotated[
    CleanText,
    StringConstraints(max_length=MAX_PASSWORD),
    AfterValidator(one_form),
    AfterValidator(_is_long_enough),
]
KnownPassword = Annotated[
    CleanText, StringConstraints(min_length=1, max_length=MAX_PASSWORD)
]


class SignUpInput(Input):
    MESSAGES: ClassVar = {"email": "Email must be valid", "password": _LENGTH}

    email: Email
    password: NewPassword


class SignInInput(Input):
    MESSAGES: ClassVar = {
        "email": "Email must be valid",
        "password": _MISSING,
    }

    email: Email
    password: KnownPassword


class PasswordInput(Input):
    MESSAGES: ClassVar = {"current": _MISSING, "password": _LENGTH}

    current: KnownPassword
    password: NewPassword


class UsersInput(Input):
    MESSAGES: ClassVar = {"ids": f"Ids must be a list of at most {MAX_USERS} ids"}

    ids: Annotated[list[str], Field(max_length=MAX_USERS)]
