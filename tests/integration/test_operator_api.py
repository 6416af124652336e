"""What operators do over HTTP, on real SQLite and PostgreSQL: kept, shared, shown, refused."""

import json
from collections.abc import Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx2
import pytest

from aurora.app import create_app
from aurora.errors import RecordsError
from aurora.parts import open_parts
from aurora.rooms import open_rooms
from aurora.settings import load_settings
from tests.application import application, set_environment
from tests.postgres import postgres_server, postgres_url  # noqa: F401

FIRE = "There is a fire in Zone B"
EXERCISE = "exercise exercise, fire in zone B, one casualty"
LOWER = {"urgency": "normal", "by": "Ann Example", "reason": "a barbecue, seen on camera 4"}


@pytest.fixture(params=["sqlite", "postgresql"])
def env(request: pytest.FixtureRequest) -> Iterator[Mapping[str, str]]:
    if request.param == "sqlite":
        yield {}
    else:
        yield {"AURORA_DATABASE_URL": request.getfixturevalue("postgres_url")}


async def report(client, words: str = FIRE, **more: str) -> dict:
    answer = await client.post("/api/process-speech", json={"speech": words, **more})
    assert answer.status_code == 200, answer.text
    return answer.json()


async def call_id_of(client, words: str = FIRE) -> str:
    return str((await report(client, words))["call_id"])


def drill(**changes: object) -> dict:
    now = datetime.now(UTC)
    return {
        "by": "Ann Example",
        "reason": "yearly exercise",
        "starts_at": (now - timedelta(minutes=5)).isoformat(),
        "ends_at": (now + timedelta(hours=1)).isoformat(),
        **changes,
    }


# Urgency -------------------------------------------------------------------------------------


async def test_a_lowered_call_says_who_and_why_everywhere(env, monkeypatch, tmp_path):
    async with application(monkeypatch, tmp_path, env) as (client, _):
        call_id = await call_id_of(client)
        answer = await client.post(f"/api/call/{call_id}/urgency", json=LOWER)
        shown = (await client.get(f"/api/call/{call_id}")).json()
        await client.post(f"/api/call/{call_id}/end")

    assert answer.json() == {"call_id": call_id, "urgency": "normal"}
    assert shown["call"]["urgency"] == "NORMAL"
    [log_file] = (tmp_path / "call_logs").glob("*.json")
    for events in (shown["events"], json.loads(log_file.read_text())["events"]):
        [lowered] = [event for event in events if event["kind"] == "urgency_lowered"]
        assert lowered["details"] == {
            "from": "critical",
            "to": "normal",
            "by": LOWER["by"],
            "reason": LOWER["reason"],
        }


async def test_later_words_raise_a_lowered_call_and_a_restart_keeps_it_lowered(
    env, monkeypatch, tmp_path
):
    async with application(monkeypatch, tmp_path, env) as (client, _):
        call_id = await call_id_of(client)
        await client.post(f"/api/call/{call_id}/urgency", json=LOWER)
    async with application(monkeypatch, tmp_path, env) as (client, _):
        calm = await report(client, "okay, thank you", call_id=call_id)
        grave = await report(client, "now he is not breathing", call_id=call_id)

    assert calm["urgency"] == "normal"
    assert grave["urgency"] == "critical"


@pytest.mark.parametrize(
    ("field", "body"),
    [
        ("by", {**LOWER, "by": "  "}),
        ("reason", {**LOWER, "reason": ""}),
        ("by", {key: LOWER[key] for key in ("urgency", "reason")}),
        ("reason", {key: LOWER[key] for key in ("urgency", "by")}),
        ("urgency", {**LOWER, "urgency": "calm"}),
        ("urgency", {key: LOWER[key] for key in ("by", "reason")}),
    ],
)
async def test_an_act_without_a_name_or_a_reason_is_refused_and_names_the_field(
    field, body, monkeypatch, tmp_path
):
    async with application(monkeypatch, tmp_path) as (client, _):
        call_id = await call_id_of(client)
        answer = await client.post(f"/api/call/{call_id}/urgency", json=body)
        shown = (await client.get(f"/api/call/{call_id}")).json()

    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["field"] == field
    assert shown["call"]["urgency"] == "CRITICAL"


async def test_an_unknown_call_is_not_found(monkeypatch, tmp_path):
    async with application(monkeypatch, tmp_path) as (client, _):
        answer = await client.post("/api/call/call_9/urgency", json=LOWER)

    assert answer.status_code == 404


