"""A sure fast model is believed; an unsure one is compared with the better."""

from dataclasses import replace

import numpy as np
import pytest

from aurora.speech.transcribe import SecondOpinion, Transcript

PCM = np.zeros(8_000, np.int16)
SURE = Transcript("fire", "en", -0.1, 0.01, 1.0, 0.2, "tiny.en")
UNSURE = replace(SURE, text="wire", confidence=-0.6)


class Fixed:
    """Says the same of whatever it hears."""

    def __init__(self, transcript: Transcript) -> None:
        self.transcript = transcript
        self.asked = 0

    def transcribe(self, pcm, language, *, is_partial, among=()):
        self.asked += 1
        return self.transcript


def opinion(first: Transcript, second: Transcript) -> tuple[Transcript, int]:
    other = Fixed(replace(second, model="base"))
    found = SecondOpinion(Fixed(first), other).transcribe(PCM, "en", is_partial=False)
    return found, other.asked


def test_a_sure_model_is_not_asked_twice():
    found, asked = opinion(SURE, SURE)

    assert (found.model, asked) == ("tiny.en", 0)


@pytest.mark.parametrize(("confidence", "model"), [(-0.3, "base"), (-0.9, "tiny.en")])
def test_of_two_the_surer_is_believed(confidence: float, model: str):
    found, asked = opinion(UNSURE, replace(SURE, confidence=confidence))

    assert (found.model, asked) == (model, 1)


def test_words_that_were_refused_never_win():
    found, _ = opinion(UNSURE, replace(SURE, confidence=-0.05, reject="loop"))
    assert found.model == "tiny.en"

    found, _ = opinion(replace(SURE, reject="nothing_said"), UNSURE)
    assert found.model == "base"


def test_both_times_are_counted():
    found, _ = opinion(UNSURE, replace(SURE, took_s=0.5))

    assert found.took_s == pytest.approx(0.7)
