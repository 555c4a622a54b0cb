"""Settings in files: ``JWT_KEYS_FILE=/run/secrets/jwt`` stands for ``JWT_KEYS``.

A file shows up neither in the environment of a process nor in what describes a
container, and only its owner can read it.
"""

import re
from collections.abc import Mapping
from pathlib import Path

SUFFIX = "_FILE"
_VARIABLE = re.compile(r"\$\{([A-Z_]+)")


def variables(config_text: str) -> list[str]:
    """Return the environment variables that a config.yaml reads."""
    return _VARIABLE.findall(config_text)


def from_files(environment: Mapping[str, str], config_text: str) -> dict[str, str]:
    """Return the variables that files give, without the line end of a file.

    Raises SystemExit naming the variable whose file cannot be read, or that is given
    twice.
    """
    names = set(variables(config_text))
    return {
        name: _content(environment, name)
        for name in sorted(names)
        if environment.get(name + SUFFIX) and name + SUFFIX not in names
    }


def _content(environment: Mapping[str, str], name: str) -> str:
    if environment.get(name):
        raise SystemExit(f"{name} and {name}{SUFFIX} are both set: take one away.")
    try:
        text = Path(environment[name + SUFFIX]).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "not UTF-8"
        raise SystemExit(f"{name}{SUFFIX} cannot be read: {reason}.") from None
    return text.rstrip("\r\n")
