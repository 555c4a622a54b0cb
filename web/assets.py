"""Stylesheet, scripts and pictures, under an address that changes with them.

Beside our own files stands what scripts/setup got from npm, if it could: the reader of
QR codes for browsers without a BarcodeDetector. Its files keep their names, because one
imports the other.
"""

from hashlib import blake2b
from pathlib import Path

from werkzeug.wrappers import Response

from ticketing.errors import NotFoundError
from ticketing.http.compression import BEST
from ticketing.http.kept import Kept, KeptResponse

FOREVER = "public, max-age=31536000, immutable"

_TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
_HERE = Path(__file__).parent
_FILES = {path.name: path.read_bytes() for path in sorted(_HERE.glob("static/*"))}
# One file to fetch, made of short ones in the order of their names.
_FILES["site.css"] = b"\n".join(
    path.read_bytes() for path in sorted(_HERE.glob("styles/*.css"))
)
_READER = [_HERE / "node_modules" / "qr" / name for name in ("decode.js", "index.js")]
_FILES |= {path.name: path.read_bytes() for path in _READER if path.exists()}
_KEPT = {name: Kept(content, BEST) for name, content in _FILES.items()}


def _version() -> str:
    digest = blake2b(digest_size=6)
    for name, content in _FILES.items():
        digest.update(b"%b\0%d\0%b" % (name.encode(), len(content), content))
    return digest.hexdigest()


VERSION = _version()


def has(name: str) -> bool:
    """Return whether a file is there; what comes from npm may not be."""
    return name in _FILES


def address(name: str) -> str:
    """Return where a file is found; it must be there."""
    assert has(name), name
    return f"/static/{VERSION}/{name}"


def serve(version: str, name: str) -> Response:
    """Answer with a file. Raises NotFoundError.

    Another version's address, seen while versions change, must not be kept.
    """
    if not has(name):
        raise NotFoundError
    response = KeptResponse(_KEPT[name], mimetype=_TYPES[Path(name).suffix])
    if version == VERSION:
        response.headers["Cache-Control"] = FOREVER
    return response
