"""The documents of the project, as a newcomer reads them: blocks, links, names."""

import re
import shlex
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from markdown_it import MarkdownIt

ROOT = Path(__file__).parents[2]
PATTERNS = ("*.md", "docs/*.md", "k8s/*.md")
ASSIGNMENT = re.compile(r"\w+=\S*")
_READER = MarkdownIt("commonmark").enable("table")


@dataclass(frozen=True)
class Block:
    """A fenced block; ``line`` is that of its fence."""

    document: str
    line: int
    language: str
    text: str

    @property
    def place(self):
        return f"{self.document}:{self.line}"

    @property
    def commands(self):
        """The words of each command, without what is said about it."""
        lines = self.text.replace("\\\n", "").splitlines()
        every = (shlex.split(line, comments=True) for line in lines)
        return [words for words in every if words]


@dataclass(frozen=True)
class Document:
    name: str

    @property
    def path(self):
        return ROOT / self.name

    @cached_property
    def _tokens(self):
        return _READER.parse(self.path.read_text(encoding="utf-8"))

    @property
    def blocks(self):
        for token in self._tokens:
            if token.type in {"fence", "code_block"}:
                yield Block(
                    self.name, token.map[0] + 1, token.info.strip(), token.content
                )

    @property
    def codes(self):
        """What stands in backticks in the text."""
        return [t.content.replace("\n", " ") for t in self._parts("code_inline")]

    @property
    def links(self):
        links = [t.attrs["href"] for t in self._parts("link_open")]
        return links + [t.attrs["src"] for t in self._parts("image")]

    @property
    def anchors(self):
        """What a link may name after ``#``, as GitHub makes it of headings."""
        given = (part.content for part in self._parts("html_inline"))
        named = {name for html in given for name in re.findall(r'id="([^"]+)"', html)}
        return named | {
            re.sub(r"[^\w\- ]", "", inside.content).strip().lower().replace(" ", "-")
            for token, inside in zip(self._tokens, self._tokens[1:], strict=False)
            if token.type == "heading_open"
        }

    def _parts(self, kind):
        inlines = (token for token in self._tokens if token.type == "inline")
        return [part for each in inlines for part in each.children if part.type == kind]


def documents():
    paths = (path for pattern in PATTERNS for path in ROOT.glob(pattern))
    return [Document(str(path.relative_to(ROOT))) for path in sorted(paths)]


def program_of(words):
    """The program of a command, after the variables that are set for it."""
    return next(word for word in words if not ASSIGNMENT.fullmatch(word))
