"""The telephone webhooks over real parts: signed, idempotent, in any order, never a dead line."""

import asyncio
import base64
import threading
import xml.etree.ElementTree as ET
from typing import Any
from urllib.parse import parse_qsl, urlencode

import httpx2
import pytest
from twilio.request_validator import RequestValidator

from aurora.conversation.switchboard import Switchboard
from aurora.errors import RecordsError
from aurora.records import sql
from aurora.records.sql import SqlRecords
from tests.application import application

TOKEN = "twilio-auth-token"
PUBLIC = "https://line.example.com"
SIGNED = {"TWILIO_AUTH_TOKEN": TOKEN, "AURORA_PUBLIC_URL": PUBLIC}
CALL = {"CallSid": "CA0001", "From": "+12025550151", "To": "+12025550110", "CallStatus": "ringing"}


async def post(client: httpx2.AsyncClient, path: str, fields: Any, **options: Any):
    """Post a form as Twilio does: signed for the public address, relative actions resolved."""
    path = f"/{path.removeprefix('/')}"
    body = urlencode(fields)
    pairs = parse_qsl(body, keep_blank_values=True)
    signature = RequestValidator(TOKEN).compute_signature(f"{PUBLIC}{path}", dict(pairs))
    headers = {"X-Twilio-Signature": signature, **options.pop("headers", {})}
    headers["Content-Type"] = "application/x-www-form-urlencoded"
    return await client.post(path, content=body.encode(), headers=headers, **options)


def verbs(answer: httpx2.Response) -> ET.Element:
    assert answer.status_code == 200, answer.text
    return ET.fromstring(answer.text)


async def test_a_call_from_ring_to_hang_up(monkeypatch, tmp_path):
    async with application(monkeypatch, tmp_path, SIGNED) as (client, parts):
        greeting = verbs(await post(client, "/incoming-call", CALL))
        action = greeting.find("Gather").get("action")
        answer = verbs(await post(client, action, {**CALL, "SpeechResult": "fire in zone b"}))
        status = {**CALL, "CallStatus": "completed", "SequenceNumber": "3"}
        done = await post(client, "/call-status", status)
        call = await parts.records.find("CA0001")
        messages = await parts.records.messages(call.id)

    assert "What is happening" in greeting.findtext("Gather/Say")
    assert "the east gate" in answer.findtext("Gather/Say")
    assert done.status_code == 204
    assert call.end_reason == "hung_up"
    assert call.worker_id == "worker_12025550151"
    assert [m.role for m in messages] == ["assistant", "user", "assistant"]


async def test_gather_lets_the_caller_barge_in_swear_stay_silent_and_press_keys(
    monkeypatch, tmp_path
):
    async with application(monkeypatch, tmp_path, SIGNED) as (client, _):
        root = verbs(await post(client, "/incoming-call", CALL))

    gather = root.find("Gather")
    assert gather.find("Say") is not None
    assert gather.get("input") == "speech dtmf"
    assert gather.get("profanityFilter") == "false"
    assert gather.get("actionOnEmptyResult") == "true"
    assert gather.get("language") == "en-US"
    assert "Zone B" in gather.get("hints")
    assert len(gather.get("hints").split(",")) <= 500
    assert [verb.tag for verb in root] == ["Gather", "Redirect"]


async def test_the_number_called_chooses_the_language(monkeypatch, tmp_path):
    async with application(monkeypatch, tmp_path, SIGNED) as (client, _):
        spanish = {**CALL, "To": "+12025550111", "From": "+12025550999"}
        root = verbs(await post(client, "/incoming-call", spanish))

    assert root.find("Gather").get("language") == "es-US"


async def test_a_public_address_with_a_path_keeps_it(monkeypatch, tmp_path):
    prefixed = {**SIGNED, "AURORA_PUBLIC_URL": f"{PUBLIC}/aurora"}
    async with application(monkeypatch, tmp_path, prefixed) as (client, _):
        signature = RequestValidator(TOKEN).compute_signature(
            f"{PUBLIC}/aurora/incoming-call", CALL
        )
        root = verbs(
            await client.post(
                "/incoming-call", data=CALL, headers={"X-Twilio-Signature": signature}
            )
        )

    assert not root.find("Gather").get("action").startswith("/")


