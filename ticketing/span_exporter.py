"""Sends spans to a collector by OTLP over HTTP, in the background.

OpenTelemetry's own thread is a green one here, and so are its sockets: nobody waits for
the collector. While that is away the newest spans are kept, so many and no more.
"""

import logging
from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import (
    BatchSpanProcessor,
    SpanExporter,
    SpanExportResult,
)

log = logging.getLogger(__name__)

TIMEOUT = 5.0
EVERY_MS = 1000
# Making bytes of them holds up everybody else: of so few it takes some milliseconds.
AT_ONCE = 100
KEPT = 4000


class TellingExporter(SpanExporter):
    """Says once that the collector is away, and once that it is back."""

    def __init__(self, inner: SpanExporter, endpoint: str) -> None:
        self._inner = inner
        self._where = urlsplit(endpoint).netloc.rpartition("@")[2]
        self._is_away = False

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        result = self._inner.export(spans)
        is_away = result is not SpanExportResult.SUCCESS
        if is_away is not self._is_away:
            self._is_away = is_away
            if is_away:
                log.warning(
                    "The collector at %s takes no traces; they are lost until it does",
                    self._where,
                    extra={"action": "collector_away"},
                )
            else:
                log.info("The collector is back", extra={"action": "collector_back"})
        return result

    def shutdown(self) -> None:
        self._inner.shutdown()

    def force_flush(self, timeout_millis: int = 30000) -> bool:
        return self._inner.force_flush(timeout_millis)


def exporter_to(endpoint: str, headers: Mapping[str, str]) -> BatchSpanProcessor:
    """Return what takes finished spans to a collector."""
    # Its own words come with each try, and are said better once.
    logging.getLogger("opentelemetry").setLevel(logging.CRITICAL)
    otlp = OTLPSpanExporter(f"{endpoint}/v1/traces", headers=headers, timeout=TIMEOUT)
    return BatchSpanProcessor(
        TellingExporter(otlp, endpoint),
        max_queue_size=KEPT,
        schedule_delay_millis=EVERY_MS,
        max_export_batch_size=AT_ONCE,
    )
