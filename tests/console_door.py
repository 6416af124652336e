"""Doors for tests of pages: one knows one person, one whoever names themselves in a cookie."""

from starlette.requests import HTTPConnection, Request

from aurora.accounts.person import Person, Role
from aurora.lines.problems import forbidden

TOKEN = "meant"
ELSEWHERE = "https://elsewhere.example"


class DoorOf:
    """Whoever asks is this person; None is nobody."""

    def __init__(self, person: Person | None) -> None:
        self._person = person

    async def person(self, asking: HTTPConnection) -> Person | None:
        return self._person

    async def still(self, asking: HTTPConnection) -> Person | None:
        return await self.person(asking)

    def csrf_token(self, asking: HTTPConnection) -> str:
        return TOKEN

    async def check_meant(self, request: Request) -> None:
        if request.headers.get("x-csrf-token") != TOKEN:
            raise forbidden("A page of this console has to ask.")

    def check_origin(self, asking: HTTPConnection) -> None:
        if asking.headers.get("origin") == ELSEWHERE:
            raise forbidden("A page of this console has to ask.")


def somebody(role: Role) -> DoorOf:
    return DoorOf(Person("1", "Ada", role))


class CookieDoor:
    """Reads `name` and `role` from cookies: an operator without a role, nobody without a name."""

    async def person(self, asking: HTTPConnection) -> Person | None:
        name = asking.cookies.get("name")
        language = asking.cookies.get("language", "en")
        role = Role(asking.cookies.get("role", Role.OPERATOR.value))
        return Person(name, name, role, language) if name else None  # type: ignore[arg-type]

    async def still(self, asking: HTTPConnection) -> Person | None:
        return await self.person(asking)

    def csrf_token(self, asking: HTTPConnection) -> str:
        return TOKEN

    async def check_meant(self, request: Request) -> None:
        if request.headers.get("x-csrf-token") != TOKEN:
            raise forbidden("A page of this console has to ask.")

    def check_origin(self, asking: HTTPConnection) -> None:
        if asking.headers.get("origin") == ELSEWHERE:
            raise forbidden("A page of this console has to ask.")