async def test_speech_rate_is_ssml(monkeypatch, tmp_path):
    async with application(monkeypatch, tmp_path, {**SIGNED, "SPEECH_RATE": "fast"}) as (client, _):
        root = verbs(await post(client, "/incoming-call", CALL))

    assert root.find("Gather/Say/prosody").get("rate") == "115%"
    assert root.find("Gather/Say").get("rate") is None


@pytest.mark.parametrize(
    "tamper",
    [
        lambda fields, headers: headers.pop("X-Twilio-Signature"),
        lambda fields, headers: headers.update({"X-Twilio-Signature": "A" * 28}),
        lambda fields, headers: headers.update({"X-Twilio-Signature": base64.b64encode(b"x" * 20)}),
        lambda fields, headers: fields.update({"SpeechResult": "all clear"}),
        lambda fields, headers: fields.pop("From"),
    ],
)
@pytest.mark.parametrize(
    "path", ["/incoming-call", "/process-speech", "/call-status", "/hangup", "/"]
)
async def test_forged_unsigned_and_altered_webhooks_are_refused(
    tamper, path, monkeypatch, tmp_path
):
    async with application(monkeypatch, tmp_path, SIGNED) as (client, parts):
        fields = dict(CALL)
        signature = RequestValidator(TOKEN).compute_signature(f"{PUBLIC}{path}", fields)
        headers = {"X-Twilio-Signature": signature}
        tamper(fields, headers)
        answer = await client.post(path, data=fields, headers=headers)
        calls = await parts.records.calls()

    assert answer.status_code == 403
    assert calls == []


async def test_a_signature_for_another_address_is_refused(monkeypatch, tmp_path):
    async with application(monkeypatch, tmp_path, SIGNED) as (client, _):
        local = RequestValidator(TOKEN).compute_signature(
            "http://127.0.0.1:5000/incoming-call", CALL
        )
        headers = {"X-Twilio-Signature": local, "X-Forwarded-Host": "line.example.com"}
        answer = await client.post("/incoming-call", data=CALL, headers=headers)

    assert answer.status_code == 403


async def test_a_json_body_hash_is_refused_not_a_crash(monkeypatch, tmp_path):
    async with application(monkeypatch, tmp_path, SIGNED) as (client, _):
        answer = await post(client, "/incoming-call?bodySHA256=abc", CALL)

    assert answer.status_code == 403


async def test_without_a_token_only_this_machine_may_call(monkeypatch, tmp_path):
    async with application(monkeypatch, tmp_path) as (client, _):
        here = await client.post("/incoming-call", data=CALL)
        tunnel = await client.post(
            "/incoming-call", data=CALL, headers={"X-Forwarded-For": "54.1.2.3"}
        )

    assert (here.status_code, tunnel.status_code) == (200, 403)


async def test_empty_fields_are_part_of_the_signature(monkeypatch, tmp_path):
    async with application(monkeypatch, tmp_path, SIGNED) as (client, _):
        answer = await post(client, "/incoming-call", {**CALL, "CallerName": "", "FromCity": ""})

    assert answer.status_code == 200


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


async def test_callers_words_cannot_become_twiml(monkeypatch, tmp_path):
    async with application(monkeypatch, tmp_path, SIGNED) as (client, _):
        attack = "</Say></Gather><Hangup/><Dial>+19005550100</Dial> fire in zone b \x00\x0b"
        answer = await post(client, "/process-speech", {**CALL, "SpeechResult": attack})

    assert [verb.tag for verb in verbs(answer)] == ["Gather", "Redirect"]


async def test_a_fault_inside_a_turn_speaks_the_safe_line_and_dials_a_person(monkeypatch, tmp_path):
    async with application(monkeypatch, tmp_path, SIGNED) as (client, parts):
        await post(client, "/incoming-call", CALL)
        dialogue: Any = parts.switchboard.dialogue
        monkeypatch.setattr(dialogue, "hear", lambda *_: 1 / 0)
        root = verbs(await post(client, "/process-speech", {**CALL, "SpeechResult": "fire"}))
        call = await parts.switchboard.call("CA0001")

    assert "safe place" in root.findtext("Say")
    assert root.findtext("Dial/Number") == "+12025550100"
    assert call.urgency == "urgent"


