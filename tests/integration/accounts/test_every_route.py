"""Who gets in where: a table made from the router, so that no new room is forgotten."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
import pytest_asyncio
from fastapi import APIRouter, Depends, FastAPI
from starlette.responses import StreamingResponse
from starlette.websockets import WebSocket

from aurora.accounts.api_token import Scope, new_token
from aurora.accounts.person import Person, Role
from aurora.app import create_app
from aurora.console.door import SIGN_IN, Needs
from aurora.parts import Parts
from tests.addresses import EVERYTHING, OPEN, PAGE, as_page
from tests.application import LOCAL_URL, application
from tests.routes import Route, answer, routes_of
from tests.signing_in import add_account, signed_in

OWN_ACTS = (
    "/console/sign-out",
    "/console/me",
    "/console/phone/",
    "/console/muster/check-in",
    "/console/incidents/{incident_id}/answer",
)
"""What somebody may change who may only read: what is theirs. Answering is for whoever was alerted,
as the contact that an admin granted them to be."""

pytestmark = pytest.mark.asyncio(loop_scope="module")

HTML = {"Accept": "text/html"}


@dataclass
class Line:
    app: FastAPI
    parts: Parts

    @property
    def routes(self) -> list[Route]:
        return routes_of(self.app)

    @property
    def console(self) -> list[Route]:
        return [route for route in self.routes if route.console is not None]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def line(tmp_path_factory) -> AsyncIterator[Line]:
    directory = tmp_path_factory.mktemp("line")
    with pytest.MonkeyPatch.context() as patch:
        async with application(patch, directory, EVERYTHING) as (_, parts):
            await add_account(parts, "Boss", Role.ADMIN)
            yield Line(create_app(parts), parts)


async def test_every_route_has_a_guard_or_a_reason_to_have_none(line):
    unguarded = [
        route.name
        for route in line.routes
        if route.console is None and route.api is None and route.path not in OPEN
    ]

    assert unguarded == []


async def test_the_page_of_addresses_names_every_one_and_who_may_ask(line):
    assert PAGE.read_text("utf-8") == as_page(line.routes), "python -m tests.addresses writes it"


async def test_the_consoles_routes_go_through_its_door(line):
    past_it = [
        route.name
        for route in line.routes
        if route.path.startswith("/console") and route.console is None and route.path not in OPEN
    ]

    assert past_it == []


async def test_who_may_only_read_changes_nothing_but_what_is_theirs(line):
    changing = [
        route.name
        for route in line.console
        if route.changes and route.console is Role.VIEWER and not route.path.startswith(OWN_ACTS)
    ]

    assert changing == []


async def test_nobody_gets_in_without_signing_in(line):
    wrong = []
    for route in line.console:
        headers = {**HTML, "Origin": LOCAL_URL, "Cookie": "aurora-session=guessed"}
        status, lines, _ = await answer(line.app, route.method, route.address, headers)
        is_sent_away = status == 303 and lines["location"].startswith(SIGN_IN)
        if not (status in (401, 403) or (route.method == "GET" and is_sent_away)):
            wrong.append((route.name, status))

    assert wrong == []


async def test_every_role_gets_in_exactly_where_it_may(line):
    wrong = []
    for route in line.console:
        for role in Role:
            headers = await signed_in(line.parts, role)
            status, lines, body = await answer(line.app, route.method, route.address, headers)
            is_refused = status == 401 or (status == 403 and "Your role may not" in body)
            is_sent_away = lines.get("location", "").startswith(f"{SIGN_IN}?")
            is_socket_shut = route.method == "WEBSOCKET" and status == 403
            is_in = not (is_refused or is_sent_away or is_socket_shut)
            if is_in is not role.covers(route.console):
                wrong.append((route.name, role.value, status, body[:200]))

    assert wrong == []


@pytest.mark.parametrize(
    ("left_out", "changed"),
    [
        ("X-CSRF-Token", {}),
        ("", {"X-CSRF-Token": "guessed"}),
        ("", {"Origin": "https://elsewhere.example"}),
        ("", {"Origin": "null"}),
        ("Origin", {}),
        ("Origin", {"Sec-Fetch-Site": "cross-site"}),
        ("Origin", {"Sec-Fetch-Site": "same-site"}),
    ],
    ids=str,
)
async def test_no_foreign_page_makes_an_admin_do_anything(line, left_out, changed):
    right = await signed_in(line.parts, Role.ADMIN)
    headers = {name: value for name, value in right.items() if name != left_out} | changed
    wrong = []
    for route in line.console:
        if route.changes:
            status, _, _ = await answer(line.app, route.method, route.address, headers)
            if status != 403:
                wrong.append((route.name, status))

    assert wrong == []


async def test_the_mark_of_another_session_is_no_good(line):
    mine = await signed_in(line.parts, Role.ADMIN)
    theirs = await signed_in(line.parts, Role.ADMIN)
    headers = mine | {"X-CSRF-Token": theirs["X-CSRF-Token"]}
    status, _, _ = await answer(line.app, "POST", "/console/sign-out", headers)

    assert status == 403


async def test_no_foreign_page_signs_anybody_in(line):
    wrong = []
    for route in line.routes:
        if route.path.startswith("/console") and route.console is None and route.changes:
            headers = {"Origin": "https://elsewhere.example"}
            status, _, _ = await answer(line.app, route.method, route.address, headers)
            if status != 403:
                wrong.append((route.name, status))

    assert wrong == []


async def test_streams_and_sockets_go_through_the_same_door(line):
    router = APIRouter()
    needs = Needs(line.parts.accounts.door, Role.OPERATOR)

    @router.get("/console/test-events")
    async def events(person: Person = Depends(needs)) -> StreamingResponse:
        async def forever() -> AsyncIterator[str]:
            while True:
                yield "data: words\n\n"
                await asyncio.sleep(0)

        return StreamingResponse(forever(), media_type="text/event-stream")

    @router.websocket("/console/test-socket")
    async def socket(websocket: WebSocket, person: Person = Depends(needs)) -> None:
        await websocket.accept()

    line.app.include_router(router)
    ways = [("GET", "/console/test-events"), ("WEBSOCKET", "/console/test-socket")]
    operator = await signed_in(line.parts, Role.OPERATOR)
    foreign = operator | {"Origin": "https://elsewhere.example"}
    viewer = await signed_in(line.parts, Role.VIEWER)

    async def statuses(headers: dict[str, str]) -> list[int]:
        return [(await answer(line.app, *way, headers))[0] for way in ways]

    assert await statuses({"Origin": LOCAL_URL}) == [401, 403]
    assert await statuses(viewer) == [403, 403]
    assert await statuses(operator) == [200, 101]
    # Another page cannot read a stream, and a browser says so itself; a socket it could read.
    assert await statuses(foreign) == [200, 403]


async def test_a_token_does_what_its_scope_says_and_no_more(line):
    boss = await line.parts.accounts.accounts.named("Boss")
    assert boss is not None
    wrong = []
    for scope in Scope:
        now = line.parts.accounts.clock()
        shown, token = new_token(boss.id, boss.role, "test", scope, timedelta(days=1), now)
        await line.parts.accounts.tokens.add(token)
        headers = {"Authorization": f"Bearer {shown}"}
        for route in line.routes:
            if route.api is None:
                continue
            status, _, _ = await answer(line.app, route.method, route.address, headers)
            if (status not in (401, 403)) is not scope.role.covers(route.api):
                wrong.append((route.name, scope.value, status))

    assert wrong == []


async def test_what_changes_something_over_the_api_needs_more_than_reading(line):
    changing = [
        route.name
        for route in line.routes
        if route.api is not None and route.changes and route.api is Role.VIEWER
    ]

    assert changing == []
