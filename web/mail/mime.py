"""The parts of a mail as they are sent (RFC 2045, 2046): seven bits, short lines.

Written here because Python's own way of it, which has to suit any mail, takes longer
than all else that is done for a letter.
"""

from binascii import b2a_base64, b2a_qp
from collections.abc import Mapping

LINE = "\r\n"
_WIDTH = 76
# Neither way to write content has this in it, so nobody can write a mail's end.
_EDGE = "=_"


def text_part(text: str, subtype: str) -> str:
    content = LINE.join([*text.splitlines(), ""]).encode("utf-8", "replace")
    headers = {
        "Content-Type": f'text/{subtype}; charset="utf-8"',
        "Content-Transfer-Encoding": "quoted-printable",
    }
    return _part(headers, b2a_qp(content).decode("ascii"))


def file_part(name: str, content_type: str, content: bytes) -> str:
    """Return an attachment; name and type are ours, and may not need quoting."""
    headers = {
        "Content-Type": content_type,
        "Content-Transfer-Encoding": "base64",
        "Content-Disposition": f'attachment; filename="{name}"',
    }
    digits = b2a_base64(content, newline=False).decode("ascii")
    starts = range(0, len(digits), _WIDTH)
    return _part(headers, LINE.join(digits[at : at + _WIDTH] for at in starts))


def multipart(subtype: str, *parts: str) -> str:
    """Return several parts as one."""
    content_type, body = multipart_body(subtype, *parts)
    return _part({"Content-Type": content_type}, body)


def multipart_body(subtype: str, *parts: str) -> tuple[str, str]:
    """Return several parts as the content of a mail, and its type."""
    edge = f"{_EDGE}{subtype}"
    begun = "".join(f"--{edge}{LINE}{part}{LINE}" for part in parts)
    return f'multipart/{subtype}; boundary="{edge}"', f"{begun}--{edge}--{LINE}"


def _part(headers: Mapping[str, str], body: str) -> str:
    told = "".join(f"{name}: {value}{LINE}" for name, value in headers.items())
    return f"{told}{LINE}{body}"
