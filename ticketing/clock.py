"""Time comes in as an argument, so that a test can say what time it is."""

from collections.abc import Callable
from datetime import UTC, datetime

Now = Callable[[], datetime]


def utc_now() -> datetime:
    """Return the time in UTC, cut to milliseconds as MongoDB stores it."""
    now = datetime.now(UTC)
    return now.replace(microsecond=now.microsecond // 1000 * 1000)


def iso(moment: datetime) -> str:
    """Format as ISO 8601 UTC with milliseconds: ``2026-01-31T12:00:00.000Z``."""
    text = moment.astimezone(UTC).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")


def from_iso(text: str) -> datetime:
    """Parse what ``iso`` wrote. Raises ValueError."""
    return datetime.fromisoformat(text).astimezone(UTC)
