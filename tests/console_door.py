"""A door for tests of pages: it knows one person, and forms with the right mark."""

from starlette.requests import HTTPConnection, Request

from aurora.accounts.person import Person, Role
from aurora.lines.problems import forbidden


class DoorOf:
    """Whoever asks is this person; None is nobody."""

    def __init__(self, person: Person | None) -> None:
        self._person = person

    async def person(self, asking: HTTPConnection) -> Person | None:
        return self._person

    def csrf_token(self, asking: HTTPConnection) -> str:
        return "meant"

    async def check_meant(self, request: Request) -> None:
        if request.headers.get("x-csrf-token") != "meant":
            raise forbidden("A page of this console has to ask.")

    def check_origin(self, asking: HTTPConnection) -> None:
        if asking.headers.get("origin") == "https://elsewhere.example":
            raise forbidden("A page of this console has to ask.")


def somebody(role: Role) -> DoorOf:
    return DoorOf(Person("1", "Ada", role))
