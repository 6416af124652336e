"""The console's door: who is asking, what they may do, and whether they meant to ask it."""

from typing import Protocol
from urllib.parse import quote

from starlette.exceptions import WebSocketException
from starlette.requests import HTTPConnection, Request

from aurora.accounts.person import Person, Role
from aurora.errors import AuroraError
from aurora.lines.problems import Problem, forbidden
from aurora.lines.web_socket import POLICY

SIGN_IN = "/console/sign-in"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class SignInNeeded(AuroraError):
    """A page was asked for by somebody who is not signed in; they are sent to sign in first."""

    def __init__(self, back_to: str) -> None:
        super().__init__("sign in first")
        self.address = f"{SIGN_IN}?next={quote(back_to, safe='/')}"


class Door(Protocol):
    """Knows who is asking."""

    async def person(self, asking: HTTPConnection) -> Person | None:
        """Return who is signed in, or None."""

    async def still(self, asking: HTTPConnection) -> Person | None:
        """The same, asked anew: for a stream or socket that stays open."""

    def csrf_token(self, asking: HTTPConnection) -> str:
        """Return what a form of this session has to send back."""

    async def check_meant(self, request: Request) -> None:
        """Raise Problem 403 unless a page of this console sent the request on purpose."""

    def check_origin(self, asking: HTTPConnection) -> None:
        """Raise Problem 403 unless a page of this console asks; all that a socket can show."""


class Needs:
    """A dependency: returns the person asking, when their role allows it; every route has one.

    For pages, event streams and WebSockets alike; a socket that is refused is never accepted.
    """

    def __init__(self, door: Door, role: Role) -> None:
        self.role = role
        self._door = door

    async def __call__(self, asking: HTTPConnection) -> Person:
        if asking.scope["type"] == "websocket":
            try:
                return await self._let_in(asking)
            except (Problem, SignInNeeded) as error:
                raise WebSocketException(POLICY, str(error)) from error
        return await self._let_in(asking)

    async def _let_in(self, asking: HTTPConnection) -> Person:
        person = await self._door.person(asking)
        if person is None:
            raise SignInNeeded(asking.url.path)
        if not person.role.covers(self.role):
            raise forbidden("Your role may not do this; ask an administrator.")
        # A browser lets any page open a socket and sends our cookie along; only Origin tells.
        if not isinstance(asking, Request):
            self._door.check_origin(asking)
        elif asking.method not in SAFE_METHODS:
            await self._door.check_meant(asking)
        return person
