"""The processes of an instance, by what they run, and the CPU they use."""

import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from rehearsal.looks import SERVICES

_TICKS, _PAGE = os.sysconf("SC_CLK_TCK"), os.sysconf("SC_PAGE_SIZE")
_PROC = Path("/proc")
LAUNCHER = "launcher"
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
    "-m launcher": LAUNCHER,
}
# All processes of the machine are looked through at every tenth look only.
_SEARCH_EVERY = 10


@dataclass(frozen=True)
class Process:
    """``born`` tells it from a later one of the same number; ``cpu`` is in seconds."""

    pid: int
    parent: int
    born: int
    cpu: float

    @classmethod
    def read(cls, pid: int) -> "Process":
        """Raises OSError when it has ended."""
        text = (_PROC / str(pid) / "stat").read_text()
        fields = text[text.rindex(")") + 2 :].split()
        used = (int(fields[11]) + int(fields[12])) / _TICKS
        return cls(pid, int(fields[1]), int(fields[19]), used)


def below(root: int) -> list[Process]:
    """Return a process and all its descendants."""
    found = {process.pid: process for process in _all()}
    return [each for each in found.values() if _is_below(each.pid, root, found)]


def services(root: int) -> list[int]:
    """Return the ids of the processes below one that serve, the oldest first."""
    ours = sorted(below(root), key=lambda process: process.born)
    return [process.pid for process in ours if label_of(process.pid) == SERVICES]


def memory(pid: int) -> float:
    """Return what a process keeps in memory now, in MB. Raises OSError."""
    pages = int((_PROC / str(pid) / "statm").read_text().split()[1])
    return pages * _PAGE / 1e6


class CpuMeter:
    """What the processes below one have used since it was made, by label.

    A process that has died meanwhile counts with what it had at the last look.
    """

    def __init__(self, root: int) -> None:
        self._root = root
        self._looks = 0
        self._labels: dict[tuple[int, int], str] = {}
        self._latest: dict[tuple[int, int], Process] = {}
        self._search()
        self._first = {name: process.cpu for name, process in self._latest.items()}

    def look(self) -> dict[str, float]:
        """Return the seconds of CPU until now."""
        self._looks += 1
        if self._looks % _SEARCH_EVERY == 0:
            self._search()
        for pid, born in self._latest:
            with suppress(OSError):
                self._note(Process.read(pid), born)
        total: dict[str, float] = {}
        for name, process in self._latest.items():
            used = process.cpu - self._first.get(name, 0.0)
            total[self._labels[name]] = total.get(self._labels[name], 0.0) + used
        return total

    def _search(self) -> None:
        for process in below(self._root):
            self._note(process, process.born)

    def _note(self, process: Process, born: int) -> None:
        name = process.pid, born
        if process.born != born:
            return
        self._latest[name] = process
        # Until it becomes another program, a child looks like its parent.
        if self._labels.get(name, LAUNCHER) == LAUNCHER:
            self._labels[name] = label_of(process.pid)


def label_of(pid: int) -> str:
    """Return what a process runs, in a word."""
    with suppress(OSError):
        command = (_PROC / str(pid) / "cmdline").read_bytes().decode(errors="replace")
        return label(command.replace("\0", " "))
    return "other"


def label(command: str) -> str:
    """Return what a command line runs, in a word."""
    return next((name for part, name in _KNOWN.items() if part in command), "other")


def _all() -> Iterator[Process]:
    for folder in _PROC.glob("[0-9]*"):
        with suppress(OSError):
            yield Process.read(int(folder.name))


def _is_below(pid: int, root: int, found: dict[int, Process]) -> bool:
    while pid in found and pid != root:
        pid = found[pid].parent
    return pid == root
