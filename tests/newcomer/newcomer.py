"""Works through the documents as a newcomer would: scripts/newcomer says how."""

import argparse
import os
import shlex
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import newcomer_session
from newcomer_commands import DISASTERS, INSTEAD, NOT_RUN, PLACES
from newcomer_documents import Block, Document, documents, program_of
from newcomer_project import Project, interpreter
from newcomer_shop import Shop
from newcomer_trade import TRADE

from demo.people import ShopError

# What a session tells of comes by events, so it is typed again until it is there.
PATIENCE = 60
TYPED = "import sys; sys.path.append({folder!r}); {act}\n"
ACT = "from newcomer_session import act; act(n, {path!r})"


class Newcomer:
    def __init__(self, project: Project) -> None:
        self._project = project
        self._shop = Shop(project)

    def read(self, document: Document) -> None:
        """Do all that it says, in a shop that begins with nothing."""
        self._shop.forget()
        written: dict[str, str] = {}
        for block in document.blocks:
            if block.language == "sh":
                for words in block.commands:
                    self._do(block, words)
            elif block.language == "pycon":
                if not self._shop.runs:
                    self._do(block, ["scripts/up"])
                if document.name in TRADE and not written:
                    written = TRADE[document.name](self._shop.url)
                self._type(block, written)
        self._shop.forget()

    def stop(self) -> None:
        self._shop.stop()

    def _do(self, block: Block, words: list[str]) -> None:
        shown, program = " ".join(words), program_of(words)
        if program in NOT_RUN:
            say(block, shown, f"not run: {NOT_RUN[program]}")
            return
        command, reason = INSTEAD.get(shown, (shown, ""))
        if reason:
            say(block, shown, f"instead {command}: {reason}")
        else:
            say(block, shown)
        words = shlex.split(command) + self._place(program)
        if shown in DISASTERS:
            self._shop.lose()
        if program == "scripts/up":
            self._shop.start(words)
        else:
            self._project.run(_joined(words))

    def _place(self, program: str) -> list[str]:
        told = {"port": self._shop.port, "url": self._shop.url}
        return [word.format(**told) for word in PLACES.get(program, ())]

    def _type(self, block: Block, written: dict[str, str]) -> None:
        """Raises AssertionError with what was said otherwise."""
        say(block, block.text.partition("\n")[0])
        text = block.text
        for shown, real in written.items():
            text = text.replace(shown, real)
        path = self._project.root.parent / "session.txt"
        path.write_text(text, encoding="utf-8")
        deadline = time.monotonic() + PATIENCE
        while newcomer_session.PASSED not in (said := self._said(path)):
            assert time.monotonic() < deadline, f"{block.place}: {said}"

    def _said(self, path: Path) -> str:
        act = ACT.format(path=str(path))
        typed = TYPED.format(folder=str(Path(__file__).parent), act=act)
        answer = subprocess.run(
            ("scripts/shell",),
            cwd=self._project.root,
            env=self._project.environment,
            input=typed.encode(),
            capture_output=True,
            check=False,
        )
        return (answer.stdout + answer.stderr).decode(errors="replace")


def say(block: Block, shown: str, more: str = "") -> None:
    print(f"== {block.place}  {shown}", *([more] if more else []), sep="\n   ")
    sys.stdout.flush()


def _joined(words: list[str]) -> str:
    """As one line, in which variables stay variables."""
    place = words.index(program_of(words))
    return " ".join([*words[:place], shlex.join(words[place:])])


def main() -> int:
    options = _options()
    os.nice(10)
    with tempfile.TemporaryDirectory(prefix="newcomer-") as folder:
        project = Project(Path(folder), options.python)
        try:
            project.make()
        except subprocess.CalledProcessError as error:
            print(f"The copy could not be made: {error}", file=sys.stderr)
            return 1
        failed = _work_through(options.documents or documents(), Newcomer(project))
    if failed:
        print(f"Not as the documents say: {', '.join(failed)}", file=sys.stderr)
        return 1
    print("All is as the documents say.")
    return 0


def _work_through(every: list[Document], newcomer: Newcomer) -> list[str]:
    """Return the names of those that say what is not so."""
    failed = []
    for document in every:
        try:
            newcomer.read(document)
        except (AssertionError, ShopError, subprocess.SubprocessError) as error:
            print(f"{document.name}: {error}", file=sys.stderr)
            failed.append(document.name)
        finally:
            newcomer.stop()
    return failed


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="scripts/newcomer",
        description="Runs the commands of the documents in a copy of the project.",
    )
    parser.add_argument("documents", nargs="*", type=Document, help="all by default")
    add = parser.add_argument
    add("--python", type=interpreter, help="install anew and run with this one: 3.12")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