async def test_what_cannot_be_stored_is_refused_with_503(monkeypatch, tmp_path):
    async def fail(*_: object) -> None:
        raise RecordsError("the disk is full")

    async with application(monkeypatch, tmp_path) as (client, parts):
        call_id = await call_id_of(client)
        with monkeypatch.context() as broken:
            broken.setattr(parts.records, "append", fail)
            broken.setattr(parts.records.conditions, "add", fail)
            answers = [
                await client.post(f"/api/call/{call_id}/urgency", json=LOWER),
                await client.put("/api/wind", json={"from": "W", "by": "Ann"}),
                await client.post("/api/drills", json=drill()),
            ]
        shown = (await client.get(f"/api/call/{call_id}")).json()
        conditions = (await client.get("/api/conditions")).json()

    assert [answer.status_code for answer in answers] == [503, 503, 503]
    assert shown["call"]["urgency"] == "CRITICAL"
    assert conditions == {"wind": None, "blocked_exits": [], "drills": []}


# Drills --------------------------------------------------------------------------------------


async def test_an_announced_drill_is_honoured_until_it_is_cancelled(env, monkeypatch, tmp_path):
    async with application(monkeypatch, tmp_path, env) as (client, parts):
        announced = await client.post("/api/drills", json=drill())
        drilled = await call_id_of(client, EXERCISE)
        listed = (await client.get("/api/drills")).json()["drills"]
        where = f"/api/drills/{announced.json()['id']}"
        nameless = await client.request("DELETE", where, json={"by": ""})
        cancelled = await client.request("DELETE", where, json={"by": "Bo Example"})
        again = await client.request("DELETE", where, json={"by": "Bo Example"})
        after = (await client.get("/api/drills")).json()["drills"]
        await report(client, "the fire is spreading to zone C", call_id=drilled)
        call = await parts.switchboard.call(drilled)
        shown = (await client.get(f"/api/call/{drilled}")).json()

    assert announced.status_code == 201
    assert listed == [announced.json()]
    assert listed[0]["is_running"] is True
    assert (nameless.status_code, nameless.json()["field"]) == (422, "by")
    assert (cancelled.status_code, again.status_code, after) == (200, 404, [])
    [begun] = [event for event in shown["events"] if event["kind"] == "drill_begun"]
    assert begun["details"]["announced_by"] == "Ann Example"
    assert not call.is_drill
    assert "emergency_services" in call.roles_alerted


async def test_in_an_announced_drill_everything_runs_and_nobody_outside_is_alerted(
    monkeypatch, tmp_path
):
    async with application(monkeypatch, tmp_path) as (client, parts):
        await client.post("/api/drills", json=drill(zone="b"))
        answer = await report(client, EXERCISE)
        call = await parts.switchboard.call(answer["call_id"])
        roles = list(call.roles_alerted)
        was_drill = call.is_drill
        await report(client, "no duff, a man really collapsed here", call_id=call.id)
        call = await parts.switchboard.call(call.id)

    assert was_drill
    assert answer["urgency"] == "critical"
    assert "Get out now" in answer["message"]
    assert roles
    assert "emergency_services" not in roles
    assert not call.is_drill
    assert "emergency_services" in call.roles_alerted


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("by", {"by": ""}),
        ("reason", {"reason": " "}),
        ("starts_at", {"starts_at": "tomorrow"}),
        ("starts_at", {"starts_at": "2026-11-25T10:00:00"}),
        ("ends_at", {"ends_at": "2020-01-01T00:00:00Z"}),
        ("ends_at", {"ends_at": "2099-01-01T00:00:00Z"}),
        ("zone", {"zone": "z"}),
    ],
)
async def test_a_drill_that_cannot_be_is_refused_and_names_the_field(
    field, changes, monkeypatch, tmp_path
):
    async with application(monkeypatch, tmp_path) as (client, _):
        answer = await client.post("/api/drills", json=drill(**changes))

    assert (answer.status_code, answer.json()["field"]) == (422, field)


# Wind and exits ------------------------------------------------------------------------------


async def test_the_wind_sends_callers_into_it(env, monkeypatch, tmp_path):
    async with application(monkeypatch, tmp_path, env) as (client, _):
        told = await client.put("/api/wind", json={"from": "W", "by": "Ann Example"})
        west = await report(client, "There is a gas leak in Zone B")
        await client.put("/api/wind", json={"from": 90, "by": "Ann Example"})
        east = await report(client, "There is a gas leak in Zone B")

    assert told.json()["from"] == "west"
    assert "Leave Zone B by the west gate; the wind comes from the west." in west["message"]
    assert "Leave Zone B by the east gate; the wind comes from the east." in east["message"]


