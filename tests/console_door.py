"""A console door for tests: who is asking stands in a cookie, as tests put it there."""

from starlette.requests import HTTPConnection, Request

from aurora.accounts.person import Person, Role
from aurora.lines.problems import forbidden

ANA = Person("ana", "Ana Admin", Role.ADMIN)
BO = Person("bo", "Bo Second", Role.ADMIN)
OLA = Person("ola", "Ola Operator", Role.OPERATOR)
VIC = Person("vic", "Vic Viewer", Role.VIEWER)
PEOPLE = {person.id: person for person in (ANA, BO, OLA, VIC)}
COOKIE = "who"
TOKEN = "meant"


class TestDoor:
    """Lets in whoever the cookie names."""

    __test__ = False

    def __init__(self, *others: Person) -> None:
        self._people = PEOPLE | {person.id: person for person in others}

    async def person(self, asking: HTTPConnection) -> Person | None:
        return self._people.get(asking.cookies.get(COOKIE, ""))

    def csrf_token(self, asking: HTTPConnection) -> str:
        return TOKEN

    async def check_meant(self, request: Request) -> None:
        if request.headers.get("x-csrf-token") != TOKEN:
            raise forbidden("Ask from a page of the console.")
