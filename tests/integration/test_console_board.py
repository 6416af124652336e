"""The board's and the call page's routes over the whole application: roles, acts, streams."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx2
import orjson
import pytest
from sqlalchemy import text

from aurora.accounts.audit import Sought
from aurora.accounts.person import Role
from aurora.console.call.page import CallPage
from aurora.console.frame import Frame
from aurora.levels import Urgency
from aurora.parts import Parts
from tests.application import application
from tests.console_door import CookieDoor
from tests.postgres import running_server
from tests.signing_in import signed_in
from tests.waiting import PATIENT_S, until

FIRE = "there is a fire in zone b"
Client = httpx2.AsyncClient


@pytest.fixture
async def line(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> AsyncIterator[tuple[Client, Parts]]:
    async with application(monkeypatch, tmp_path) as one:
        yield one


async def place(client: Client, words: str = FIRE) -> str:
    answer = await client.post(
        "/api/process-speech", json={"speech": words, "ph_no": "+12025550171"}
    )
    return str(answer.json()["call_id"])


async def test_nobody_sees_the_board_without_signing_in(line: tuple[Client, Parts]) -> None:
    client, _ = line
    call_id = await place(client)
    page = await client.get("/console", headers={"Accept": "text/html"})
    assert page.status_code == 303
    for address in ("/console/board/events", f"/console/calls/{call_id}/events"):
        assert (await client.get(address)).status_code == 401
    for address in (f"/console/calls/{call_id}/end", "/console/board/incidents/x/take"):
        assert (await client.post(address, json={"seen": 0})).status_code == 401


async def test_a_viewer_reads_and_does_nothing(line: tuple[Client, Parts]) -> None:
    client, parts = line
    call_id = await place(client)
    viewer = await signed_in(parts, Role.VIEWER)
    assert FIRE in (await client.get("/console", headers=viewer)).text
    assert FIRE in (await client.get(f"/console/calls/{call_id}", headers=viewer)).text
    for act in ("urgency", "critical", "zone", "note", "end"):
        refused = await client.post(f"/console/calls/{call_id}/{act}", headers=viewer, json={})
        assert refused.status_code == 403, act
    assert (
        await client.get(f"/console/calls/{call_id}/forms/end", headers=viewer)
    ).status_code == 403


async def test_an_act_that_no_page_of_ours_sent_is_refused(line: tuple[Client, Parts]) -> None:
    client, parts = line
    call_id = await place(client)
    headers = await signed_in(parts, Role.OPERATOR)
    for wrong in ({"X-CSRF-Token": "guessed"}, {"Origin": "http://127.0.0.1:9999"}):
        answer = await client.post(
            f"/console/calls/{call_id}/critical", headers=headers | wrong, json={"seen": 0}
        )
        assert answer.status_code == 403


async def test_the_second_of_two_operators_is_told_in_their_own_language(
    line: tuple[Client, Parts],
) -> None:
    client, parts = line
    call_id = await place(client, "where do visitors park")
    ann, bob = [await signed_in(parts, Role.OPERATOR, name) for name in ("Ann", "Bob")]
    address = f"/console/calls/{call_id}/zone"
    first = await client.post(address, headers=ann, json={"seen": 0, "zone": "c"})
    assert first.status_code == 204
    second = await client.post(address, headers=bob, json={"seen": 0, "zone": "d"})
    assert second.status_code == 409
    assert second.json()["detail"].startswith("Ann changed the zone at ")
    assert (await parts.switchboard.call(call_id)).place.zone_id == "c"
    again = await client.post(address, headers=bob, json={"seen": 1, "zone": "d"})
    assert again.status_code == 204


async def test_lowering_without_a_reason_changes_nothing(line: tuple[Client, Parts]) -> None:
    client, parts = line
    call_id = await place(client)
    ann = await signed_in(parts, Role.OPERATOR, "Ann")
    asked = {"seen": 0, "urgency": "normal"}
    address = f"/console/calls/{call_id}/urgency"
    assert (await client.post(address, headers=ann, json=asked)).status_code == 409
    assert (await parts.switchboard.call(call_id)).urgency is Urgency.CRITICAL
    asked["reason"] = "a barbecue"
    assert (await client.post(address, headers=ann, json=asked)).status_code == 204
    [lowered] = [
        event for event in await parts.records.events(call_id) if event.kind == "urgency_lowered"
    ]
    assert (lowered.details["by"], lowered.details["reason"]) == ("Ann", "a barbecue")


@pytest.mark.parametrize(
    ("act", "asked", "field"),
    [
        ("zone", {"seen": 0, "zone": "nowhere"}, "zone"),
        ("end", {"seen": 0, "reason": ""}, "reason"),
        ("note", {"seen": 0, "text": ""}, "text"),
        ("urgency", {"seen": 0, "urgency": "terrible"}, "urgency"),
        ("critical", {"seen": -1}, "seen"),
    ],
)
async def test_a_wrong_field_is_named(
    line: tuple[Client, Parts], act: str, asked: dict[str, Any], field: str
) -> None:
    client, parts = line
    call_id = await place(client)
    ann = await signed_in(parts, Role.OPERATOR, "Ann")
    answer = await client.post(f"/console/calls/{call_id}/{act}", headers=ann, json=asked)
    assert answer.status_code == 422
    assert answer.json()["field"] == field


async def test_an_unknown_call_or_incident_is_not_found(line: tuple[Client, Parts]) -> None:
    client, parts = line
    ann = await signed_in(parts, Role.OPERATOR, "Ann")
    assert (await client.get("/console/calls/none", headers=ann)).status_code == 404
    for address in ("/console/calls/none/critical", "/console/board/incidents/none/take"):
        assert (await client.post(address, headers=ann, json={"seen": 0})).status_code == 404


async def test_a_critical_that_nobody_has_is_not_shelved_from_a_page_that_says_it_can_be(
    line: tuple[Client, Parts],
) -> None:
    client, parts = line
    await parts.start_alerting()
    await place(client)
    ann = await signed_in(parts, Role.OPERATOR, "Ann")
    [incident] = await until(parts.answers.incidents)
    await parts.board.watch.look()
    address = f"/console/board/incidents/{incident.id}"
    form = await client.get(f"{address}/forms/shelve", headers=ann)
    asked = {"seen": 0, "minutes": 30, "reason": "a barbecue"}
    act = await client.post(f"{address}/shelve", headers=ann, json=asked)
    assert (form.status_code, act.status_code) == (409, 409)
    assert "can be shelved once somebody has" in form.text
    [incident] = await parts.answers.incidents()
    assert incident.shelved is None


async def test_every_act_stands_on_the_audit_trail(line: tuple[Client, Parts]) -> None:
    client, parts = line
    call_id = await place(client, "where do visitors park")
    ann = await signed_in(parts, Role.OPERATOR, "Ann")
    for act, asked in (
        ("note", {"text": "gate 3 is open"}),
        ("zone", {"zone": "c"}),
        ("end", {"reason": "answered at the gate"}),
    ):
        seen = len((await parts.switchboard.call(call_id)).acts)
        answer = await client.post(
            f"/console/calls/{call_id}/{act}", headers=ann, json={**asked, "seen": seen}
        )
        assert answer.status_code == 204
    links = await parts.accounts.audit.find(Sought(subject=call_id), before=None, limit=10)
    told = {(link.entry.act, link.entry.who) for link in links}
    assert told == {("call.ended", "Ann"), ("call.zone_set", "Ann"), ("note.added", "Ann")}


async def test_a_call_of_another_machine_on_the_same_database_appears(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with running_server() as server:
        environment = {"AURORA_DATABASE_URL": server.new_database()}
        here_dir, there_dir = tmp_path / "here", tmp_path / "there"
        here_dir.mkdir()
        there_dir.mkdir()
        async with (
            application(monkeypatch, here_dir, environment) as (_, here),
            application(monkeypatch, there_dir, environment) as (client, _there),
        ):
            following = here.board.stream("en").follow(None)
            await anext(following)
            assert b"event: whole" in await anext(following)
            call_id = await place(client)
            event = await _event(following, call_id.encode())
            update = orjson.loads(event.split(b"data: ", 1)[1])
            [row] = [item for item in update["put"] if item["key"] == f"c-{call_id}"]
            assert FIRE in row["html"]
            assert "critical" in row["classes"]
            await following.aclose()


async def test_a_call_whose_record_cannot_be_read_is_behind_and_its_words_still_come(
    line: tuple[Client, Parts],
) -> None:
    _, parts = line
    call = await parts.switchboard.call(await place(line[0]))
    frame = Frame(parts.rooms.site, CookieDoor())
    page = CallPage(parts.board, parts.records, parts.answers, frame)
    following = page.follow(call, "en")
    assert FIRE.encode() in await _event(following, b"event: parts")

    await _execute(parts, "ALTER TABLE messages RENAME TO messages_away")
    parts.switchboard.hear_so_far(call.id, "three people are")
    told = [event async for event in _until(following, b"event: behind")]
    told += [event async for event in _until(following, b"event: behind")]
    assert any(b"three people are" in event for event in told)
    assert not any(b"event: beat" in event for event in told)

    await _execute(parts, "ALTER TABLE messages_away RENAME TO messages")
    assert await _event(following, b"event: beat")
    await following.aclose()


async def _execute(parts: Parts, statement: str) -> None:
    await parts.records.beside.write(lambda connection: connection.execute(text(statement)))


async def _until(following: Any, mark: bytes) -> AsyncIterator[bytes]:
    """Yield the events up to the first with this in it."""
    async with asyncio.timeout(PATIENT_S):
        async for event in following:
            yield event
            if mark in event:
                return


async def _event(following: Any, mark: bytes) -> bytes:
    """Return the first event with this in it, once it comes."""
    async with asyncio.timeout(PATIENT_S):
        async for event in following:
            if mark in event:
                return bytes(event)
    raise AssertionError("it never came")
