"""When this machine says that it can hear and speak: once what a call begins with is sound."""

import threading
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from aurora.lines.audio import speech as module
from aurora.lines.audio.speech import Speech
from aurora.settings import SpeechSettings
from aurora.speech.voice_process import VoiceProcess
from aurora.speech.weights import find_weights
from tests.line import example_site
from tests.waiting import until

LOADED_S = 240.0
"""By a machine that other tests use, at the second attempt."""
MODEL = "tiny.en"
FIRST_LINE = ("Get out now.", "en")
NO_VOICE = ("Ut nu.", "sv")
Open = Callable[..., Speech]


@pytest.fixture
async def opened(tmp_path: Path) -> AsyncIterator[Open]:
    async with AsyncExitStack() as closing:

        def open_speech(openings: Sequence[tuple[str, str]], model: str = MODEL) -> Speech:
            settings = SpeechSettings(WHISPER_MODEL=model)  # type: ignore[call-arg]
            speech = Speech(
                settings, tmp_path, example_site(), lambda: iter(openings), lambda: iter(())
            )
            closing.push_async_callback(speech.close)
            return speech

        yield open_speech


async def test_once_speech_is_ready_a_first_line_waits_for_no_voice(opened: Open) -> None:
    speech = opened([FIRST_LINE])
    await speech.start()
    await until(lambda: speech.state.is_ready, LOADED_S)

    assert speech.get(*FIRST_LINE)


async def test_speech_is_not_ready_while_what_calls_begin_with_cannot_be_spoken(
    opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "OPENINGS_WITHIN_S", 0.0)
    speech = opened([FIRST_LINE, NO_VOICE])
    await speech.start()
    await until(lambda: speech.get(*FIRST_LINE), LOADED_S)
    await until(lambda: speech.figures().get("workers"), LOADED_S)

    assert not speech.state.is_ready
    assert "1 of the sentences that calls begin with" in speech.state.detail


async def test_speech_that_could_not_be_loaded_is_loaded_once_it_can_be(
    opened: Open, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(module, "FIRST_REST_S", 0.1)
    model = tmp_path / "not_there_yet"
    speech = opened([FIRST_LINE], str(model))
    await speech.start()
    assert not speech.state.is_ready
    assert "WHISPER_MODEL" in speech.state.detail

    model.symlink_to(find_weights(MODEL, tmp_path).folder)

    await until(lambda: speech.state.is_ready, LOADED_S)
    assert speech.get(*FIRST_LINE)


async def test_what_could_not_be_loaded_leaves_nothing_running(
    opened: Open, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(module, "FIRST_REST_S", 3600.0)
    voices: list[VoiceProcess] = []

    class Noted(VoiceProcess):
        def __init__(self, *arguments: Any, **options: Any) -> None:
            super().__init__(*arguments, **options)
            voices.append(self)

    monkeypatch.setattr(module, "VoiceProcess", Noted)
    speech = opened([FIRST_LINE, NO_VOICE], str(tmp_path / "not_there"))
    await speech.start()

    assert [voice._process for voice in voices] == [None, None]
    preparing = [one for one in threading.enumerate() if one.name == "rendered-lines"]
    await until(lambda: not any(one.is_alive() for one in preparing))
    assert speech.get(*FIRST_LINE) is None
