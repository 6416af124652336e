"""The console's door: who is asking, what they may do, and whether they meant to ask it."""

from collections.abc import Awaitable, Callable
from typing import Protocol
from urllib.parse import quote

from starlette.requests import HTTPConnection, Request

from aurora.accounts.person import Person, Role
from aurora.errors import AuroraError
from aurora.lines.access import is_same_origin, require_this_machine
from aurora.lines.problems import forbidden

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

    def csrf_token(self, asking: HTTPConnection) -> str:
        """Return what a form of this session has to send back."""

    async def check_meant(self, request: Request) -> None:
        """Raise Problem 403 unless a page of this console sent the request on purpose."""


class Needs:
    """A dependency: returns the person asking, when their role allows it; every route has one."""

    def __init__(self, door: Door, role: Role) -> None:
        self.role = role
        self._door = door

    async def __call__(self, request: Request) -> Person:
        person = await self._door.person(request)
        if person is None:
            raise SignInNeeded(request.url.path)
        if not person.role.covers(self.role):
            raise forbidden(
                f"This is for the role {self.role.value}; yours is {person.role.value}."
            )
        if request.method not in SAFE_METHODS:
            await self._door.check_meant(request)
        return person


Needed = Callable[[Request], Awaitable[Person]]


class OpenOnThisMachine:
    """A door for one machine without accounts: whoever sits at it may do everything."""

    async def person(self, asking: HTTPConnection) -> Person | None:
        require_this_machine(asking, "Sign in.")
        return Person("this-machine", "this machine", Role.ADMIN)

    def csrf_token(self, asking: HTTPConnection) -> str:
        return "local"

    async def check_meant(self, request: Request) -> None:
        if not is_same_origin(request, None):
            raise forbidden("A page of this console has to ask.")
