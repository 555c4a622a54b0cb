"""A session of a document, typed into ``scripts/shell``: its answers must be those.

    from newcomer_session import act; act(n, "session.txt")

Where a document shows no answer, any will do. Times, ids and ``…`` stand for any, and
lines that begin with their time may have been faster than others.
"""

import doctest
import re
from pathlib import Path

PASSED = "The session went as the document says."
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
ID = re.compile(r"\b[0-9a-f]{24}\b")


class Checker(doctest.OutputChecker):
    def check_output(self, want, got, optionflags):
        return not want or super().check_output(
            _plain(want).replace("…", "..."), _plain(got), optionflags
        )


def act(shell, path):
    text = Path(path).read_text(encoding="utf-8")
    session = doctest.DocTestParser().get_doctest(text, {"n": shell}, path, path, 0)
    runner = doctest.DocTestRunner(
        Checker(), verbose=False, optionflags=doctest.ELLIPSIS
    )
    if not runner.run(session).failed:
        print(PASSED)  # to the program that typed it


def _plain(text):
    lines = [
        line.rstrip() for line in ID.sub("ID", TIME.sub("TIME", text)).splitlines()
    ]
    timed = all(line.startswith("TIME ") for line in lines)
    return "".join(f"{line}\n" for line in (sorted(lines) if timed else lines))
