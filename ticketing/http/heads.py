"""What the head of a request must be beyond what its parser checks. Pure: no I/O."""

import re
from collections.abc import Sequence

# Others that the parser knows are of other protocols or of nobody's here.
METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"}
# A name or address and perhaps a port (RFC 3986, 3.2.2).
_HOST = re.compile(r"(\[[0-9a-fA-F:.]+\]|[\w.~!$&'()*+,;=%-]+)(:[0-9]*)?", re.ASCII)
_ABSOLUTE = re.compile(rb"https?://([^/?#]*)(.*)", re.IGNORECASE)

Headers = Sequence[tuple[str, str]]


class RefusedError(Exception):
    """The bytes on this connection are not a request we take: answer and close."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


def checked(method: str, target: bytes, headers: Headers, version: str) -> bytes:
    """Return the target as a path. Raises RefusedError.

    Names of headers are in lower case; ``version`` is that of HTTP.
    """
    _check_coding(headers, version)
    path = _path(target, _host(headers, version))
    if method not in METHODS or not path.startswith(b"/") or b"#" in path:
        raise RefusedError(400)
    return path


def _all(headers: Headers, name: str) -> list[str]:
    return [value.strip() for key, value in headers if key == name]


def _host(headers: Headers, version: str) -> str:
    hosts = _all(headers, "host")
    if not hosts and version == "1.0":
        return ""
    if len(hosts) != 1 or not _HOST.fullmatch(hosts[0]):
        raise RefusedError(400)
    return hosts[0]


def _path(target: bytes, host: str) -> bytes:
    """Take a path from an absolute address, which must name the same host."""
    if not (absolute := _ABSOLUTE.fullmatch(target)):
        return target
    if absolute[1].lower() != host.lower().encode():
        raise RefusedError(400)
    rest = absolute[2]
    return rest if rest.startswith(b"/") else b"/" + rest


def _check_coding(headers: Headers, version: str) -> None:
    """Take no coding but chunks, and these not from HTTP/1.0, which has none."""
    codings = [coding.lower() for coding in _all(headers, "transfer-encoding")]
    if codings and (version == "1.0" or codings != ["chunked"]):
        raise RefusedError(400)
