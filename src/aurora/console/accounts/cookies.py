"""The console's cookies: a session's secret, the mark of a browser somebody signed in with, and
what a browser that is away at the identity provider has to come back with.

All are Secure and bound to this very host, but over plain HTTP on this machine, where there is
no certificate.
"""

from dataclasses import replace

from itsdangerous import BadSignature, URLSafeTimedSerializer
from starlette.requests import HTTPConnection
from starlette.responses import Response

from aurora.accounts.secret import new_id
from aurora.accounts.session import LONGEST_BROWSER, Visitor
from aurora.lines.access import is_made_here

SESSION, DEVICE, AWAY = "aurora-session", "aurora-device", "aurora-away"
DEVICE_LASTS_S = 180 * 24 * 3600
MOST_ACCOUNTS = 20
"""Of one browser: a control room's is shared."""


def is_plain(asking: HTTPConnection) -> bool:
    """Whether it is plain HTTP on this very machine: the one case without Secure."""
    return asking.url.scheme in ("http", "ws") and is_made_here(asking)


def session_secret(asking: HTTPConnection) -> str:
    """Return what the session's cookie carries; empty without one."""
    return read_cookie(asking, SESSION)


def set_session(response: Response, asking: HTTPConnection, secret: str) -> None:
    """Give a session's secret to the browser, until it closes or the session is over."""
    set_cookie(response, asking, SESSION, secret, None)


def drop_cookie(response: Response, asking: HTTPConnection, name: str) -> None:
    set_cookie(response, asking, name, "", 0)


def read_cookie(asking: HTTPConnection, name: str) -> str:
    """Return what a cookie carries; empty without one."""
    return asking.cookies.get(_name(name, asking), "")


class Devices:
    """Reads and writes the mark of a browser; only this line can make one."""

    def __init__(self, key: bytes) -> None:
        self._serializer = URLSafeTimedSerializer(key, salt="aurora.device")

    def visitor(self, asking: HTTPConnection) -> Visitor:
        """Return who asks, as far as a request shows it."""
        address = asking.client.host if asking.client else ""
        browser = asking.headers.get("user-agent", "")[:LONGEST_BROWSER]
        visitor = Visitor(address, browser)
        try:
            mark = self._serializer.loads(read_cookie(asking, DEVICE), max_age=DEVICE_LASTS_S)
        except BadSignature:
            return visitor
        return replace(visitor, device=mark["device"], known_to=tuple(mark["known_to"]))

    def know(
        self, response: Response, asking: HTTPConnection, visitor: Visitor, account_id: str
    ) -> None:
        """Remember that an account's owner signed in with this browser."""
        others = [one for one in visitor.known_to if one != account_id]
        known_to = [account_id, *others][:MOST_ACCOUNTS]
        mark = {"device": visitor.device or new_id(), "known_to": known_to}
        text = self._serializer.dumps(mark)
        assert isinstance(text, str)  # noqa: S101 - URL-safe serializers give text
        set_cookie(response, asking, DEVICE, text, DEVICE_LASTS_S)


def _name(name: str, asking: HTTPConnection) -> str:
    return name if is_plain(asking) else f"__Host-{name}"


def set_cookie(
    response: Response, asking: HTTPConnection, name: str, value: str, max_age: int | None
) -> None:
    """Give the browser a cookie that no script reads; max_age: seconds, None until it closes."""
    response.set_cookie(
        _name(name, asking),
        value,
        max_age=max_age,
        path="/",
        secure=not is_plain(asking),
        httponly=True,
        samesite="lax",
    )
