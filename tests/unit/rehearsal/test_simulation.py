"""Many calls at once: only on this machine, each recording once, and the table they make."""

import asyncio
import io
from collections.abc import Sequence
from typing import Any

import httpx2
import pytest
from rich.console import Console

from aurora.rehearsal import simulation
from aurora.rehearsal.caller_speech import Utterance
from aurora.rehearsal.media_stream import MediaStream
from aurora.rehearsal.network import Impairment
from aurora.rehearsal.reply import Reply
from aurora.rehearsal.simulation import Call, NotSimulated, Plan, simulate
from aurora.rehearsal.simulation_table import print_simulation
from aurora.rehearsal.twilio_caller import TwilioCaller
from aurora.settings import load_settings
from tests.application import set_environment
from tests.unit.rehearsal.line import BASE, ScriptedLine
from tests.unit.rehearsal.test_connect import STREAM, Connections, Session

FIRE = Utterance("fire.wav", (b"",), 0, "Fire.", "en")
GAS = Utterance("gas.wav", (b"",), 0, "Gas.", "es")
GREETED = [{"role": "assistant", "content": "Hello."}]
RECORD = {
    "call": {"urgency": "CRITICAL", "status": "ENDED"},
    "conversation": {
        "messages": dict(
            enumerate(
                [
                    *GREETED,
                    {"role": "user", "content": "Fire."},
                    {"role": "assistant", "content": "Get out now. Leave by the east gate."},
                ]
            )
        )
    },
    "events": [
        {"kind": "spoken_ahead", "details": {}},
        {"kind": "turn_timed", "details": {"stages_ms": {"end_of_speech": 0, "text": 210.0}}},
    ],
}


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    set_environment(monkeypatch, tmp_path, {})
    monkeypatch.setattr(simulation, "STAGGER_S", 0.0)


class Stream(Session, MediaStream):
    """Passes for a Media Stream."""

    lateness_s = (0.001, 0.002)

    async def listen(self, since: float | None = None) -> None:
        for _ in range(20):
            await asyncio.sleep(0)


class RecordedLine(ScriptedLine):
    def _answer(self, request: httpx2.Request) -> httpx2.Response:
        if request.url.path.startswith("/api/call/"):
            return httpx2.Response(200, json=RECORD)
        return super()._answer(request)


class Endless(Connections):
    async def open(self, noun: Any, webhooks: Any) -> Session:
        return Stream("")


async def simulated(
    monkeypatch: pytest.MonkeyPatch, recordings: Sequence[Utterance], **options: Any
) -> tuple[list[Call], RecordedLine]:
    line = RecordedLine({"/incoming-call": STREAM})
    monkeypatch.setattr(simulation, "open_client", lambda _: line.client())
    plan = Plan(recordings, **{"calls_at_once": 1, **options})
    return await simulate(BASE, load_settings(), plan, Endless()), line


async def test_each_recording_is_heard_once(monkeypatch) -> None:
    calls, _ = await simulated(monkeypatch, [FIRE, GAS])
    assert [call.utterance.name for call in calls] == ["fire.wav", "gas.wav"]
    assert all(call.failure is None for call in calls)


async def test_each_caller_calls_once_however_few_the_recordings(monkeypatch) -> None:
    calls, line = await simulated(monkeypatch, [FIRE], calls_at_once=5)
    assert len(calls) == 5
    numbers = {line.form(n)["From"] for n, path in enumerate(line.paths) if "incoming" in path}
    assert len(numbers) == 5


async def test_the_number_dialled_is_that_of_the_recordings_language(monkeypatch) -> None:
    _, line = await simulated(monkeypatch, [GAS], numbers={"es": "+12025550111"})
    assert line.form(0)["To"] == "+12025550111"


async def test_a_call_is_measured_by_both_sides(monkeypatch) -> None:
    [call], _ = await simulated(monkeypatch, [FIRE])
    assert call.reply.first_frame_ms == pytest.approx(200)
    assert call.stages_ms == {"end_of_speech": 0, "text": 210.0}
    assert (call.understood, call.was_ahead) == ("Fire.", True)
    assert call.answer == "Get out now. Leave by the east gate."


