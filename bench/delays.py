"""How long events took from the bus until they were handled, as services count it."""

from collections import Counter
from collections.abc import Iterable
from urllib.request import urlopen

from prometheus_client.parser import text_string_to_metric_families

EVENTS = "ticketing_event_seconds"
# Letters take their time, so that nobody waits for them.
LETTERS = "web"


def delays(addresses: Iterable[str]) -> dict[float, int]:
    """Return how many events were handled within so many seconds; letters left out."""
    within = Counter[float]()
    for address in addresses:
        with urlopen(f"http://{address}/metrics", timeout=10) as answer:
            text = answer.read().decode()
        for family in text_string_to_metric_families(text):
            for sample in family.samples if family.name == EVENTS else ():
                is_count = sample.name.endswith("_bucket")
                if is_count and sample.labels["service"] != LETTERS:
                    within[float(sample.labels["le"])] += int(sample.value)
    return dict(sorted(within.items()))


def told(within: dict[float, int]) -> str:
    """Return in words which share was handled how soon."""
    every = within[float("inf")]
    shares = (
        f"{count / every:.1%} within {1000 * limit:.0f} ms"
        for limit, count in within.items()
        if limit <= 1
    )
    return f"{every} events handled: {', '.join(shares)}"
