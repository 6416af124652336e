"""Both sides of a placed call as they happen, and its record at the end."""

from pathlib import Path

import httpx2
import pytest

from aurora.rehearsal import placed_call
from aurora.rehearsal.placed_call import CallFailed, place_call
from aurora.rehearsal.playback import Playback
from aurora.settings import load_settings
from aurora.speech.wav import read_wav
from tests.application import set_environment
from tests.unit.rehearsal.line import BASE, LISTEN, ScriptedLine
from tests.unit.rehearsal.test_connect import RECORDING, STREAM, Connections, Session
from tests.unit.rehearsal.test_simulation import Stream

RECORD = {
    "call": {"urgency": "CRITICAL", "status": "ENDED"},
    "conversation": {"messages": {"msg_1": {}, "msg_2": {}}},
}


class RecordedLine(ScriptedLine):
    """A scripted line whose API knows every call."""

    def _answer(self, request: httpx2.Request) -> httpx2.Response:
        if request.url.path.startswith("/api/call/"):
            self.requests.append(request)
            return httpx2.Response(200, json=RECORD)
        return super()._answer(request)


@pytest.fixture
def shown() -> list[tuple[str, str]]:
    return []


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    set_environment(monkeypatch, tmp_path, {})


def use(line: ScriptedLine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(placed_call, "open_client", line.client)


async def test_a_call_is_shown_and_its_record_read(
    monkeypatch: pytest.MonkeyPatch, shown: list[tuple[str, str]]
) -> None:
    line = RecordedLine({"/incoming-call": LISTEN, "/process-speech": LISTEN})
    use(line, monkeypatch)
    monkeypatch.setenv("AURORA_API_TOKEN", "a-long-enough-token")
    settings = load_settings()
    outcome = await place_call(BASE, settings, ["Fire!", "", "#1"], lambda *w: shown.append(w))
    assert shown == [
        ("aurora", "Go on."),
        ("caller", "Fire!"),
        ("aurora", "Go on."),
        ("caller", "(says nothing)"),
        ("aurora", "Go on."),
        ("caller", "(presses 1)"),
        ("aurora", "Go on."),
        ("caller", "(hangs up)"),
    ]
    assert (outcome.urgency, outcome.summary) == (
        "critical",
        "CRITICAL, ENDED, 2 messages on record",
    )
    assert len(outcome.elapsed_ms) == 4
    assert line.paths[-1] == f"/api/call/{outcome.call_sid}"
    assert line.requests[-1].headers["authorization"] == "Bearer a-long-enough-token"


async def test_turns_after_the_line_hung_up_are_said_to_be_unspoken(
    monkeypatch: pytest.MonkeyPatch, shown: list[tuple[str, str]]
) -> None:
    use(RecordedLine({"/incoming-call": "<Say>Bye.</Say>"}), monkeypatch)
    await place_call(BASE, load_settings(), ["one", "two"], lambda *w: shown.append(w))
    assert shown[-1] == ("line", "the call is over; 2 turns were not spoken")


async def test_a_dialled_number_is_shown_where_it_was_dialled(
    monkeypatch: pytest.MonkeyPatch, shown: list[tuple[str, str]]
) -> None:
    dial = '<Say>One moment.</Say><Dial action="/back"><Number>+12025550199</Number></Dial>'
    use(RecordedLine({"/incoming-call": dial, "/back": LISTEN}), monkeypatch)
    await place_call(BASE, load_settings(), [], lambda *w: shown.append(w))
    assert [side for side, _ in shown] == ["aurora", "line", "aurora", "caller"]


async def test_a_record_that_cannot_be_read_leaves_the_urgency_unknown(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class GuardedLine(ScriptedLine):
        def _answer(self, request: httpx2.Request) -> httpx2.Response:
            if request.url.path.startswith("/api/"):
                return httpx2.Response(401)
            return super()._answer(request)

    use(GuardedLine({"/incoming-call": LISTEN}), monkeypatch)
    outcome = await place_call(BASE, load_settings(), [], lambda *_: None)
    assert outcome.urgency is None
    assert "AURORA_API_TOKEN" in outcome.summary


async def test_no_line_there_says_how_to_start_one(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(request: httpx2.Request) -> httpx2.Response:
        raise httpx2.ConnectError("refused", request=request)

    client = httpx2.AsyncClient(transport=httpx2.MockTransport(refuse))
    monkeypatch.setattr(placed_call, "open_client", lambda: client)
    with pytest.raises(CallFailed, match="aurora serve"):
        await place_call(BASE, load_settings(), ["hello"], lambda *_: None)


HEARD = {
    **RECORD,
    "conversation": {
        "messages": {
            "1": {"role": "assistant", "content": "Hello."},
            "2": {"role": "user", "content": "Fire in zone B."},
            "3": {"role": "assistant", "content": "Get out now."},
        }
    },
    "events": [{"kind": "turn_timed", "details": {"stages_ms": {"text": 210.0, "triage": 212.4}}}],
}


class HeardLine(RecordedLine):
    """A line on a stream, whose record has the words of what went by as sound."""

    def _answer(self, request: httpx2.Request) -> httpx2.Response:
        if request.url.path.startswith("/api/call/"):
            return httpx2.Response(200, json=HEARD)
        return super()._answer(request)


async def test_a_recording_is_shown_with_what_was_understood_and_how_long_it_took(
    monkeypatch: pytest.MonkeyPatch, shown: list[tuple[str, str]]
) -> None:
    use(HeardLine({"/incoming-call": STREAM}), monkeypatch)
    session = Session()
    session.said.clear()
    session._acts = lambda _: None
    outcome = await place_call(
        BASE,
        load_settings(),
        [RECORDING],
        lambda *w: shown.append(w),
        connections=Connections(session),
    )
    assert ("caller", "(plays fire.wav, speech until 0.02 s): Fire in zone B.") in shown
    assert ("line", "understood: Fire in zone B.") in shown
    assert shown.count(("aurora", "Get out now.")) == 1
    assert ("line", "its own stages, ms: text 210, triage 212") in shown
    assert any(text.startswith("last speech frame -> first frame") for _, text in shown)
    assert outcome.replies[0].first_frame_ms == pytest.approx(200)


async def test_what_was_heard_of_the_line_is_written_down(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    use(HeardLine({"/incoming-call": STREAM}), monkeypatch)
    stream = Stream("")
    stream.playback, stream.began_at = Playback(), 10.0
    stream.playback.play(b"\x00" * 8000, 11.0)
    await place_call(
        BASE,
        load_settings(),
        [],
        lambda *_: None,
        connections=Connections(stream),
        record_to=tmp_path / "heard.wav",
    )
    assert len(read_wav(tmp_path / "heard.wav")) == 16_000


async def test_a_line_that_was_only_read_leaves_no_recording(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, shown: list[tuple[str, str]]
) -> None:
    use(RecordedLine({"/incoming-call": LISTEN}), monkeypatch)
    path = tmp_path / "heard.wav"
    await place_call(BASE, load_settings(), [], lambda *w: shown.append(w), record_to=path)
    assert not path.exists()
    assert any("is not written" in text for _, text in shown)
