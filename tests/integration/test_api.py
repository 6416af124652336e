"""The JSON API over real parts: the original's shapes, calls of many turns, errors with a fix."""

import asyncio
import json

import pytest

from tests.application import application

FIRE = "There is a fire in Zone B"


async def test_the_first_curl_of_a_newcomer(monkeypatch, tmp_path):
    async with application(monkeypatch, tmp_path) as (client, _):
        answer = await client.post("/api/process-speech", json={"speech": FIRE})

    body = answer.json()
    assert body["urgency"] == "critical"
    assert "the east gate" in body["message"]
    assert body["ph_no"] is None


async def test_a_number_keeps_its_call_over_turns(monkeypatch, tmp_path):
    async with application(monkeypatch, tmp_path) as (client, _):
        asked = {"ph_no": "+12345678901"}
        first = (await client.post("/api/process-speech", json={"speech": FIRE, **asked})).json()
        second = (await client.post("/api/process-speech", json={"speech": "yes", **asked})).json()

    assert second["call_id"] == first["call_id"]
    assert second["urgency"] == "critical"
    assert second["ph_no"] == "+12345678901"


async def test_a_number_is_the_same_however_it_is_spelled(monkeypatch, tmp_path):
    spellings = ["+1 202-555-0151", "+12025550151", "+1 (202) 555.0151"]
    async with application(monkeypatch, tmp_path) as (client, parts):
        answers = [
            (await client.post("/api/process-speech", json={"speech": FIRE, "ph_no": ph_no})).json()
            for ph_no in spellings
        ]
        call = await parts.switchboard.call(answers[0]["call_id"])

    assert len({answer["call_id"] for answer in answers}) == 1
    assert [answer["ph_no"] for answer in answers] == spellings
    assert call.from_number == "+12025550151"
    assert call.worker_name == parts.rooms.site.worker("+12025550151").name


@pytest.mark.parametrize(
    "number", ["+1 23", "Ana", "2025550151", "+1 202 555 0151 ext. 7", "+", "0"]
)
async def test_what_is_no_whole_number_is_kept_as_it_is(number, monkeypatch, tmp_path):
    async with application(monkeypatch, tmp_path) as (client, parts):
        asked = {"speech": FIRE, "ph_no": number}
        answer = (await client.post("/api/process-speech", json=asked)).json()
        call = await parts.switchboard.call(answer["call_id"])

    assert (answer["ph_no"], call.from_number) == (number, number)


async def test_callers_without_a_number_stay_separate_calls(monkeypatch, tmp_path):
    async with application(monkeypatch, tmp_path) as (client, _):
        ids = {
            (await client.post("/api/process-speech", json={"speech": FIRE})).json()["call_id"]
            for _ in range(5)
        }
        shown = (await client.get("/api/active-calls")).json()

    assert len(ids) == 5
    assert set(shown["active_calls"]) == ids


async def test_a_call_id_continues_a_call_without_a_number(monkeypatch, tmp_path):
    async with application(monkeypatch, tmp_path) as (client, _):
        first = (await client.post("/api/process-speech", json={"speech": FIRE})).json()
        asked = {"speech": "okay", "call_id": first["call_id"]}
        second = (await client.post("/api/process-speech", json=asked)).json()

    assert second["call_id"] == first["call_id"]
    assert second["urgency"] == "critical"


async def test_a_form_is_as_good_as_json(monkeypatch, tmp_path):
    async with application(monkeypatch, tmp_path) as (client, _):
        answer = await client.post("/api/process-speech", data={"speech": FIRE, "ph_no": "+1 23"})

    assert answer.json()["urgency"] == "critical"
    assert answer.json()["ph_no"] == "+1 23"


async def test_the_original_shapes(monkeypatch, tmp_path):
    async with application(monkeypatch, tmp_path) as (client, _):
        asked = {"speech": FIRE, "ph_no": "+91-9876543210"}
        call_id = (await client.post("/api/process-speech", json=asked)).json()["call_id"]
        active = (await client.get("/api/active-calls")).json()
        one = (await client.get(f"/api/call/{call_id}")).json()

    call = active["active_calls"][call_id]
    assert set(call) == {
        "worker_id",
        "mobile_no",
        "conversation_id",
        "urgency",
        "status",
        "timestamp",
        "medium",
        "last_message_at",
    }
    assert call["worker_id"] == "worker_919876543210"
    assert (call["urgency"], call["status"]) == ("CRITICAL", "ACTIVE")
    conversation = active["active_conversations"][call["conversation_id"]]
    assert conversation["call_id"] == call_id
    assert [m["role"] for m in conversation["messages"].values()] == ["user", "assistant"]
    assert next(iter(conversation["messages"])) == call_id.replace("call_", "msg_") + "_0001"
    assert one["call"] == call
    assert one["conversation"] == conversation
    assert "Zone B" in one["summary"]


