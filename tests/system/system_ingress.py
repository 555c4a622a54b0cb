"""What stands before the processes of a system, as an ingress does in a cluster."""

import ssl
from contextlib import suppress
from itertools import count

import httpx

# For httpx, which would read the machine's certificates for every client.
PLAIN = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
# Which path goes where; everything else goes to the first process.
PREFIXES = {
    "/api/users": "auth",
    "/api/tickets": "tickets",
    "/api/orders": "orders",
    "/api/passes": "orders",
    "/api/payments": "payments",
    "/api/openapi.json": "web",
    "/api/asyncapi.json": "web",
    "/live": "web",
}


class Ingress(httpx.BaseTransport):
    """One origin for several processes, by the path's beginning."""

    def __init__(self, system, orders=None):
        self._system, self._orders = system, orders
        self._transport = httpx.HTTPTransport(verify=PLAIN)

    def handle_request(self, request):
        request.url = request.url.copy_with(
            port=self._process_for(request.url.path).port
        )
        return self._transport.handle_request(request)

    def close(self):
        self._transport.close()

    def _process_for(self, path):
        process = self._system.process_for(path)
        of_orders = process is self._system.processes.get("orders")
        return self._orders if self._orders and of_orders else process


class AnyOf(httpx.BaseTransport):
    """One origin for processes that are all alike; who does not listen is passed over.

    One that has taken a request is not asked for it again by another.
    """

    def __init__(self, processes):
        self._processes = processes
        self._turns = count()
        self._transport = httpx.HTTPTransport(
            verify=PLAIN, limits=httpx.Limits(max_keepalive_connections=0)
        )

    def handle_request(self, request):
        first = next(self._turns)
        for place in range(len(self._processes)):
            process = self._processes[(first + place) % len(self._processes)]
            request.url = request.url.copy_with(port=process.port)
            with suppress(httpx.ConnectError):
                return self._transport.handle_request(request)
        raise httpx.ConnectError("nobody listens", request=request)

    def close(self):
        self._transport.close()
