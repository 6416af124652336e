"""Whatever breaks inside, a telephone caller hears approved words or reaches a person."""

import asyncio
import threading
from typing import Any

from aurora.conversation.hand_off import Way
from aurora.conversation.switchboard import Switchboard
from aurora.errors import RecordsError
from aurora.records import sql
from aurora.records.sql import SqlRecords
from tests.application import application
from tests.integration.webhooks import CALL, SIGNED, post, verbs


async def test_callers_words_cannot_become_twiml(monkeypatch, tmp_path):
    async with application(monkeypatch, tmp_path, SIGNED) as (client, _):
        attack = "</Say></Gather><Hangup/><Dial>+19005550100</Dial> fire in zone b \x00\x0b"
        answer = await post(client, "/process-speech", {**CALL, "SpeechResult": attack})

    assert [verb.tag for verb in verbs(answer)] == ["Gather", "Redirect"]


async def test_a_fault_inside_a_turn_speaks_the_safe_line_and_dials_a_person(monkeypatch, tmp_path):
    async with application(monkeypatch, tmp_path, SIGNED) as (client, parts):
        await post(client, "/incoming-call", CALL)
        dialogue: Any = parts.switchboard.dialogue
        monkeypatch.setattr(dialogue, "take_words", lambda *_, **__: 1 / 0)
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


async def test_words_of_a_caller_whose_person_has_gone_are_heard_while_nothing_is_recorded(
    monkeypatch, tmp_path
):
    async def full(*_: Any) -> None:
        raise RecordsError("no space left on device")

    async with application(monkeypatch, tmp_path, SIGNED) as (client, parts):
        await post(client, "/incoming-call", CALL)
        await parts.operators.join("CA0001", "Ana", Way.CONSOLE)
        with monkeypatch.context() as broken:
            broken.setattr(SqlRecords, "append", full)
            answer = verbs(
                await post(client, "/process-speech", {**CALL, "SpeechResult": "fire in zone b"})
            )
        await post(client, "/process-speech", {**CALL, "SpeechResult": "yes"})
        call = await parts.records.find("CA0001")
        messages = await parts.records.messages(call.id)
        events = [event.kind for event in await parts.records.events(call.id)]

    assert "Get out now" in answer.findtext(".//Say")
    assert "fire in zone b" in [m.content for m in messages]
    assert "hand_off_dropped_back" in events


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
        release.wait(60)
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
            async with asyncio.timeout(30):
                greeting = verbs(await post(client, "/incoming-call", CALL))
                words = {**CALL, "SpeechResult": "fire in zone b"}
                answer = verbs(await post(client, "/process-speech?turn=1", words))
            release.set()
        await post(client, "/process-speech?turn=2", {**CALL, "SpeechResult": "yes"})
        messages = await parts.records.messages((await parts.records.find("CA0001")).id)

    assert [m.content for m in messages if m.role == "user"] == ["fire in zone b", "yes"]
    assert "What is happening" in greeting.findtext("Gather/Say")
    assert "Get out now" in answer.findtext(".//Say")
