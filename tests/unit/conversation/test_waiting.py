"""A long emergency with everything said: every turn is new, in every procedure and language."""

import random
from collections.abc import Sequence

import pytest

from aurora.conversation.turn import Turn
from aurora.guidance.spoken import TURNS_UNREPEATED, fold
from tests.emergency import PROCEDURES, SILENT, WORDS, line_for, talk

TURNS = 40


def repeated(turns: Sequence[Turn]) -> list[tuple[int, str]]:
    """Sentences that came back within the last turns, with the turn they came back in."""
    texts = [[fold(sentence.text) for sentence in turn.sentences] for turn in turns]
    return [
        (at, text)
        for at, said_now in enumerate(texts)
        for text in said_now
        if any(text in before for before in texts[max(0, at - TURNS_UNREPEATED) : at])
    ]


@pytest.mark.parametrize(("procedure", "language"), PROCEDURES)
def test_a_silent_caller_never_hears_a_sentence_again_within_ten_turns(procedure, language):
    turns = list(talk(*line_for(procedure, language), ["help", *[SILENT] * TURNS]))

    assert repeated(turns) == []
    assert all(turn.sentences for turn in turns)


@pytest.mark.parametrize("words", WORDS)
@pytest.mark.parametrize("procedure", ["cardiac_arrest", "violence", "fire", "crush", "emergency"])
def test_the_same_answer_over_and_over_never_brings_a_sentence_back_soon(procedure, words):
    turns = list(talk(*line_for(procedure, "en"), ["help", *[words] * TURNS]))

    assert repeated(turns) == []


@pytest.mark.parametrize(("procedure", "language"), PROCEDURES)
def test_any_mix_of_silence_and_short_answers_brings_nothing_back_soon(procedure, language):
    chance = random.Random(f"{procedure} {language}")  # noqa: S311 - repeatable, no secret
    words = ["help", *(chance.choice([SILENT, *WORDS]) for _ in range(TURNS))]
    turns = list(talk(*line_for(procedure, language), words))

    assert repeated(turns) == [], words