async def test_a_fault_outside_any_turn_still_dials_a_person(monkeypatch, tmp_path):
    async def broken(*_: Any, **__: Any) -> str:
        raise RuntimeError("nothing works")

    async with application(monkeypatch, tmp_path, SIGNED) as (client, _):
        monkeypatch.setattr(Switchboard, "ring", broken)
        answer = await post(client, "/incoming-call", CALL)

    root = verbs(answer)
    assert root.findtext("Dial/Number") == "+12025550100"
    assert "nothing works" not in answer.text


async def test_a_full_disk_does_not_end_an_emergency(monkeypatch, tmp_path):
    async def full(*_: Any) -> None:
        raise RecordsError("no space left on device")

    async with application(monkeypatch, tmp_path, SIGNED) as (client, parts):
        await post(client, "/incoming-call", CALL)
        with monkeypatch.context() as broken:
            broken.setattr(SqlRecords, "append", full)
            lost = verbs(
                await post(client, "/process-speech", {**CALL, "SpeechResult": "fire in zone b"})
            )
        await post(client, "/process-speech", {**CALL, "SpeechResult": "yes"})
        messages = await parts.records.messages((await parts.records.find("CA0001")).id)

    assert "Get out now" in lost.findtext("Say")
    assert lost.findtext("Dial/Number") == "+12025550100"
    assert "fire in zone b" in [m.content for m in messages]


async def test_after_an_unanswered_hand_off_aurora_is_back(monkeypatch, tmp_path):
    async with application(monkeypatch, tmp_path, SIGNED) as (client, parts):
        await post(client, "/incoming-call", CALL)
        dial = verbs(await post(client, "/process-speech", {**CALL, "Digits": "0"})).find("Dial")
        back = verbs(
            await post(client, dial.get("action"), {**CALL, "DialCallStatus": "no-answer"})
        )
        call = await parts.switchboard.call("CA0001")

    assert "did not answer" in back.findtext("Gather/Say")
    assert call.ended_at is None


HANDED_OVER = {"DialCallStatus": "completed", "CallStatus": "in-progress"}


async def test_a_hand_off_in_an_emergency_comes_back_to_aurora(monkeypatch, tmp_path):
    """A voice mailbox "completes" as well: the caller in a fire is not left with silence."""
    async with application(monkeypatch, tmp_path, SIGNED) as (client, parts):
        await post(client, "/incoming-call", CALL)
        await post(client, "/process-speech?turn=1", {**CALL, "SpeechResult": "fire in zone b"})
        dial = verbs(await post(client, "/process-speech?turn=2", {**CALL, "Digits": "0"}))
        action = dial.find("Dial").get("action")
        back = verbs(await post(client, action, {**CALL, **HANDED_OVER}))
        call = await parts.switchboard.call("CA0001")

    assert back.findtext("Gather/Say")
    assert back.find("Redirect") is not None
    assert call.ended_at is None


async def test_an_everyday_call_ends_with_its_hand_off(monkeypatch, tmp_path):
    async with application(monkeypatch, tmp_path, SIGNED) as (client, parts):
        await post(client, "/incoming-call", CALL)
        dial = verbs(await post(client, "/process-speech?turn=1", {**CALL, "Digits": "0"}))
        action = dial.find("Dial").get("action")
        over = verbs(await post(client, action, {**CALL, **HANDED_OVER}))
        call = await parts.switchboard.call("CA0001")

    assert list(over) == []
    assert call.end_reason == "handed_off"


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


async def test_words_that_come_with_a_key_are_not_lost(monkeypatch, tmp_path):
    both = {**CALL, "SpeechResult": "fire in zone b", "Digits": "5"}
    async with application(monkeypatch, tmp_path, SIGNED) as (client, parts):
        await post(client, "/incoming-call", CALL)
        answer = verbs(await post(client, "/process-speech?turn=1", both))
        call = await parts.switchboard.call("CA0001")
        messages = await parts.records.messages(call.id)

    assert "the east gate" in answer.findtext("Gather/Say")
    assert (call.urgency, call.hazard) == ("critical", "fire")
    assert "fire in zone b" in [message.content for message in messages]


