"""Webhooks that come twice, late, in another order or broken: answered, and never a dead line."""

import asyncio

import pytest

from tests.application import application
from tests.integration.webhooks import CALL, SIGNED, post, verbs


async def test_a_repeated_webhook_gets_the_first_answer_and_is_recorded_once(monkeypatch, tmp_path):
    async with application(monkeypatch, tmp_path, SIGNED) as (client, parts):
        root = verbs(await post(client, "/incoming-call", CALL))
        action = root.find("Gather").get("action")
        words = {**CALL, "SpeechResult": "fire in zone b"}
        answers = await asyncio.gather(*(post(client, action, words) for _ in range(5)))
        messages = await parts.records.messages((await parts.records.find("CA0001")).id)

    assert len({answer.text for answer in answers}) == 1
    assert [m.role for m in messages] == ["assistant", "user", "assistant"]


async def test_a_repeat_after_a_restart_gets_the_first_answer(monkeypatch, tmp_path):
    words = {**CALL, "SpeechResult": "fire in zone b"}
    async with application(monkeypatch, tmp_path, SIGNED) as (client, _):
        action = verbs(await post(client, "/incoming-call", CALL)).find("Gather").get("action")
        first = await post(client, action, words)
    async with application(monkeypatch, tmp_path, SIGNED) as (client, parts):
        second = await post(client, action, words)
        call = await parts.switchboard.call("CA0001")
        messages = await parts.records.messages(call.id)

    assert second.text == first.text
    assert call.exchanges == 1
    assert len(messages) == 3


async def test_twilios_own_idempotency_token_is_honoured(monkeypatch, tmp_path):
    headers = {"I-Twilio-Idempotency-Token": "token-1"}
    async with application(monkeypatch, tmp_path, SIGNED) as (client, _):
        first = await post(client, "/incoming-call", CALL, headers=headers)
        second = await post(client, "/incoming-call", CALL, headers=headers)

    assert second.text == first.text


async def test_words_before_the_call_was_announced_are_heard(monkeypatch, tmp_path):
    async with application(monkeypatch, tmp_path, SIGNED) as (client, _):
        answer = await post(client, "/process-speech", {**CALL, "SpeechResult": "fire in zone b"})

    assert "the east gate" in verbs(answer).findtext("Gather/Say")


async def test_words_after_the_end_reopen_the_call(monkeypatch, tmp_path):
    async with application(monkeypatch, tmp_path, SIGNED) as (client, parts):
        await post(client, "/incoming-call", CALL)
        await post(client, "/call-status", {**CALL, "CallStatus": "completed"})
        await post(client, "/process-speech", {**CALL, "SpeechResult": "fire in zone b"})
        call = await parts.switchboard.call("CA0001")

    assert call.ended_at is None
    assert call.urgency == "critical"


async def test_late_status_callbacks_change_nothing(monkeypatch, tmp_path):
    async with application(monkeypatch, tmp_path, SIGNED) as (client, parts):
        await post(client, "/incoming-call", CALL)
        for status in ("ringing", "in-progress", "initiated"):
            answer = await post(client, "/call-status", {**CALL, "CallStatus": status})
            assert answer.status_code == 204
        call = await parts.switchboard.call("CA0001")

    assert call.ended_at is None


@pytest.mark.parametrize(
    ("path", "fields", "status"),
    [
        ("/call-status", {**CALL, "CallSid": "CA9", "CallStatus": "completed"}, 404),
        ("/process-speech", {"SpeechResult": "fire"}, 422),
        ("/incoming-call", {"From": "+12025550151"}, 422),
        ("/incoming-call", {**CALL, "CallSid": "C" * 100}, 422),
    ],
)
async def test_webhooks_that_name_no_call_are_4xx(path, fields, status, monkeypatch, tmp_path):
    async with application(monkeypatch, tmp_path, SIGNED) as (client, _):
        answer = await post(client, path, fields)

    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("body", "status"),
    [(b"CallSid=" + b"A" * 1_000_000, 413), (b"CallSid=%FF", 400), (b"\xff", 400)],
)
async def test_oversized_and_undecodable_webhooks_are_4xx(body, status, monkeypatch, tmp_path):
    async with application(monkeypatch, tmp_path) as (client, _):
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        answer = await client.post("/process-speech", content=body, headers=headers)

    assert answer.status_code == status
    assert "Traceback" not in answer.text


GONE = {**CALL, "CallStatus": "completed"}


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("/process-speech?turn=1", {"SpeechResult": ""}),
        ("/process-speech?turn=1", {"Digits": "1"}),
        ("/after-hand-off?turn=1", {"DialCallStatus": "canceled"}),
        ("/after-hand-off?turn=1", {"DialCallStatus": "completed"}),
    ],
)
@pytest.mark.parametrize("is_told_before", [True, False])
async def test_a_late_webhook_leaves_a_hung_up_call_ended(
    path, fields, is_told_before, monkeypatch, tmp_path
):
    async with application(monkeypatch, tmp_path, SIGNED) as (client, parts):
        await post(client, "/incoming-call", CALL)
        if is_told_before:
            await post(client, "/call-status", GONE)
        late = verbs(await post(client, path, {**GONE, **fields}))
        call = await parts.switchboard.call("CA0001")
        messages = await parts.records.messages(call.id)

    assert list(late) == []
    assert call.end_reason == "hung_up"
    assert len(messages) == 1, "nothing is said to nobody"


async def test_words_of_a_caller_who_is_gone_are_rated_and_the_call_stays_ended(
    monkeypatch, tmp_path
):
    words = {**GONE, "SpeechResult": "fire in zone b"}
    async with application(monkeypatch, tmp_path, SIGNED) as (client, parts):
        await post(client, "/incoming-call", CALL)
        await post(client, "/call-status", GONE)
        late = verbs(await post(client, "/process-speech?turn=1", words))
        call = await parts.records.find("CA0001")
        messages = await parts.records.messages(call.id)

    assert list(late) == []
    assert call.end_reason == "hung_up"
    assert call.urgency == "critical"
    assert call.roles_alerted
    assert "fire in zone b" in [message.content for message in messages]


async def test_a_late_webhook_of_a_call_never_heard_of_is_answered_with_nothing(
    monkeypatch, tmp_path
):
    async with application(monkeypatch, tmp_path, SIGNED) as (client, parts):
        late = verbs(await post(client, "/process-speech", {**GONE, "SpeechResult": ""}))
        calls = await parts.records.calls()

    assert (list(late), calls) == ([], [])
