"""What a transcript says: words, nothing, or that somebody spoke who has to be asked again."""

import pytest

from aurora.lines.audio.reading import reading_of
from aurora.speech.gates import why_refused
from aurora.speech.site_words import Corrected
from aurora.speech.transcribe import Transcript


def read(text: str, *, seconds: float = 2.0, confidence: float = -0.2):
    why = why_refused(text, seconds=seconds, confidence=confidence, no_speech=0.02)
    heard = Transcript(text, "en", confidence, 0.02, seconds, 0.1, "scripted", why)
    return reading_of(heard, lambda text, language, confidences: Corrected(text))


@pytest.mark.parametrize("text", ["911", "cinco", "Hilfe Hilfe Hilfe Hilfe", "Thank you."])
def test_what_a_caller_said_is_taken_as_it_is(text: str):
    assert read(text).words == text


@pytest.mark.parametrize(
    ("seconds", "confidence"), [(0.2, -0.2), (2.0, -0.9)], ids=["loop", "unsure"]
)
def test_a_cry_that_cannot_be_made_out_is_no_silence(seconds: float, confidence: float):
    reading = read("help " * 8, seconds=seconds, confidence=confidence)

    assert reading.words == ""
    assert reading.is_unsure


def test_a_sound_of_which_no_words_are_made_is_one():
    assert not read(". . .").is_unsure
