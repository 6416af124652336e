"""The console's door: roles, sign-in first, and pages that ask on purpose."""

import pytest
from starlette.exceptions import WebSocketException
from starlette.requests import Request
from starlette.websockets import WebSocket

from aurora.accounts.person import Role
from aurora.console.door import Needs, SignInNeeded
from aurora.lines.problems import Problem
from tests.console_door import DoorOf, somebody


def asking(method: str = "GET", token: str = "") -> Request:
    headers = [(b"x-csrf-token", token.encode())]
    scope = {"type": "http", "method": method, "path": "/console", "headers": headers}
    return Request(scope | {"query_string": b"", "server": ("localhost", 80), "scheme": "http"})


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


def socket(origin: bytes) -> WebSocket:
    scope = {"type": "websocket", "path": "/console/live", "headers": [(b"origin", origin)]}
    return WebSocket(scope | {"query_string": b"", "scheme": "ws"}, None, None)  # type: ignore[arg-type]


async def test_a_socket_goes_through_the_same_door() -> None:
    person = await Needs(somebody(Role.VIEWER), Role.VIEWER)(socket(b"http://localhost"))
    assert person.role is Role.VIEWER


@pytest.mark.parametrize(
    ("door", "origin"),
    [
        (DoorOf(None), b"http://localhost"),
        (somebody(Role.VIEWER), b"http://localhost"),
        (somebody(Role.ADMIN), b"https://elsewhere.example"),
    ],
)
async def test_a_socket_of_nobody_a_lower_role_or_a_foreign_page_is_refused(door, origin) -> None:
    with pytest.raises(WebSocketException):
        await Needs(door, Role.OPERATOR)(socket(origin))
