"""What clients did and what came of it, one JSON line each, as it was known."""

import json
import threading
import time


class History:
    """Kept in a file, for people, and in memory, for the checker."""

    def __init__(self, path):
        self.path = path
        self.entries = []
        self._began = time.monotonic()
        self._lock = threading.Lock()
        self._file = path.open("a", encoding="utf-8")

    def add(self, operation, **facts):
        at = round(time.monotonic() - self._began, 4)
        entry = {"at": at, "operation": operation, **facts}
        with self._lock:
            self.entries.append(entry)
            self._file.write(json.dumps(entry) + "\n")
            self._file.flush()

    def of(self, operation):
        return [entry for entry in self.entries if entry["operation"] == operation]

    def acknowledged(self, operation):
        """The orders for which this was answered with a success."""
        done = (e for e in self.of(operation) if e.get("status") in {200, 201, 204})
        return {entry["order"] for entry in done if entry.get("order")}

    def close(self):
        self._file.close()
