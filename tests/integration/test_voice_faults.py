"""What breaks under a call by voice: the caller hears a safe or the right line, and goes on."""

import asyncio
import os
import signal
from pathlib import Path

import pytest

from aurora.rehearsal.caller_speech import Utterance, utterance
from aurora.rehearsal.model_server import ModelServer, serving
from aurora.rehearsal.scripted_model import CALM, Fault, Script
from aurora.speech.codec import mulaw_encode
from aurora.speech.speak import NanoVoice
from tests.integration import streams
from tests.integration.line_process import PatientLine
from tests.integration.relay_line import relayed
from tests.integration.streamed_line import streamed
from tests.integration.test_spoken_call import (
    in_a_call,
    is_listening,
    kept_by,
    read,
    record_of,
    shown,
)
from tests.integration.test_stream import FIRE, FIRST_LINE, SCRIPT
from tests.scripted_speech import said as sound_of

FIRE_LINE = "Get out now. Pull the alarm as you leave. No lifts."
QUESTION = "can you tell me a joke"
PERSON = "get me a human"
GONE_WITHIN_S = 60.0


async def test_a_stream_dropped_in_mid_sentence_goes_on_in_gather_and_then_to_a_person():
    async with streams.serving(SCRIPT) as served:
        stream = await served.rings()
        await stream.hears("What is happening")
        await stream.says(FIRE)
        await stream.hears(FIRST_LINE)
        stream.socket.transport.abort()

        on_gather = await served.post(stream.then)
        person = await served.post("process-speech", SpeechResult=PERSON, Confidence="0.9")
        spoken = await served.line.heard()

    assert "<Gather" in on_gather
    # Marks are sent back at once here, so the first line was heard; the way out was not.
    assert "Leave Zone B" in on_gather
    assert "<Dial" in person
    assert spoken == [FIRE, PERSON]


async def test_a_relay_dropped_in_mid_sentence_goes_on_in_gather_and_then_to_a_person(
    monkeypatch, tmp_path
):
    async with relayed(monkeypatch, tmp_path) as line:
        webhooks = line.webhooks()
        async with line.session() as session:
            await session.cycle()
            await session.prompt("There is a fire in zone B")
            first = await session.next()
        webhooks.call_sid = session.call_sid
        public = "https://line.example.com"
        lost = [("SessionStatus", "failed"), ("ErrorCode", "64105")]
        on_gather = await webhooks.send(f"{public}/rejoin?turn=1", "in-progress", lost)
        words = [("SpeechResult", PERSON), ("Confidence", "0.9")]
        person = await webhooks.send(f"{public}/process-speech?turn=2", "in-progress", words)
        said = await line.said(session.call_sid)

    assert first["token"].strip() in on_gather.text
    assert "<Gather" in on_gather.text
    assert "<Dial" in person.text
    assert f"user: {PERSON}" in said


async def test_a_worker_killed_while_the_caller_speaks_is_replaced_and_the_caller_answered(
    tmp_path: Path,
):
    voice = NanoVoice()
    speech = mulaw_encode(voice.render("Help! There is a fire in the packing hall.", "en-GB"))
    async with PatientLine(tmp_path, AURORA_LINE="stream", WHISPER_MODEL="tiny.en") as line:
        await is_listening(line)
        first_line = await kept_by(tmp_path, FIRE_LINE)
        safe_line = await kept_by(tmp_path, "Get to a safe place.")
        before = _workers()
        killing = asyncio.create_task(_kill_when_asked(before))
        call = await in_a_call(line, speech, first_line)
        killed = await killing
        record = await record_of(line)
        await is_listening(line)
        health = await read(line, "/health")

    assert killed
    seen = shown(line, call, record)
    # A new worker answers; without one in time, the safe line and Gather behind the stream.
    is_answered = first_line in call.heard or safe_line in call.heard
    assert is_answered, seen
    assert record["call"]["urgency"] in ("CRITICAL", "URGENT"), seen
    assert health["components"]["speech"]["state"] == "ok"


@pytest.mark.parametrize("fault", [Fault.HUNG, Fault.OVERLOADED, Fault.DISCONNECT])
async def test_a_model_that_fails_leaves_the_caller_with_approved_words(
    monkeypatch, tmp_path, fault
):
    server = ModelServer(Script(f"{CALM}Tell me what you see.", fault=fault))
    async with serving(server) as address:
        model = {"CEREBRAS_API_KEY": "made-up", "CEREBRAS_BASE_URL": address}
        async with streamed(monkeypatch, tmp_path, QUESTION, model) as line:
            caller = line.caller()
            await caller.ring()
            answer = await caller.speak(_spoken(QUESTION))
            said = await line.said(caller.call_sid)
            call = await line.parts.records.find(caller.call_sid)

    assert [reply.first_frame_ms is not None for reply in answer.replies] == [True]
    # At a pause in its middle a busy machine may take the sentence for two.
    heard = [one.removeprefix("user: ") for one in said if one.startswith("user: ")]
    assert heard
    assert all(QUESTION.startswith(words) for words in heard), said
    assert said[-1].startswith("assistant: ")
    assert len(said[-1]) > len("assistant: ")
    assert call.ended_at is None


async def test_a_model_nobody_can_reach_is_done_without(monkeypatch, tmp_path):
    nobody = {"CEREBRAS_API_KEY": "made-up", "CEREBRAS_BASE_URL": "http://127.0.0.1:9/v1"}
    async with streamed(monkeypatch, tmp_path, "There is a fire in zone B", nobody) as line:
        caller = line.caller()
        await caller.ring()
        await caller.speak(_spoken("There is a fire in zone B"))
        said = await line.said(caller.call_sid)

    assert said[-1].startswith(f"assistant: {FIRE_LINE}")


def _spoken(words: str) -> Utterance:
    return utterance(sound_of(words), words, words=words)


def _workers() -> list[int]:
    """Return the transcribing processes that this test's line started."""
    found = []
    for process in Path("/proc").iterdir():
        try:
            command = (process / "cmdline").read_bytes().split(b"\0")
            parent = int((process / "stat").read_text().rpartition(")")[2].split()[1])
            grandparent = (Path("/proc") / str(parent) / "stat").read_text()
        except (OSError, ValueError):
            continue
        is_ours = int(grandparent.rpartition(")")[2].split()[1]) == os.getpid()
        if b"aurora.speech.worker" in command and is_ours:
            found.append(int(process.name))
    return found


async def _kill_when_asked(workers: list[int]) -> bool:
    """Kill the workers as soon as one of them has something to do; return whether one had."""
    before = {pid: _cpu_ticks(pid) for pid in workers}
    async with asyncio.timeout(GONE_WITHIN_S):
        while all(_cpu_ticks(pid) <= before[pid] + 1 for pid in workers):  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    for pid in workers:
        os.kill(pid, signal.SIGKILL)
    return True


def _cpu_ticks(pid: int) -> int:
    after_name = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(after_name[11]) + int(after_name[12])
