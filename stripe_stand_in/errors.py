"""What the API refuses, in the shape of https://docs.stripe.com/api/errors.

StripeError                400  invalid_request_error
├── ParameterError         400  a request that is not understood; nothing was tried
├── AuthenticationError    401
├── CardError              402  card_error
├── NotFoundError          404  resource_missing
├── IdempotencyError       400 or 409  idempotency_error
├── PayloadTooLargeError   413
├── LockTimeoutError       429
└── ApiError               500  api_error
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from stripe_stand_in.entities import Intent, PaymentMethod

_DOCS = "https://docs.stripe.com/error-codes#"


class StripeError(Exception):
    """A refusal: the HTTP status and every field of Stripe's error object."""

    status = 400
    type = "invalid_request_error"

    def __init__(  # noqa: PLR0913 - these are the documented fields of the object
        self,
        message: str,
        *,
        code: str | None = None,
        param: str | None = None,
        decline_code: str | None = None,
        charge: str | None = None,
        intent: Intent | None = None,
        method: PaymentMethod | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.param = param
        self.decline_code = decline_code
        self.charge = charge
        self.intent = intent
        self.method = method

    def fields(self) -> dict[str, object]:
        """The error object without its embedded objects; absent means null."""
        fields = {
            "charge": self.charge,
            "code": self.code,
            "decline_code": self.decline_code,
            "doc_url": _DOCS + self.code.replace("_", "-") if self.code else None,
            "message": self.message,
            "param": self.param,
            "type": self.type,
        }
        return {name: value for name, value in fields.items() if value is not None}


class ParameterError(StripeError):
    pass


class AuthenticationError(StripeError):
    status = 401


class CardError(StripeError):
    status = 402
    type = "card_error"


class NotFoundError(StripeError):
    status = 404


class IdempotencyError(StripeError):
    """https://docs.stripe.com/api/idempotent_requests"""

    type = "idempotency_error"

    def __init__(self, message: str, *, code: str | None = None) -> None:
        super().__init__(message, code=code)
        self.status = 409 if code == "idempotency_key_in_use" else 400


class PayloadTooLargeError(StripeError):
    status = 413


class LockTimeoutError(StripeError):
    """https://docs.stripe.com/rate-limits#object-lock-timeouts"""

    status = 429

    def __init__(self) -> None:
        super().__init__(
            "This object cannot be accessed right now because another API request or "
            "Stripe process is currently accessing it. If you see this error "
            "intermittently, retry the request.",
            code="lock_timeout",
        )


class ApiError(StripeError):
    status = 500
    type = "api_error"

    def __init__(self) -> None:
        super().__init__("An unknown error occurred in the Stripe stand-in.")
