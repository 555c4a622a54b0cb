"""A collector of traces: it takes OTLP over HTTP and keeps what it was told."""

import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)

PATH = "/v1/traces"


@dataclass(frozen=True)
class Told:
    """One span; ``parent`` and ``links`` are ids of others."""

    service: str
    name: str
    trace: str
    id: str
    parent: str
    links: tuple[str, ...]
    kind: int
    began: int
    ended: int
    facts: dict
    is_error: bool


class Collector:
    """``spans`` is what it was told, ``raw`` each body as it came."""

    def __init__(self):
        self.spans, self.raw, self.headers = [], [], []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever)

    @property
    def url(self):
        return f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def of(self, trace):
        return [span for span in self.spans if span.trace == trace]

    def take(self, body):
        request = ExportTraceServiceRequest.FromString(body)
        self.raw.append(body)
        for of in request.resource_spans:
            service = _facts(of.resource.attributes)["service.name"]
            for scope in of.scope_spans:
                self.spans += [_told(service, span) for span in scope.spans]

    def _handler(self):
        collector = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                collector.headers.append(dict(self.headers))
                is_known = self.path == PATH
                if is_known:
                    collector.take(body)
                answer = ExportTraceServiceResponse().SerializeToString()
                self.send_response(200 if is_known else 404)
                self.send_header("Content-Type", "application/x-protobuf")
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_): ...

        return Handler


def _told(service, span):
    return Told(
        service,
        span.name,
        span.trace_id.hex(),
        span.span_id.hex(),
        span.parent_span_id.hex(),
        tuple(link.span_id.hex() for link in span.links),
        span.kind,
        span.start_time_unix_nano,
        span.end_time_unix_nano,
        _facts(span.attributes),
        span.status.code == 2,
    )


def _facts(attributes):
    return {
        each.key: getattr(each.value, each.value.WhichOneof("value"))
        for each in attributes
    }
