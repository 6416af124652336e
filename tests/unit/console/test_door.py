"""The console's door: roles, sign-in first, and pages that ask on purpose."""

import pytest
from starlette.requests import HTTPConnection, Request

from aurora.accounts.person import Person, Role
from aurora.console.door import Needs, SignInNeeded
from aurora.lines.problems import Problem, forbidden


class DoorOf:
    """A door that knows one person, and forms with the right mark."""

    def __init__(self, person: Person | None) -> None:
        self._person = person

    async def person(self, asking: HTTPConnection) -> Person | None:
        return self._person

    def csrf_token(self, asking: HTTPConnection) -> str:
        return "meant"

    async def check_meant(self, request: Request) -> None:
        if request.headers.get("x-csrf-token") != "meant":
            raise forbidden("A page of this console has to ask.")


def asking(method: str = "GET", token: str = "") -> Request:
    headers = [(b"x-csrf-token", token.encode())]
    scope = {"type": "http", "method": method, "path": "/console", "headers": headers}
    return Request(scope | {"query_string": b"", "server": ("localhost", 80), "scheme": "http"})


def somebody(role: Role) -> DoorOf:
    return DoorOf(Person("1", "Ada", role))


async def test_somebody_of_the_role_or_a_higher_one_is_let_in() -> None:
    for role in (Role.OPERATOR, Role.ADMIN):
        person = await Needs(somebody(role), Role.OPERATOR)(asking())
        assert person.role is role


async def test_a_lower_role_is_refused() -> None:
    with pytest.raises(Problem) as refused:
        await Needs(somebody(Role.VIEWER), Role.OPERATOR)(asking())
    assert refused.value.status == 403


async def test_who_is_not_signed_in_is_sent_to_sign_in_and_back() -> None:
    with pytest.raises(SignInNeeded) as sent:
        await Needs(DoorOf(None), Role.VIEWER)(asking())
    assert sent.value.address.endswith("?next=/console")


async def test_an_act_that_no_page_of_the_console_sent_is_refused() -> None:
    needs = Needs(somebody(Role.ADMIN), Role.OPERATOR)
    await needs(asking("POST", "meant"))
    with pytest.raises(Problem) as refused:
        await needs(asking("POST", "guessed"))
    assert refused.value.status == 403
