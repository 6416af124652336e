"""Questions are few: one a turn, two in a row, eight of procedures in a call."""

import pytest

from aurora.guidance.runner import MAX_QUESTIONS
from aurora.guidance.spoken import NO_INSTRUCTION
from tests.emergency import PROCEDURES, line_for, talk


@pytest.mark.parametrize("words", ["okay", "yes", "no"])
@pytest.mark.parametrize("procedure", sorted({name for name, _ in PROCEDURES}))
def test_questions_stay_within_their_budget(procedure, words):
    turns = list(talk(*line_for(procedure, "en"), ["help", *[words] * 30]))
    sentences = [sentence for turn in turns for sentence in turn.sentences]
    asked = [s for s in sentences if s.name.startswith("ask.")]
    in_a_row = longest = 0
    for sentence in sentences:
        if sentence.is_question:
            in_a_row += 1
            longest = max(longest, in_a_row)
        elif sentence.name not in NO_INSTRUCTION:
            in_a_row = 0

    assert all(sum(s.is_question for s in turn.sentences) <= 1 for turn in turns)
    assert longest <= 2
    assert len(asked) <= 8


def test_after_the_budget_of_the_call_steps_go_on_without_questions():
    line, call = line_for("toxic_gas", "en")
    call.guidance.questions = MAX_QUESTIONS
    call.place.zone_id = "b"
    turns = list(talk(line, call, ["help", *["okay"] * 12]))
    names = [sentence.name for turn in turns for sentence in turn.sentences]

    assert not any(name.startswith("ask.") for name in names)
    assert names.count("step") >= 3
