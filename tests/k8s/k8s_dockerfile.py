"""The Dockerfile as data, and its steps as a plain shell can take them."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from k8s_render import ROOT


@dataclass
class Stage:
    name: str
    base: str
    steps: list[tuple[str, str]] = field(default_factory=list)

    def all(self, instruction):
        return [text for name, text in self.steps if name == instruction]

    def only(self, instruction):
        (text,) = self.all(instruction)
        return text


def stages():
    """``{name: Stage}`` in the order of the file, a stage's base included in it."""
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    text = re.sub(r"^\s*#.*\n", "", text, flags=re.MULTILINE).replace("\\\n", " ")
    found = {}
    for line in filter(None, text.splitlines()):
        instruction, _, rest = line.partition(" ")
        if instruction == "FROM":
            base, _, name = rest.split()
            inherited = list(found[base].steps) if base in found else []
            stage = found[name] = Stage(name, base, inherited)
        else:
            stage.steps.append((instruction, " ".join(rest.split())))
    return found


def environment(stage):
    """What ENV sets, the last of each name."""
    words = (word for text in stage.all("ENV") for word in shlex.split(text))
    return dict(word.split("=", 1) for word in words)


def sources(stage):
    """``[(source, target)]`` of what is copied from the project."""
    copies = (text.split() for text in stage.all("COPY"))
    return [
        (source, target)
        for *found, target in copies
        if not found[0].startswith("--from")
        for source in found
    ]


def taken(stage):
    """``[(stage, source, target)]`` of what is copied from other stages."""
    copies = (text.split() for text in stage.all("COPY"))
    return [
        (words[0].removeprefix("--from="), *words[1:])
        for words in copies
        if words[0].startswith("--from")
    ]


def healthcheck(stage):
    return json.loads(stage.only("HEALTHCHECK").partition("CMD ")[2])


def entrypoint(stage):
    return json.loads(stage.only("ENTRYPOINT"))


class Built:
    """The steps of the image of the services, below a folder instead of ``/``."""

    def __init__(self, folder):
        self.root = Path(folder)
        self.app = self.root / "app"
        self.stage = stages()["services"]

    def install(self):
        """Every RUN of the packages. Raises CalledProcessError."""
        for name in ("tmp", "web"):
            (self.root / name).mkdir()
        for name in ("packages", "pages"):
            self._take_steps(stages()[name])

    def _take_steps(self, stage):
        for source, target in sources(stage):
            shutil.copy(ROOT / source, self._below(target))
        beside = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        for step in stage.all("RUN"):
            command = [self._below(word) for word in shlex.split(step)]
            command[0] = shutil.which(command[0], path=beside)
            subprocess.run(command, capture_output=True, check=True, text=True)

    def copy(self):
        self.app.mkdir()
        skipped = shutil.ignore_patterns("__pycache__", "node_modules")
        for source, target in sources(self.stage):
            if (ROOT / source).is_dir():
                shutil.copytree(ROOT / source, self.app / target, ignore=skipped)
            else:
                shutil.copy(ROOT / source, self.app / target)
        for _, source, target in taken(self.stage):
            if source != target:  # /opt/venv is where it was made
                shutil.copytree(self._below(source), self.app / target)

    def protect(self):
        """Nothing can be written any more, but by who has rights beyond its own."""
        for path in [self.root, *self.root.rglob("*")]:
            if not path.is_symlink():
                path.chmod(0o555 if path.is_dir() or path.stat().st_mode & 1 else 0o444)

    def unprotect(self):
        for path in [self.root, *self.root.rglob("*")]:
            if path.is_dir() and not path.is_symlink():
                path.chmod(0o755)

    def environment(self, **given):
        """What a container gets: the image's, and what it is given."""
        own = environment(self.stage)
        own["PATH"] = f"{self.root}/opt/venv/bin:/usr/bin:/bin"
        return own | {"HOME": str(self.root)} | given

    def files(self):
        return {path for path in self.root.rglob("*") if path.is_file()}

    def _below(self, word):
        own = ("/opt/", "/tmp/", "/web")
        return f"{self.root}{word}" if word.startswith(own) else word
