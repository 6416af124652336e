"""Questions are few in a call, whatever procedure runs."""

from aurora.guidance.items import MAX_QUESTIONS
from tests.emergency import line_for, talk


def test_after_the_budget_of_the_call_steps_go_on_without_questions():
    line, call = line_for("toxic_gas", "en")
    call.guidance.questions = MAX_QUESTIONS
    call.place.zone_id = "b"
    turns = list(talk(line, call, ["help", *["okay"] * 12]))
    names = [sentence.name for turn in turns for sentence in turn.sentences]

    assert not any(name.startswith("ask.") for name in names)
    assert names.count("step") >= 3
