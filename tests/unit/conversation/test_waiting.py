"""A long emergency with everything said: every turn is new, in every procedure and language."""

import random
from collections.abc import Iterator, Sequence
from datetime import timedelta

import pytest

from aurora.conversation import silence
from aurora.conversation.call import Call
from aurora.conversation.dialogue import Dialogue
from aurora.conversation.turn import Turn
from aurora.guidance.spoken import TURNS_UNREPEATED, fold
from aurora.levels import Urgency
from aurora.triage.assessment import Intent
from tests.line import NOON, dialogue, example_library, new_call, said

PROCEDURES = sorted(example_library().procedures)
SILENT = ""
WORDS = {
    "okay": Intent.DONE,
    "yes": Intent.YES,
    "no": Intent.NO,
    "what": Intent.REPEAT,
    "still going": Intent.REPORT,
}
TURNS = 40
SECONDS_A_TURN = 9


def line_for(procedure: str, language: str) -> tuple[Dialogue, Call]:
    script = {words: said(intent=intent, language=language) for words, intent in WORDS.items()}
    hazard = example_library().procedures[procedure, language].hazard
    script["help"] = said(Urgency.CRITICAL, procedure=procedure, hazard=hazard, language=language)
    return dialogue(script), new_call(language=language)


def talk(line: Dialogue, call: Call, words: Sequence[str]) -> Iterator[Turn]:
    now = NOON
    for said_now in words:
        turn = line.hear(call, said_now, now) if said_now else silence.wait(line, call, now)
        line.close_turn(turn)
        yield turn
        now += timedelta(seconds=SECONDS_A_TURN)


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
    chance = random.Random(f"{procedure} {language}")
    words = ["help", *(chance.choice([SILENT, *WORDS]) for _ in range(TURNS))]
    turns = list(talk(*line_for(procedure, language), words))

    assert repeated(turns) == [], words