async def test_an_ended_call_leaves_its_log_and_its_summary(monkeypatch, tmp_path):
    async with application(monkeypatch, tmp_path) as (client, parts):
        asked = {"speech": FIRE, "ph_no": "+12345678901"}
        call_id = (await client.post("/api/process-speech", json=asked)).json()["call_id"]
        ended = await client.post(f"/api/call/{call_id}/end")
        again = await client.post(f"/api/call/{call_id}/end")
        next_call = (await client.post("/api/process-speech", json=asked)).json()["call_id"]
        events = await parts.records.events(call_id)

    assert (ended.status_code, again.status_code) == (200, 200)
    assert next_call != call_id
    assert "Critical call, fire, Zone B" in events[-1].details["summary"]
    [log] = [p for p in (tmp_path / "call_logs").iterdir() if call_id[5:] in p.name]
    content = json.loads(log.read_text())
    assert {"call_sid", "duration_seconds", "exchanges", "critical_alerts", "conversation"} <= set(
        content
    )


@pytest.mark.parametrize(
    ("body", "content_type", "status", "field"),
    [
        (b"{", "application/json", 400, None),
        (b"[]", "application/json", 400, None),
        (b'{"speech": "\xff"}', "application/json", 400, None),
        (b"{}", "application/json", 422, "speech"),
        (b'{"speech": "   "}', "application/json", 422, "speech"),
        (b'{"speech": 5}', "application/json", 422, "speech"),
        (b"speech=%FF%FE", "application/x-www-form-urlencoded", 400, None),
        (b"speech", "text/plain", 415, "Content-Type"),
        (b"x" * 1_000_000, "application/json", 413, None),
        (b'{"speech": "hello", "call_id": "call_none"}', "application/json", 404, None),
    ],
)
async def test_bad_input_gets_its_own_4xx_and_names_the_field(
    body, content_type, status, field, monkeypatch, tmp_path
):
    async with application(monkeypatch, tmp_path) as (client, _):
        answer = await client.post(
            "/api/process-speech", content=body, headers={"Content-Type": content_type}
        )
        shown = (await client.get("/api/active-calls")).json()

    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json().get("field") == field
    assert "Traceback" not in answer.text
    assert shown["active_calls"] == {}


@pytest.mark.parametrize("path", ["/api/call/none", "/nowhere", "/api/nowhere"])
async def test_unknown_things_are_404_problems(path, monkeypatch, tmp_path):
    async with application(monkeypatch, tmp_path) as (client, _):
        answer = await client.get(path)

    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


async def test_figures_count_what_happened(monkeypatch, tmp_path):
    async with application(monkeypatch, tmp_path) as (client, _):
        for number in ("+12345678901", "+12345678902"):
            await client.post("/api/process-speech", json={"speech": FIRE, "ph_no": number})
        stats = (await client.get("/api/emergency-stats")).json()
        times = (await client.get("/api/performance-metrics")).json()
        metrics = (await client.get("/metrics")).text

    assert stats["by_urgency"]["critical"] == 2
    assert stats["by_zone"] == {"b": 2}
    assert times["by_urgency"]["critical"]["count"] == 2
    assert 'aurora_turns_total{line="api",urgency="critical"} 2.0' in metrics


async def test_many_turns_of_one_caller_at_once_are_all_answered_in_some_order(
    monkeypatch, tmp_path
):
    async with application(monkeypatch, tmp_path) as (client, parts):
        asked = {"ph_no": "+12345678901"}
        answers = await asyncio.gather(
            *(
                client.post("/api/process-speech", json={"speech": f"fire in zone b {n}", **asked})
                for n in range(20)
            )
        )
        [call_id] = {answer.json()["call_id"] for answer in answers}
        messages = await parts.records.messages(call_id)

    assert [m.role for m in messages] == ["user", "assistant"] * 20
    assert len({m.content for m in messages if m.role == "user"}) == 20
