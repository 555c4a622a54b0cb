"""A RabbitMQ node of our own, with a port mapper of its own.

Nothing is shared with the node that the distribution may run, and nothing stays behind.
"""

from __future__ import annotations

import json
from pathlib import Path

from launcher import folder, probes
from launcher.errors import FolderError, MissingError
from launcher.instance import Instance
from launcher.ports import LOOPBACK
from launcher.program import Program, find
from launcher.servers import on_port
from ticketing import accounts

# Debian's rabbitmq-server on PATH insists on its own user; this one does not.
SERVER = "/usr/lib/rabbitmq/bin/rabbitmq-server"
EPMD = "/usr/lib/erlang/bin/epmd"
MISSING = (
    "RabbitMQ is not installed. Install it with: sudo apt-get update && "
    "sudo apt-get install --yes rabbitmq-server - or set AMQP_URI."
)


ERLANG_LOOPBACK = "{127,0,0,1}"
# It hands its folder to a shell unquoted, and then waits for an answer for ever.
UNFIT = frozenset("'\"$`")


def epmd(instance: Instance) -> Program:
    """Erlang's port mapper. A node would start one that outlives it."""
    if not (binary := find("epmd", EPMD)):
        raise MissingError(MISSING)
    port = instance.ports.epmd
    return Program(
        name="epmd",
        title="RabbitMQ's port mapper",
        command=(binary, "-port", str(port), "-address", LOOPBACK),
        directory=instance.part("rabbitmq"),
        environment=instance.inherited(),
        answers=on_port(probes.epmd, port),
        ports=(port,),
        is_announced=False,
    )


def rabbitmq(instance: Instance) -> Program:
    if not (binary := find(SERVER, "rabbitmq-server")):
        raise MissingError(MISSING)
    directory, ports = instance.part("rabbitmq"), instance.ports
    if not UNFIT.isdisjoint(str(directory)):
        raise FolderError(
            f"RabbitMQ cannot keep data in {directory}: it has a ' \" $ or `."
        )
    _write_config(instance, directory)
    environment = _erlang(instance, directory) | _node(instance, directory)
    return Program(
        name="rabbitmq",
        title="RabbitMQ",
        command=(binary,),
        directory=directory,
        environment=instance.inherited() | environment,
        answers=on_port(probes.rabbitmq, ports.rabbitmq),
        ports=(ports.rabbitmq, ports.rabbitmq_nodes),
    )


def _write_config(instance: Instance, directory: Path) -> None:
    (directory / "rabbitmq.conf").write_text(
        f"listeners.tcp.default = {LOOPBACK}:{instance.ports.rabbitmq}\n"
        "log.console = true\n"
        f"log.console.level = warning\n{_accounts(instance, directory)}",
        encoding="utf-8",
    )
    # Whatever this machine's name service may say of localhost, or not know of it.
    (directory / "inetrc").write_text(
        f'{{lookup, [file]}}.\n{{host, {ERLANG_LOOPBACK}, ["localhost"]}}.\n',
        encoding="ascii",
    )
    (directory / "plugins").write_text("[].\n", encoding="ascii")
    (directory / "environment").write_text("", encoding="ascii")


def _accounts(instance: Instance, directory: Path) -> str:
    """The line that makes it load the accounts, which it then does at every start."""
    if instance.open:
        return ""
    definitions = accounts.rabbitmq(instance.secrets(), instance.namespace)
    folder.write_private(directory / "definitions.json", json.dumps(definitions))
    return f"load_definitions = {directory / 'definitions.json'}\n"


def _erlang(instance: Instance, directory: Path) -> dict[str, str]:
    return {
        # Erlang keeps the cookie that lets nodes talk to each other there.
        "HOME": str(directory),
        "ERL_INETRC": str(directory / "inetrc"),
        "ERL_EPMD_PORT": str(instance.ports.epmd),
        "ERL_EPMD_ADDRESS": LOOPBACK,
        "ERL_FLAGS": "-start_epmd false",
        "ERL_CRASH_DUMP_SECONDS": "0",
    }


def _node(instance: Instance, directory: Path) -> dict[str, str]:
    return {
        "RABBITMQ_NODENAME": "ticketing@localhost",
        "RABBITMQ_NODE_IP_ADDRESS": LOOPBACK,
        "RABBITMQ_NODE_PORT": str(instance.ports.rabbitmq),
        "RABBITMQ_DIST_PORT": str(instance.ports.rabbitmq_nodes),
        "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": (
            f"-kernel inet_dist_use_interface {ERLANG_LOOPBACK}"
        ),
        "RABBITMQ_MNESIA_BASE": str(directory / "data"),
        "RABBITMQ_LOG_BASE": str(directory / "log"),
        "RABBITMQ_LOGS": "-",
        "RABBITMQ_PID_FILE": str(directory / "pid"),
        "RABBITMQ_CONFIG_FILE": str(directory / "rabbitmq.conf"),
        "RABBITMQ_CONF_ENV_FILE": str(directory / "environment"),
        "RABBITMQ_ENABLED_PLUGINS_FILE": str(directory / "plugins"),
        "RABBITMQ_GENERATED_CONFIG_DIR": str(directory / "generated"),
        # Otherwise a shell stays in between, which dies without taking the node along.
        "RUNNING_UNDER_SYSTEMD": "true",
    }
