"""Requests to Stripe go the way that the environment names, and no further."""

from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from payments.stripe_calls import one_session

ADDRESS = "http://stripe.invalid/v1/payment_intents"


class Proxy(BaseHTTPRequestHandler):
    """Answers every request itself: go and ask somewhere else."""

    def do_GET(self):
        self.server.asked.append((self.path, self.headers.get("Authorization")))
        self.send_response(302)
        self.send_header("Location", "http://elsewhere.invalid/")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


@pytest.fixture
def proxy(monkeypatch):
    with HTTPServer(("127.0.0.1", 0), Proxy) as server:
        server.asked = []
        monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{server.server_port}")
        monkeypatch.setenv("no_proxy", "127.0.0.1")
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_a_proxy_is_asked_once_and_nobody_is_followed_elsewhere(proxy):
    answer = one_session().request("get", ADDRESS, headers={"Authorization": "key"})
    assert answer.status_code == 302
    assert proxy.asked == [(ADDRESS, "key")]


def test_a_host_that_needs_no_proxy_is_asked_without(proxy):
    with pytest.raises(OSError, match="port=1"):
        one_session().request("get", "http://127.0.0.1:1/v1")
    assert proxy.asked == []