async def test_a_record_that_is_not_written_yet_is_read_again(monkeypatch) -> None:
    monkeypatch.setattr(simulation, "READ_AGAIN_S", 0.0)
    written = {"conversation": {"messages": {"1": GREETED[0]}}, "call": RECORD["call"]}
    records = [written, written, RECORD]

    class SlowLine(RecordedLine):
        def _answer(self, request: httpx2.Request) -> httpx2.Response:
            if request.url.path.startswith("/api/call/"):
                return httpx2.Response(200, json=records.pop(0))
            return super()._answer(request)

    line = SlowLine({"/incoming-call": STREAM})
    monkeypatch.setattr(simulation, "open_client", lambda _: line.client())
    [call] = await simulate(BASE, load_settings(), Plan([FIRE], 1), Endless())
    assert call.understood == "Fire."


async def test_a_line_that_answers_otherwise_is_a_failure_that_says_why(monkeypatch) -> None:
    line = RecordedLine({"/incoming-call": "<Gather/>"})
    monkeypatch.setattr(simulation, "open_client", lambda _: line.client())
    [call] = await simulate(BASE, load_settings(), Plan([FIRE], 1))
    assert "AURORA_LINE=stream" in call.failure


async def test_no_call_is_begun_after_the_time_is_up(monkeypatch) -> None:
    calls, _ = await simulated(monkeypatch, [FIRE], seconds=0.0)
    assert calls == []


@pytest.mark.parametrize(
    ("url", "options", "complaint"),
    [
        ("http://line.example.com", {}, "only a line on this machine"),
        ("http://192.168.1.4:5000", {}, "only a line on this machine"),
        (BASE, {"calls_at_once": 0}, "give 1 to"),
        (BASE, {"calls_at_once": 201}, "give 1 to"),
        (BASE, {"line": "relay", "recordings": [Utterance("a.wav", (b"",), 0)]}, "manifest"),
    ],
)
async def test_what_cannot_be_simulated_is_said(url: str, options: dict, complaint: str) -> None:
    plan = Plan(**{"recordings": [FIRE], "calls_at_once": 1, **options})
    with pytest.raises(NotSimulated, match=complaint):
        await simulate(url, load_settings(), plan)


def printed(calls: Sequence[Call], expected: dict[str, str], **options: Any) -> str:
    out = io.StringIO()
    plan = Plan([FIRE], **{"calls_at_once": 2, **options})
    print_simulation(calls, plan, expected, Console(file=out, width=140))
    return out.getvalue()


def answered(utterance: Utterance, ms: float, answer: str, **parts: Any) -> Call:
    reply = Reply(utterance, 10.0, 10.0 + ms / 1000, 10.0 + (ms + 20) / 1000)
    return Call(utterance, reply, answer=answer, **parts)


def test_the_table_has_times_right_first_lines_and_failures() -> None:
    text = printed(
        [
            answered(FIRE, 300, "Get out now. Leave.", understood="Fire.", was_ahead=True),
            answered(GAS, 500, "Call his name.", understood="Grass.", stages_ms={"text": 210.0}),
            Call(FIRE, failure="no answer was heard"),
        ],
        {"fire.wav": "Get out now.", "gas.wav": "Leave now on foot."},
        impairment=Impairment(loss=0.05, jitter_s=0.04),
    )
    assert "3 calls, 2 at once, stream, loss 5%, jitter 40 ms" in text
    rows = {row.split("│")[1].strip(): row.split() for row in text.splitlines() if "│" in row}
    assert rows["first frame of the answer"][-8:-1:2] == ["2", "300", "500", "500"]
    assert rows["where the first line was right"][-8:-1:2] == ["1", "300", "300", "300"]
    assert rows["by the line's own clock: text"][-8:-1:2] == ["1", "210", "210", "210"]
    assert "right first line: 1 of 3 (33%)" in text
    assert "gas.wav: understood 'Grass.', answered 'Call his name.'" in text
    assert "1 x no answer was heard" in text
    assert "by energy in the recording" in text


def test_a_machine_too_busy_to_measure_says_so() -> None:
    busy = answered(FIRE, 300, "Get out now.", lateness_s=[0.001, 0.05])
    assert "too busy" in printed([busy], {})
    assert "too busy" not in printed([answered(FIRE, 300, "", lateness_s=[0.001])], {})


async def test_the_caller_is_twilios_and_nobody_elses(monkeypatch) -> None:
    callers: list[TwilioCaller] = []
    make = TwilioCaller

    def keep(*given: Any, **options: Any) -> TwilioCaller:
        callers.append(make(*given, **options))
        return callers[-1]

    monkeypatch.setattr(simulation, "TwilioCaller", keep)
    await simulated(monkeypatch, [FIRE])
    assert callers[0].is_over