@pytest.mark.parametrize(
    ("field", "body"), [("from", {"from": "up", "by": "Ann"}), ("by", {"from": "W", "by": ""})]
)
async def test_a_wind_from_nowhere_or_nobody_is_refused(field, body, monkeypatch, tmp_path):
    async with application(monkeypatch, tmp_path) as (client, _):
        answer = await client.put("/api/wind", json=body)

    assert (answer.status_code, answer.json()["field"]) == (422, field)


async def test_a_blocked_exit_holds_for_the_next_callers_after_a_restart_until_it_is_cleared(
    env, monkeypatch, tmp_path
):
    async with application(monkeypatch, tmp_path, env) as (client, _):
        call_id = await call_id_of(client)
        own = await report(client, "The east gate is blocked", call_id=call_id)
        shown = (await client.get(f"/api/call/{call_id}")).json()
    async with application(monkeypatch, tmp_path, env) as (client, _):
        [blocked] = (await client.get("/api/conditions")).json()["blocked_exits"]
        following = await report(client)
        cleared = await client.put(
            "/api/zones/b/exits/b_east",
            json={"is_blocked": False, "by": "Ann Example", "reason": "truck moved"},
        )
        last = await report(client)

    assert "Leave Zone B by the west gate." in own["message"]
    assert "exit_blocked" in [event["kind"] for event in shown["events"]]
    assert (blocked["zone"], blocked["exit"], blocked["by"]) == ("b", "b_east", call_id)
    assert "Leave Zone B by the west gate." in following["message"]
    assert cleared.status_code == 200
    assert "the east gate or the west gate" in last["message"]


async def test_with_every_exit_blocked_callers_hear_how_to_hold_out(monkeypatch, tmp_path):
    async with application(monkeypatch, tmp_path) as (client, _):
        for exit_id in ("b_east", "b_west"):
            body = {"is_blocked": True, "by": "Ann Example", "reason": "flooded"}
            await client.put(f"/api/zones/b/exits/{exit_id}", json=body)
        answer = await report(client)

    assert "Every exit of Zone B is reported blocked." in answer["message"]
    assert "Close the doors, seal the gaps, and tell me exactly where you are." in answer["message"]


async def test_an_exit_the_site_lacks_and_an_act_without_a_reason_are_refused(
    monkeypatch, tmp_path
):
    body = {"is_blocked": True, "by": "Ann", "reason": ""}
    async with application(monkeypatch, tmp_path) as (client, _):
        unknown = await client.put("/api/zones/b/exits/a_north", json=body)
        unreasoned = await client.put("/api/zones/b/exits/b_east", json=body)

    assert unknown.status_code == 404
    assert (unreasoned.status_code, unreasoned.json()["field"]) == (422, "reason")


async def test_what_one_machine_is_told_another_says_to_its_callers(env, monkeypatch, tmp_path):
    async with AsyncExitStack() as stack:
        here = await stack.enter_async_context(machine(monkeypatch, tmp_path, env))
        there = await stack.enter_async_context(machine(monkeypatch, tmp_path, env))
        call_id = await call_id_of(here)
        await report(here, "we can't get out by the east gate", call_id=call_id)
        await there.get("/api/conditions")  # as the refresh of every few seconds does
        answer = await report(there)

    assert "Leave Zone B by the west gate." in answer["message"]


@asynccontextmanager
async def machine(monkeypatch: pytest.MonkeyPatch, directory: Path, env: Mapping[str, str]):
    """One of several machines of a site: rooms and a board of its own, the database shared."""
    set_environment(monkeypatch, directory, env)
    settings = load_settings()
    local = "http://127.0.0.1:5000"
    async with open_parts(settings, open_rooms(settings), local_url=local) as parts:
        transport = httpx2.ASGITransport(create_app(parts), client=("127.0.0.1", 40000))
        async with httpx2.AsyncClient(transport=transport, base_url=local) as client:
            yield client


async def test_a_failing_database_of_conditions_stops_no_turn(monkeypatch, tmp_path):
    async def fail(*_: object) -> None:
        raise RecordsError("the disk is full")

    async with application(monkeypatch, tmp_path) as (client, parts):
        monkeypatch.setattr(parts.records.conditions, "add", fail)
        monkeypatch.setattr(parts.records.conditions, "holding", fail)
        call_id = await call_id_of(client)
        own = await report(client, "The east gate is blocked", call_id=call_id)
        following = await report(client)

    assert "Leave Zone B by the west gate." in own["message"]
    assert "Leave Zone B by the west gate." in following["message"]