async def test_the_control_room_is_called_from_the_lines_own_number(monkeypatch, tmp_path):
    numbered = {**SIGNED, "TWILIO_PHONE_NUMBER": "+12025550110"}
    async with application(monkeypatch, tmp_path, numbered) as (client, _):
        await post(client, "/incoming-call", CALL)
        root = verbs(await post(client, "/process-speech?turn=1", {**CALL, "Digits": "0"}))

    assert root.find("Dial").get("callerId") == "+12025550110"


async def test_the_line_listens_again_after_its_fallback_however_often(monkeypatch, tmp_path):
    async def broken(*_: Any, **__: Any) -> str:
        raise RuntimeError("nothing works")

    async with application(monkeypatch, tmp_path, SIGNED) as (client, parts):
        with monkeypatch.context() as failing:
            failing.setattr(Switchboard, "ring", broken)
            failing.setattr(Switchboard, "wait", broken)
            root = verbs(await post(client, "/incoming-call", CALL))
            again = verbs(await post(client, root.findtext("Redirect"), CALL))
        action = again.find("Gather").get("action")
        said = [
            verbs(await post(client, action, {**CALL, "SpeechResult": "help, fire"}))
            for _ in range(2)
        ]
        call = await parts.switchboard.call("CA0001")

    assert root.find("Redirect") is not None
    assert all(answer.find("Gather") is not None for answer in said)
    assert call.exchanges == 2, "the same words after a second fallback are heard again"


def hanging(work: Any, release: threading.Event) -> Any:
    def wait_and_work(*arguments: Any) -> Any:
        release.wait(20)
        return work(*arguments)

    return wait_and_work


async def test_a_call_is_answered_while_the_records_hang(monkeypatch, tmp_path):
    monkeypatch.setattr(sql, "TURN_SECONDS", 0.05)
    release = threading.Event()
    async with application(monkeypatch, tmp_path, SIGNED) as (client, parts):
        database: Any = parts.records._database
        with monkeypatch.context() as hung:
            for name in ("_seen", "_written"):
                hung.setattr(database, name, hanging(getattr(database, name), release))
            async with asyncio.timeout(5):
                greeting = verbs(await post(client, "/incoming-call", CALL))
                words = {**CALL, "SpeechResult": "fire in zone b"}
                answer = verbs(await post(client, "/process-speech?turn=1", words))
            release.set()
        await post(client, "/process-speech?turn=2", {**CALL, "SpeechResult": "yes"})
        messages = await parts.records.messages((await parts.records.find("CA0001")).id)

    assert [m.content for m in messages if m.role == "user"] == ["fire in zone b", "yes"]
    assert "What is happening" in greeting.findtext("Gather/Say")
    assert "Get out now" in answer.findtext(".//Say")


async def test_withheld_numbers_stay_separate_unknown_callers(monkeypatch, tmp_path):
    async with application(monkeypatch, tmp_path, SIGNED) as (client, parts):
        for sid, number in (("CA1", "anonymous"), ("CA2", "+266696687"), ("CA3", "")):
            await post(client, "/incoming-call", {**CALL, "CallSid": sid, "From": number})
        calls = await parts.records.calls()

    assert len(calls) == 3
    assert {call.worker_id for call in calls} == {"worker_unknown"}


async def test_three_silences_alert_and_keep_the_line(monkeypatch, tmp_path):
    async with application(monkeypatch, tmp_path, SIGNED) as (client, parts):
        root = verbs(await post(client, "/incoming-call", CALL))
        for _ in range(3):
            path = root.find("Gather").get("action")
            root = verbs(await post(client, path, {**CALL, "SpeechResult": ""}))
        call = await parts.switchboard.call("CA0001")

    assert "control_room" in call.roles_alerted
    assert root.find("Gather") is not None
