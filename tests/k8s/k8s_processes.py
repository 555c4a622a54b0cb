"""Processes of the image: when they are ready, and for which signals."""

import re
import time
from contextlib import suppress
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen


def wait_until(condition, process, seconds=60):
    deadline = time.monotonic() + seconds
    while not condition():
        assert process.poll() is None, process.stderr and process.stderr.read()
        assert time.monotonic() < deadline, "not in time"
        time.sleep(0.1)


def wait_until_ready(url, process):
    def is_ready():
        away = suppress(URLError, ConnectionError, TimeoutError)
        with away, urlopen(f"{url}/readyz", timeout=10):
            return True
        return False

    wait_until(is_ready, process)


def hears(process, number):
    """Whether it has a handler for a signal, by the kernel's own account."""
    status = Path(f"/proc/{process.pid}/status").read_text(encoding="ascii")
    caught = int(re.search(r"^SigCgt:\s*(\w+)$", status, re.MULTILINE)[1], 16)
    return caught >> (number - 1) & 1
