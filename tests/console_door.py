"""A console door for tests: whoever names themselves in a cookie is that person, in that role."""

from starlette.requests import HTTPConnection, Request

from aurora.accounts.person import Person, Role
from aurora.lines.problems import forbidden

TOKEN = "meant"


class CookieDoor:
    """Reads `name` and `role` from cookies: an operator without a role, nobody without a name."""

    async def person(self, asking: HTTPConnection) -> Person | None:
        name = asking.cookies.get("name")
        language = asking.cookies.get("language", "en")
        role = Role(asking.cookies.get("role", Role.OPERATOR.value))
        return Person(name, name, role, language) if name else None  # type: ignore[arg-type]

    def csrf_token(self, asking: HTTPConnection) -> str:
        return TOKEN

    async def check_meant(self, request: Request) -> None:
        if request.headers.get("x-csrf-token") != TOKEN:
            raise forbidden("A page of this console has to ask.")
