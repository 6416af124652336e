"""Every packaged procedure in every language, told to the end and beyond."""

import random

import pytest

from aurora.guidance.guide import Guide
from aurora.guidance.handbook.handbook import Handbook
from aurora.guidance.places_spoken import ZoneTalk
from aurora.guidance.spoken import NO_INSTRUCTION, Situation, remember
from aurora.guidance.state import GuidanceState
from aurora.levels import Urgency
from tests.emergency import PROCEDURES, SILENT, WORDS, line_for, repeated, talk
from tests.line import NO, NOON, example_library, example_site

TURNS = 40


@pytest.mark.parametrize(("procedure", "language"), PROCEDURES)
def test_a_silent_caller_never_hears_a_sentence_again_within_ten_turns(procedure, language):
    turns = list(talk(*line_for(procedure, language), ["help", *[SILENT] * TURNS]))

    assert repeated(turns) == []
    assert all(turn.sentences for turn in turns)


@pytest.mark.parametrize(("procedure", "language"), PROCEDURES)
def test_any_mix_of_silence_and_short_answers_brings_nothing_back_soon(procedure, language):
    chance = random.Random(f"{procedure} {language}")  # noqa: S311 - repeatable, no secret
    words = ["help", *(chance.choice([SILENT, *WORDS]) for _ in range(TURNS))]
    turns = list(talk(*line_for(procedure, language), words))

    assert repeated(turns) == [], words


@pytest.mark.parametrize("words", ["okay", "yes", "no"])
@pytest.mark.parametrize("procedure", sorted({name for name, _ in PROCEDURES}))
def test_questions_stay_within_their_budget(procedure, words):
    turns = list(talk(*line_for(procedure, "en"), ["help", *[words] * 30]))
    sentences = [sentence for turn in turns for sentence in turn.sentences]
    asked = [s for s in sentences if s.name.startswith("ask.")]
    in_a_row = longest = 0
    for sentence in sentences:
        if sentence.name == "ask.breathing":
            continue  # of one who does not respond it is asked whatever was asked before
        if sentence.is_question:
            in_a_row += 1
            longest = max(longest, in_a_row)
        elif sentence.name not in NO_INSTRUCTION:
            in_a_row = 0

    assert all(sum(s.is_question for s in turn.sentences) <= 1 for turn in turns)
    assert longest <= 2
    assert len(asked) <= 8


@pytest.mark.parametrize("language", ["en", "es", "fr", "de"])
def test_the_packaged_procedures_ask_one_question_a_turn(language):
    library = example_library()
    guide = Guide(example_site(), library, Handbook())
    asking_twice = []
    for procedure_id in sorted({key for key, _ in library.procedures}):
        situation = Situation(GuidanceState(), {}, language, Urgency.CRITICAL, NOON)
        told = [guide.start(situation, procedure_id, ZoneTalk.ASK)]
        for about_zone in (ZoneTalk.ASK, *[ZoneTalk.NOTHING] * 30):
            remember(situation.state, told[-1].sentences)
            told.append(guide.plan(situation, NO, "", about_zone))
        for guidance in told:
            asking = [one.text for one in guidance.sentences if "?" in one.text]
            if len(asking) > 1:
                asking_twice.append((procedure_id, asking))

    assert asking_twice == []
