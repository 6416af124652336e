"""A long emergency with everything said: every turn is new."""

import pytest

from tests.emergency import WORDS, line_for, repeated, talk

TURNS = 40


@pytest.mark.parametrize("words", WORDS)
@pytest.mark.parametrize("procedure", ["cardiac_arrest", "violence", "fire", "crush", "emergency"])
def test_the_same_answer_over_and_over_never_brings_a_sentence_back_soon(procedure, words):
    turns = list(talk(*line_for(procedure, "en"), ["help", *[words] * TURNS]))

    assert repeated(turns) == []
