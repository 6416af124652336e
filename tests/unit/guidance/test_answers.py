"""What a short answer tells of the question that is open."""

import pytest

from aurora.triage.assessment import Intent
from tests.line import said
from tests.unit.guidance.line import BREATHING, STEPS, Line, procedure

UNSURE = said(intent=Intent.UNSURE)
POWER = {"ask": "Is the power off?", "again": "Is it switched off?", "fact": "power_off"}


def asked(item: dict, **facts: bool) -> Line:
    line = Line(procedure(then=[item, *STEPS]), facts=facts)
    line.start()
    line.hear()
    assert line.situation.state.awaiting == item["fact"]
    return line


@pytest.mark.parametrize("times", [1, 2, 3])
def test_not_to_know_never_states_that_the_power_is_off(times):
    line = asked(POWER)
    for _ in range(times):
        line.hear(UNSURE)

    assert "power_off" not in line.situation.facts


def test_not_to_know_has_the_question_asked_in_other_words():
    line = asked(POWER)

    assert "Is it switched off?" in line.hear(UNSURE)


def test_of_one_who_does_not_respond_an_unsure_breath_is_none():
    line = asked(BREATHING, awake=False)
    line.hear(UNSURE)

    assert line.situation.facts["breathing"] is False


def test_an_unsure_breath_is_asked_twice_of_one_who_may_be_awake():
    line = asked(BREATHING)
    again = line.hear(UNSURE)
    known = dict(line.situation.facts)
    line.hear(UNSURE)

    assert "Does his chest move?" in again
    assert "breathing" not in known
    assert line.situation.facts["breathing"] is False


def test_whoever_is_awake_is_not_taken_to_have_stopped_breathing():
    line = asked(BREATHING, awake=True)
    for _ in range(3):
        line.hear(UNSURE)

    assert "breathing" not in line.situation.facts


ALONE = {"ask": "Are you alone?", "again": "Nobody with you?", "fact": "alone"}
HURT = {"ask": "Is anyone else hurt?", "again": "Any others hurt?", "fact": "others_hurt"}


def test_breath_of_one_who_does_not_respond_is_asked_before_all_else():
    line = Line(procedure(then=[ALONE, HURT, *STEPS, BREATHING]))
    line.start()
    line.hear()
    line.hear(said(intent=Intent.YES))

    assert line.situation.state.awaiting == "others_hurt"
    assert "Is he breathing?" in line.hear(said(facts={"awake": False}))


AWAKE = {"ask": "Is he awake?", "again": "Does he answer?", "fact": "awake"}


def test_not_to_know_whether_somebody_is_awake_has_the_breath_asked_next():
    line = Line(procedure(then=[AWAKE, *STEPS, BREATHING]))
    line.start()
    line.hear()

    assert "Is he breathing?" in line.hear(UNSURE)
    assert "awake" not in line.facts


def test_who_is_awake_after_all_is_not_asked_for_breath_before_all_else():
    line = Line(procedure(then=[AWAKE, ALONE, *STEPS, BREATHING]))
    line.start()
    line.hear()
    line.hear(UNSURE)

    assert "Is he breathing?" not in line.hear(said(facts={"awake": True}))


def test_the_breath_is_asked_for_in_the_turn_that_tells_somebody_does_not_wake():
    reply = {"id": "pale", "when": ["white"], "say": ["Lay him flat.", "Keep him flat."]}
    line = Line(procedure(then=[ALONE, *STEPS, BREATHING], replies=[reply]))
    line.start()

    told = line.hear(said(facts={"awake": False}), "he is white and does not wake")

    assert told == "Lay him flat. Is he breathing?"


def test_words_that_tell_of_breath_begin_no_compressions_whatever_they_are_near_to():
    reply = {
        "id": "stopped",
        "when": ["wake"],
        "say": ["Push on the chest."],
        "switch": "cardiac_arrest",
    }
    line = Line(procedure(replies=[reply]), procedure("cardiac_arrest"))
    line.start()
    line.hear(said(facts={"awake": False, "breathing": True}), "he won't wake he is breathing")

    assert line.situation.state.procedure == "bleeding"
    line.hear(said(facts={"awake": False}), "he won't wake")
    assert line.situation.state.procedure == "cardiac_arrest"


def test_what_was_passed_over_for_the_breath_is_not_lost():
    line = Line(procedure(then=[ALONE, *STEPS, BREATHING]), facts={"awake": False})
    line.start()
    turns = [line.hear(said(intent=Intent.YES)) for _ in range(5)]

    assert "Is he breathing?" in turns[0]
    assert all(any(step["do"] in turn for turn in turns) for step in STEPS)


def test_where_nobody_may_go_near_yet_the_breath_waits():
    held = procedure(then=[POWER, *STEPS, BREATHING], hold_until={"power_off": True})
    line = Line(held, facts={"awake": False})
    line.start()

    assert "Is the power off?" in line.hear()
    assert "Is he breathing?" in line.hear(said(intent=Intent.YES))
