"""The stream line against an independent Media Streams client, and our own beside it."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from streamdouble.api import CallReport
from streamdouble.chaos import Impairments
from streamdouble.protocol import StreamIdentity
from streamdouble.session import SessionConfig

from aurora.rehearsal.caller_speech import utterance
from aurora.speech.wav import write_wav
from tests import scripted_speech
from tests.integration.streamed_line import StreamedLine, streamed
from tests.scripted_speech import said
from tests.waiting import until

FIRE = "There is a fire in zone B."
Call = Callable[..., Awaitable[CallReport]]


@pytest.fixture
def wav(tmp_path: Path) -> Path:
    write_wav(tmp_path / "fire.wav", said(FIRE))
    return tmp_path / "fire.wav"


@pytest.fixture
def said_after_greeting(tmp_path: Path, wav: Path) -> Path:
    """A telephone sends silence too: a clip alone would never come to its end."""
    scenario = tmp_path / "fire.yaml"
    scenario.write_text(
        f"name: fire\nsteps:\n  - wait_for: audio\n  - wait: 1.5\n"
        f"  - say: {wav.name}\n  - wait: 1.5\n"
    )
    return scenario


async def heard(line: StreamedLine, sid: str) -> list[str]:
    """Return what was said in a call once its caller was heard."""
    messages = await line.said(sid)
    return messages if len(messages) > 1 else []


async def answered(line: StreamedLine, sid: str) -> list[str]:
    """Return what was said in a call once the emergency in it was answered."""
    messages = await line.said(sid)
    return messages if any(one.startswith("assistant: Get out now.") for one in messages) else []


async def place(
    line: StreamedLine, call: Call, monkeypatch: pytest.MonkeyPatch, **options: Any
) -> tuple[CallReport, str]:
    """Place a peer's call behind our own webhook, which binds the stream to the call."""
    identity = StreamIdentity()
    stream = await line.rings(identity.call_sid)
    parameters = {p.attributes["name"]: p.attributes["value"] for p in stream.nested}
    config = SessionConfig(
        response_timeout_s=30.0, quiet_period_s=1.0, max_drain_s=6.0, custom_parameters=parameters
    )
    config = replace(config, **options.pop("config", {}))
    monkeypatch.setattr("streamdouble.protocol.StreamIdentity", lambda: identity)
    report = await call(stream.attributes["url"], config=config, **options)
    return report, identity.call_sid


async def test_the_peer_is_greeted_understood_and_answered_without_a_violation(
    monkeypatch, tmp_path, said_after_greeting, simulated_call
) -> None:
    async with streamed(monkeypatch, tmp_path, FIRE) as line:
        report, sid = await place(line, simulated_call, monkeypatch, scenario=said_after_greeting)
        messages = await until(lambda: answered(line, sid))

    assert report.violations == []
    assert report.passed
    assert report.spoke
    assert report.result.marks_received
    assert set(report.result.marks_echoed) <= set(report.result.marks_received)
    # At a pause in its middle a busy machine may take the sentence for two.
    assert messages[1].startswith("user: There is a fire")


async def test_speech_over_the_greeting_clears_it(
    monkeypatch, tmp_path, wav, simulated_call
) -> None:
    scenario = tmp_path / "over.yaml"
    scenario.write_text(
        "name: over\nsteps:\n  - wait_for: audio\n  - wait: 0.3\n"
        "  - say: fire.wav\n  - wait_for: clear\n  - expect: clear\n  - wait: 0.5\n"
    )
    # A greeting long enough that a busy machine still speaks over it.
    monkeypatch.setattr(scripted_speech, "CHARS_PER_S", 12.0)
    async with streamed(monkeypatch, tmp_path, FIRE) as line:
        report, _ = await place(line, simulated_call, monkeypatch, scenario=scenario)

    assert report.result.failed_expectations == []
    assert report.result.clears_received >= 1
    assert report.violations == []


async def test_a_bad_network_keeps_nobody_from_being_answered(
    monkeypatch, tmp_path, said_after_greeting, simulated_call
) -> None:
    bad = Impairments(loss=0.05, jitter_ms=15)
    async with streamed(monkeypatch, tmp_path, FIRE) as line:
        report, sid = await place(
            line,
            simulated_call,
            monkeypatch,
            scenario=said_after_greeting,
            config={"impairments": bad},
        )
        await until(lambda: answered(line, sid))

    assert report.violations == []


async def test_a_key_is_taken_from_the_peer(monkeypatch, tmp_path, simulated_call) -> None:
    scenario = tmp_path / "key.yaml"
    scenario.write_text('name: key\nsteps:\n  - wait_for: audio\n  - dtmf: "1"\n  - wait: 2.0\n')
    async with streamed(monkeypatch, tmp_path, FIRE) as line:
        report, sid = await place(line, simulated_call, monkeypatch, scenario=scenario)
        messages = await until(lambda: heard(line, sid))

    assert report.violations == []
    assert messages[1] == "user: [key 1]"


async def test_a_stream_of_another_call_is_closed_before_a_sound(
    monkeypatch, tmp_path, wav, simulated_call
) -> None:
    async with streamed(monkeypatch, tmp_path, FIRE) as line:
        stream = await line.rings(StreamIdentity().call_sid)
        parameters = {p.attributes["name"]: p.attributes["value"] for p in stream.nested}
        config = SessionConfig(response_timeout_s=2.0, custom_parameters=parameters)
        report = await simulated_call(stream.attributes["url"], audio=wav, config=config)

    assert not report.spoke
    assert report.result.closed_by == "agent"


async def test_our_own_stand_in_hears_the_same_call(monkeypatch, tmp_path) -> None:
    async with streamed(monkeypatch, tmp_path, FIRE) as line:
        caller = line.caller()
        await caller.ring()
        heard = await caller.speak(utterance(said(FIRE), "fire.wav"))
        stream = caller.session
        await caller.hang_up()
        messages = await line.said(caller.call_sid)
        call = await line.parts.records.find(caller.call_sid)

    [reply] = heard.replies
    assert heard.faults == []
    assert reply.first_frame_ms > 0
    assert reply.first_heard_at >= reply.first_frame_at
    assert any(message.startswith("assistant: Get out now.") for message in messages)
    assert len(stream.playback.recording(stream.began_at)) > 8_000
    assert call.end_reason == "hung_up"


async def test_a_stream_that_breaks_leads_to_gather_where_the_call_goes_on(
    monkeypatch, tmp_path
) -> None:
    async with streamed(monkeypatch, tmp_path, FIRE) as line:
        caller = line.caller()
        await caller.ring()
        await caller.speak(utterance(said(FIRE), "fire.wav"))
        caller.session._socket._connection.transport.abort()
        await caller.session._ended.wait()
        heard = await caller.say("the exit is blocked by smoke")
        await caller.hang_up()
        messages = await line.said(caller.call_sid)

    assert heard.verbs[-1] == "Gather"
    assert "user: the exit is blocked by smoke" in messages
