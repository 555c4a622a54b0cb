"""The processes of an instance, by what they run, and the CPU they use."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")
SERVICES = "services"
_KNOWN = {
    "nameko": SERVICES,
    "secantus": "mongodb",
    "mongod": "mongodb",
    "nats-server": "nats",
    "redis": "redis",
    "beam": "rabbitmq",
    "epmd": "rabbitmq",
    "erl_child_setup": "rabbitmq",
    "inet_gethost": "rabbitmq",
    "stripe_stand_in": "stripe stand-in",
    "-m launcher": "launcher",
}


@dataclass(frozen=True)
class Process:
    """``born`` tells it from a later one of the same number; ``cpu`` is in seconds."""

    pid: int
    parent: int
    born: int
    label: str
    cpu: float


def below(root: int) -> list[Process]:
    """Return a process and all its descendants."""
    found = {process.pid: process for process in _all()}
    return [each for each in found.values() if _is_below(each.pid, root, found)]


def services(root: int) -> list[int]:
    """Return the ids of the processes that serve, the oldest first."""
    ours = sorted(below(root), key=lambda process: process.born)
    return [process.pid for process in ours if process.label == SERVICES]


class CpuMeter:
    """What the processes below one have used since the first look, by label.

    A process that has died meanwhile counts with what it had at the last look.
    """

    def __init__(self, root: int) -> None:
        self._root = root
        self._first: dict[tuple[int, int], float] = {}
        self._last: dict[tuple[int, int], Process] = {}
        for process in below(root):
            self._first[process.pid, process.born] = process.cpu
        self.look()

    def look(self) -> dict[str, float]:
        """Return the seconds of CPU until now."""
        for process in below(self._root):
            self._last[process.pid, process.born] = process
        total: dict[str, float] = {}
        for name, process in self._last.items():
            used = process.cpu - self._first.get(name, 0.0)
            total[process.label] = total.get(process.label, 0.0) + used
        return total


def _all() -> Iterator[Process]:
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            text = stat.read_text()
            command = (stat.parent / "cmdline").read_bytes()
        except OSError:
            continue  # it has just ended
        fields = text[text.rindex(")") + 2 :].split()
        used = (int(fields[11]) + int(fields[12])) / _TICKS
        told = label(command.decode(errors="replace").replace("\0", " "))
        pid, parent, born = int(stat.parent.name), int(fields[1]), int(fields[19])
        yield Process(pid, parent, born, told, used)


def _is_below(pid: int, root: int, found: dict[int, Process]) -> bool:
    while pid in found and pid != root:
        pid = found[pid].parent
    return pid == root


def label(command: str) -> str:
    """Return what a command line runs, in a word."""
    return next((name for part, name in _KNOWN.items() if part in command), "other")
