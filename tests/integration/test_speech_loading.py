"""When this machine says that it can hear and speak: once what a call begins with is sound."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from aurora.lines.audio import speech as module
from aurora.lines.audio.speech import Speech
from aurora.settings import SpeechSettings
from tests.line import example_site

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

    assert speech.state.is_ready
    assert speech.get(*FIRST_LINE)


async def test_speech_is_not_ready_while_what_calls_begin_with_cannot_be_spoken(
    opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "OPENINGS_WITHIN_S", 0.1)
    speech = opened([FIRST_LINE, NO_VOICE])
    await speech.start()

    assert speech.figures()["workers"] == 1
    assert not speech.state.is_ready
    assert "1 of the sentences that calls begin with" in speech.state.detail
