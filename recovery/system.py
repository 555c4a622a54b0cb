"""Where the data of a system are, by the settings that its services have, too."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from nameko.cli.main import setup_yaml_parser

from ticketing.config import namespaced

CONFIG = Path(__file__).parents[1] / "config.yaml"
# The services with a database. What is in Redis and RabbitMQ is made anew.
DATABASES = ("auth", "tickets", "orders", "payments")
STREAMS = ("TICKETING", "TICKETING_DEAD")


@dataclass(frozen=True)
class System:
    mongodb: str
    nats: str
    redis: str
    config: dict[str, Any]

    @classmethod
    def of_environment(cls) -> "System":
        setup_yaml_parser()
        config = yaml.safe_load(CONFIG.read_text(encoding="utf-8"))
        return cls(
            config["MONGODB_URI"], config["NATS_URL"], config["REDIS_URL"], config
        )

    def database(self, service: str) -> str:
        return namespaced(self.config, service)

    @property
    def events(self) -> str:
        """The stream that events are in."""
        return self.stream(STREAMS[0])

    def stream(self, name: str) -> str:
        return namespaced(self.config, name)

    def subject(self, full: str) -> str:
        """``ticket.created``, without the namespace before it."""
        return full.removeprefix(namespaced(self.config, "", "."))
