"""Who may ask without a session: this very machine, a page of this line, whoever has the code."""

import hmac
from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.requests import HTTPConnection

from aurora.lines.problems import Problem, forbidden
from aurora.settings import AccessSettings

FORWARDING_HEADERS = (
    *("forwarded", "via", "x-forwarded", "x-original", "x-real-ip", "x-client", "x-cluster"),
    *("x-remote", "x-host", "x-proxy", "proxy-", "client-ip", "true-client", "cdn-", "tailscale-"),
    *("cf-", "x-envoy", "x-azure", "x-arr-", "x-amz", "x-appengine", "x-cloud-trace", "x-goog"),
    *("fastly", "fly-", "x-vercel", "x-nf-", "x-akamai", "akamai-", "incap-", "x-sucuri", "ngrok"),
    *("do-connecting-ip", "wl-proxy"),
)
"""A header beginning so says that the request came through a proxy or tunnel, so not from here."""
LOCAL_NAMES = ("localhost", "127.0.0.1", "[::1]", "::1")


def require_call_code(settings: AccessSettings, request: HTTPConnection, given: str | None) -> None:
    """Raise Problem 401 or 403 unless this browser may call; the API's token opens it as well.

    A call code is for every worker's telephone, so it opens nothing but a call.
    """
    codes = [
        secret.get_secret_value()
        for secret in (settings.call_code, settings.api_token)
        if secret is not None
    ]
    if not codes:
        require_this_machine(request, "Set AURORA_CALL_CODE to take calls from other browsers.")
    elif not any(hmac.compare_digest((given or "").encode(), code.encode()) for code in codes):
        raise Problem(401, "A code is needed", "Send the site's call code.")


def is_same_origin(request: HTTPConnection, public_url: str | None) -> bool:
    """Whether a page of this very line asks: a browser names a page's origin, and cannot lie."""
    origin = request.headers.get("origin", "").lower().partition("://")[2]
    hosts = {request.headers.get("host", "").lower()}
    if public_url is not None:
        hosts.add(urlsplit(public_url).netloc.lower())
    return origin != "" and origin in hosts


def require_this_machine(request: HTTPConnection, instead: str) -> None:
    """Raise Problem 403 unless the request was made on this machine, for this machine.

    A browser elsewhere can be tricked into asking a local address, so the names in Host and Origin
    have to be local too.
    """
    origin = request.headers.get("origin", "").lower().partition("://")[2]
    is_own_page = "origin" not in request.headers or _name_of(origin) in LOCAL_NAMES
    if not is_made_here(request) or not is_own_page:
        raise forbidden(f"Only this machine may ask without a token. {instead}")


def is_made_here(request: HTTPConnection) -> bool:
    """Whether a request comes from this machine without a proxy, whichever page sent it."""
    peer = request.client.host if request.client else ""
    # What still speaks HTTP/1.0 is most often a proxy set up by hand, and it adds no header.
    is_forwarded = request.scope["http_version"] == "1.0" or any(
        name.lower().startswith(FORWARDING_HEADERS) for name in request.headers
    )
    host = request.headers.get("host", "").lower()
    return _is_loopback(peer) and not is_forwarded and _name_of(host) in LOCAL_NAMES


def bearer_of(request: HTTPConnection) -> str | None:
    """Return the token that a request carries, if any."""
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    return given if scheme.lower() == "bearer" else None


def _is_loopback(peer: str) -> bool:
    try:
        return ip_address(peer).is_loopback
    except ValueError:
        return False


def _name_of(host: str) -> str:
    if host.startswith("["):
        return host.partition("]")[0] + "]"
    return host.rpartition(":")[0] or host
