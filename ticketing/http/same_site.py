"""No other site may act in a visitor's name, and no page may be turned against one."""

from urllib.parse import urlsplit

from werkzeug.wrappers import Response

from ticketing.errors import ForbiddenError
from ticketing.http.request import Request

SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}
CONTENT_POLICY = "Content-Security-Policy"


def content_policy(**sources: str) -> str:
    """Say where a page's parts may come from: ``content_policy(script_src="...")``.

    What is named may come from there and from here; nothing else may.
    """
    policy = {"default-src": "'self'"}
    for name, others in sources.items():
        policy[name.replace("_", "-")] = f"'self' {others}"
    policy |= {
        "base-uri": "'none'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
        "object-src": "'none'",
    }
    return "; ".join(f"{name} {value}" for name, value in policy.items())


# Only the door scans with a camera; what is not named here nobody asks for either.
_NOT_USED = ("display-capture", "geolocation", "hid", "microphone", "midi", "serial")
_PERMISSIONS = "camera=(self), " + ", ".join(f"{name}=()" for name in _NOT_USED)
SECURITY_HEADERS = (
    (CONTENT_POLICY, content_policy()),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Permissions-Policy", _PERMISSIONS),
    ("Referrer-Policy", "same-origin"),
    ("X-Content-Type-Options", "nosniff"),
)
# For two years no browser asks for it without TLS. Said only where there is TLS.
TLS_ONLY = ("Strict-Transport-Security", "max-age=63072000; includeSubDomains")
_SECURE = "; Secure"


def keep_to_tls(response: Response) -> None:
    """Let no cookie travel without TLS, whoever put it there and forgot to say so."""
    cookies = response.headers.getlist("Set-Cookie")
    if any(_SECURE not in cookie for cookie in cookies):
        safe = [c if _SECURE in c else f"{c}{_SECURE}" for c in cookies]
        response.headers.setlist("Set-Cookie", safe)


def check_same_site(request: Request) -> None:
    """Refuse commands that a browser sends for another site. Raises ForbiddenError.

    Browsers say where a request comes from in Sec-Fetch-Site or, older ones, in Origin;
    a client that says neither is no browser and carries no one else's cookie.
    """
    if request.method in SAFE_METHODS:
        return
    if site := request.headers.get("Sec-Fetch-Site"):
        if site not in {"same-origin", "none"}:
            raise ForbiddenError
        return
    origin = request.headers.get("Origin")
    if origin is not None and not _is_of(origin, request.host):
        raise ForbiddenError


def _is_of(origin: str, host: str) -> bool:
    try:
        site = urlsplit(origin).netloc
    except ValueError:
        return False
    return site != "" and site == host
