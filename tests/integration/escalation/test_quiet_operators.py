"""An operator takes an incident at the console: still with it, or everybody is paged again."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import httpx2
import pytest
from sqlalchemy import update

from aurora.accounts.person import Role
from aurora.escalation import quiet
from aurora.escalation.incident import Incident
from aurora.records.account_tables import sessions
from tests.hurried_site import hurried_site
from tests.reached_line import ReachedLine, reached_line, until
from tests.signing_in import signed_in
from tests.waiting import PATIENT_S

SUPERVISOR = "+12025550104"
NAME = "Ann Operator"


@pytest.fixture(scope="module", params=[1.5], ids=["quiet"])
def site(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> str:
    """A site that reminds after so many seconds."""
    quiet_s = request.param
    paging = {"wait_s": {"critical": 120}, "quiet_s": {"critical": quiet_s, "urgent": quiet_s}}
    return hurried_site(tmp_path_factory.mktemp("quiet"), paging=paging)


@pytest.fixture
async def line(monkeypatch, tmp_path, site: str):
    monkeypatch.setattr(quiet, "LOOKS_EVERY_S", 0.2)
    async with reached_line(monkeypatch, tmp_path, {"AURORA_SITE": site}) as opened:
        yield opened


async def incident(line: ReachedLine) -> Incident:
    [one] = await line.parts.answers.incidents()
    return one


async def taken(line: ReachedLine) -> httpx2.AsyncClient:
    """A fire that an operator at the console has taken; return their browser."""
    caller = line.caller()
    await caller.ring()
    await caller.say("There is a fire in zone A")
    await until(lambda: line.calls_to(SUPERVISOR))
    headers = await signed_in(line.parts, Role.OPERATOR, NAME) | {"Origin": line.url}
    browser = httpx2.AsyncClient(
        base_url=line.url, headers=headers, trust_env=False, timeout=PATIENT_S
    )
    await takes(line, browser)
    return browser


async def takes(line: ReachedLine, browser: httpx2.AsyncClient) -> None:
    one = await incident(line)
    body = {"seen": len(one.acts)}
    answer = await browser.post(f"/console/board/incidents/{one.id}/take", json=body)
    assert answer.status_code == 204, answer.text


async def reached(line: ReachedLine, is_so: Callable[[Incident], bool]) -> Incident:
    """Wait for what the watch does to the incident."""
    async with asyncio.timeout(PATIENT_S):
        while not is_so(one := await incident(line)):  # noqa: ASYNC110 - the database has no event
            await asyncio.sleep(0.02)
    return one


def is_asked(one: Incident) -> bool:
    return any(one.is_asked_for_a_sign(who) for who in one.responders)


# Time for a press and a look at the board before it is asked again.
@pytest.mark.parametrize("site", [8], indirect=True)
async def test_the_board_asks_and_a_press_keeps_it(line: ReachedLine) -> None:
    browser = await taken(line)
    asked = await reached(line, is_asked)
    board = await browser.get("/console")
    await takes(line, browser)
    kept = await incident(line)
    quieter = await browser.get("/console")
    await browser.aclose()

    assert "Still with it?" in board.text
    assert "Still with it?" not in quieter.text
    assert asked.accepted_by == kept.accepted_by != []


async def test_without_a_press_everybody_is_paged_again(line: ReachedLine) -> None:
    browser = await taken(line)
    count = len(line.calls_to(SUPERVISOR))
    await reached(line, is_asked)
    await until(lambda: len(line.calls_to(SUPERVISOR)) > count)
    one = await incident(line)
    board = await browser.get("/console")
    await browser.aclose()

    assert one.accepted_by == []
    assert "Take it" in board.text


@pytest.mark.parametrize("site", [600], indirect=True)
async def test_an_operator_whose_console_is_gone_is_not_waited_for(line: ReachedLine) -> None:
    browser = await taken(line)
    count = len(line.calls_to(SUPERVISOR))
    await browser.aclose()
    then = datetime.now(UTC) - timedelta(minutes=3)
    closed = update(sessions).values(seen_at=then)
    await line.parts.records.beside.write(lambda connection: connection.execute(closed))
    await until(lambda: len(line.calls_to(SUPERVISOR)) > count)

    assert (await incident(line)).accepted_by == []
    [call_id] = (await incident(line)).calls
    events = [event.kind for event in await line.parts.records.events(call_id)]
    assert "acknowledger_quiet" in events
