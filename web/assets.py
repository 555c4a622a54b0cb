"""Stylesheet, scripts and pictures, under an address that changes with them."""

from hashlib import blake2b
from pathlib import Path

from werkzeug.wrappers import Response

from ticketing.errors import NotFoundError

FOREVER = "public, max-age=31536000, immutable"

_TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
_HERE = Path(__file__).parent
_FILES = {path.name: path.read_bytes() for path in sorted(_HERE.glob("static/*"))}
# One file to fetch, made of short ones in the order of their names.
_FILES["site.css"] = b"\n".join(
    path.read_bytes() for path in sorted(_HERE.glob("styles/*.css"))
)


def _version() -> str:
    digest = blake2b(digest_size=6)
    for name, content in _FILES.items():
        digest.update(b"%b\0%d\0%b" % (name.encode(), len(content), content))
    return digest.hexdigest()


VERSION = _version()


def address(name: str) -> str:
    """Return where a file is found; it must be there."""
    assert name in _FILES, name
    return f"/static/{VERSION}/{name}"


def serve(version: str, name: str) -> Response:
    """Answer with a file. Raises NotFoundError.

    Another version's address, seen while versions change, must not be kept.
    """
    if name not in _FILES:
        raise NotFoundError
    response = Response(_FILES[name], mimetype=_TYPES[Path(name).suffix])
    if version == VERSION:
        response.headers["Cache-Control"] = FOREVER
    return response
