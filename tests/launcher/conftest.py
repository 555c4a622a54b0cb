"""Instances of the launcher: one that is shared, and others of a test's own."""

from __future__ import annotations

import os

import pytest
from launched_processes import NO_RABBITMQ

from launcher.testing import Launched


@pytest.fixture(scope="session")
def launched(tmp_path_factory):
    """All servers of one instance; the tests that share it must leave it running."""
    data = tmp_path_factory.mktemp("shared") / "data"
    with Launched(data, "--servers-only") as launched:
        yield launched


@pytest.fixture
def launch(tmp_path):
    """Starts instances without RabbitMQ; whatever is left of them is ended."""
    started: list[Launched] = []

    def launch(name="data", *options, **others):
        one = Launched(
            tmp_path / name,
            "--servers-only",
            *options,
            environment=NO_RABBITMQ,
            **others,
        )
        started.append(one)
        one.start()
        return one

    yield launch
    for one in started:
        one.kill()


@pytest.fixture
def environ(monkeypatch):
    """An environment that names no servers."""
    for name in (
        "NATS_URL",
        "MONGODB_URI",
        "REDIS_URL",
        "AMQP_URI",
        "STRIPE_SECRET_KEY",
    ):
        monkeypatch.delenv(name, raising=False)
    return os.environ
