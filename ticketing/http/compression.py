"""Text is sent compressed to whoever takes it.

The length of a compressed page can tell what is in it to who may add to it and watch.
But what other sites ask for comes without a session (SameSite), unless they lead
somebody here; and each page they can lead to has another form token
(``web.form_tokens``).
"""

from werkzeug.datastructures import Accept
from werkzeug.wrappers import Response

from ticketing.http.kept import KeptResponse, gzip

# A smaller answer fits one packet anyway.
MIN_SIZE = 1024
# 30 kB of page or JSON take 0.1 to 0.2 ms, the states of 50,000 seats 0.3 to 0.5: twice
# that one level higher, for 5 % less. The best is for what is compressed but once.
QUICK, BEST = 2, 9
_TEXT = ("json", "xml", "javascript")


def compress(response: Response, accepted: Accept) -> None:
    """Compress a whole answer in place, if it is text and gzip is accepted.

    Its tag must be there already: it names what is said, however it is sent.
    """
    if response.is_streamed or not _is_text(response.mimetype or ""):
        return
    response.vary.add("Accept-Encoding")
    body = response.get_data()
    if len(body) < MIN_SIZE or not accepted.quality("gzip"):
        return
    if isinstance(response, KeptResponse):
        response.set_data(response.kept.packed)
    else:
        response.set_data(gzip(body, QUICK))
    response.headers["Content-Encoding"] = "gzip"


def _is_text(mimetype: str) -> bool:
    return mimetype.startswith("text/") or mimetype.endswith(_TEXT)
