"""Who may ask, and what a browser may do with the answer.

A page of another site must not reach this server through its visitor's browser. So the Host has to be one of ours (or
else a foreign name could be rebound to this address), whatever changes something has to come from our own page or from
no page at all, and nothing is ever shared across origins.
"""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from backprop_explorer.api import problems
from backprop_explorer.problem import Problem

LOCAL_HOSTS = ("localhost", "127.0.0.1", "[::1]")
READING = ("GET", "HEAD", "OPTIONS")
_DEFAULT_PORTS = {"http": 80, "https": 443}
_EMPTY_STYLE = "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='"

COMMON_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
_COMMON = [(name.lower().encode(), value.encode()) for name, value in COMMON_HEADERS.items()]
_NO_FRAMES = b"frame-ancestors 'none'"
_UNLESS_GIVEN = [
    (b"content-security-policy", b"default-src 'none'; " + _NO_FRAMES),
    (b"cache-control", b"no-store"),
]


def page_policy(style_hash: str | None, embed_origins: Iterable[str] = ()) -> str:
    """The content security policy of pages; `style_hash` is that of the style which the plots' library injects, if
    it does. Pages of these origins may show ours in a frame."""
    rules = {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src-elem": " ".join(filter(None, ["'self'", _EMPTY_STYLE, style_hash])),
        "style-src-attr": "'unsafe-inline'",
        "img-src": "'self' data: blob:",
        "connect-src": "'self'",
        "font-src": "'self'",
        "worker-src": "'self' blob:",
        "base-uri": "'none'",
        "form-action": "'none'",
        "frame-ancestors": " ".join(embed_origins) or "'none'",
    }
    return "; ".join(f"{name} {value}" for name, value in rules.items())


class Guard:
    """Around the app: refuses foreign requests with 403, adds the headers, answers what nobody caught with 500."""

    def __init__(self, app: ASGIApp, allow_host: Iterable[str] = ()) -> None:
        self.app = app
        self.hosts = {_bare(host) for host in (*LOCAL_HOSTS, *allow_host)}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = False

        async def send_with_headers(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                _add_headers(message)
            await send(message)

        try:
            self.check(scope["method"], Headers(scope=scope))
            await self.app(scope, receive, send_with_headers)
        except Problem as problem:
            await problems.response(problem)(scope, receive, send_with_headers)
        except ClientDisconnect:
            pass  # nobody is left to be answered
        except Exception as error:
            if started:
                raise
            await problems.unexpected(error)(scope, receive, send_with_headers)

    def check(self, method: str, headers: Headers) -> None:
        """A `Problem` of status 403 for a request that our own page or a script of the user's would not make."""
        host = self._check_host(headers.getlist("host"))
        if method in READING:
            return
        site = headers.get("sec-fetch-site", "none")
        if site not in ("same-origin", "none"):
            raise _foreign(f"a change must come from this server's own page, but Sec-Fetch-Site is {site!r}")
        for origin in headers.getlist("origin"):
            if not _same(origin, host):
                raise _foreign(f"a change must come from this server's own page, not from the origin {origin!r}")

    def _check_host(self, given: list[str]) -> str:
        if len(given) == 1 and _bare(_without_port(given[0])) in self.hosts:
            return given[0]
        raise Problem(
            "foreign_host",
            f"this server does not go by the name {', '.join(given)!r}",
            status=403,
            hint="start it with --allow-host NAME, or set BACKPROP_ALLOW_HOST, to let it",
        )


def _foreign(detail: str) -> Problem:
    return Problem("foreign_origin", detail, status=403, hint="call the API from the page, or from a script")


def _bare(host: str) -> str:
    return host.strip().lower().rstrip(".")


def _without_port(host: str) -> str:
    name, colon, port = host.rpartition(":")
    return name if colon and (port.isdecimal() or not port) else host


def _same(origin: str, host: str) -> bool:
    """Whether the origin is this very host and port, whichever of http and https a proxy speaks."""
    try:
        there = urlsplit(origin)
        here = urlsplit(f"{there.scheme}://{host}")
        ports = [address.port or _DEFAULT_PORTS[address.scheme] for address in (there, here)]
    except (ValueError, KeyError):
        return False
    plain = f"{there.scheme}://{there.netloc}" == origin
    named = "@" not in there.netloc + here.netloc
    return plain and named and there.hostname == here.hostname and ports[0] == ports[1]


def _add_headers(message: Message) -> None:
    """Adds those that every answer has, and what an answer has that says nothing else."""
    given: dict[bytes, bytes] = dict(message["headers"])
    common = _COMMON
    if b"content-security-policy" in given and not given[b"content-security-policy"].endswith(_NO_FRAMES):
        # X-Frame-Options knows no origins, and would forbid what the policy allows.
        common = [(name, value) for name, value in common if name != b"x-frame-options"]
    added = [(name, value) for name, value in _UNLESS_GIVEN if name not in given]
    message["headers"] = [*message["headers"], *common, *added]
