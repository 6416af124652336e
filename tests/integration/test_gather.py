"""A telephone call over real parts, from ring to hang-up and hand-off."""

from tests.application import application
from tests.integration.webhooks import CALL, SIGNED, post, verbs


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


async def test_speech_rate_is_ssml(monkeypatch, tmp_path):
    async with application(monkeypatch, tmp_path, {**SIGNED, "SPEECH_RATE": "fast"}) as (client, _):
        root = verbs(await post(client, "/incoming-call", CALL))

    assert root.find("Gather/Say/prosody").get("rate") == "115%"
    assert root.find("Gather/Say").get("rate") is None


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
