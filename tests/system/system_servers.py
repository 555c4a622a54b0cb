"""The real servers under all tests of the whole."""

import os
from contextlib import contextmanager
from pathlib import Path

from launcher.instance import Instance
from launcher.testing import Launched

# Names the data folder and port of servers that run already, to save their start:
# TICKETING_TEST_SERVERS=/tmp/servers:8421, started with `launcher up --servers-only
# --open`.
RUNNING = "TICKETING_TEST_SERVERS"


@contextmanager
def servers(new_folder):
    """NATS, MongoDB, Redis, RabbitMQ and the stand-in of Stripe, until this ends."""
    if running := os.environ.get(RUNNING):
        data, _, port = running.rpartition(":")
        yield Instance(Path(data), int(port), open=True, given={})
        return
    with Launched(new_folder("servers") / "data", "--servers-only") as launched:
        yield launched.instance
