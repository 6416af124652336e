"""A drill is honoured when an operator announced it and the caller says so; live signs end it."""

from datetime import timedelta

import pytest

from aurora.conditions.board import Board
from aurora.conditions.change import drill_announced, drill_cancelled
from aurora.conversation.call import Call
from aurora.conversation.dialogue import Dialogue
from aurora.conversation.turn import Turn
from aurora.guidance.guide import Guide
from aurora.guidance.handbook.handbook import Handbook
from aurora.levels import Hazard, Urgency
from aurora.triage.assessment import Assessment, Intent, Place
from tests.line import (
    NOON,
    ScriptedTriage,
    example_library,
    example_site,
    fire,
    new_call,
    said,
)

HOUR = timedelta(hours=1)
EXERCISE = "exercise exercise fire in zone b one casualty"
REAL = fire(is_live=True, reasons=("fire",))
SCRIPT = {
    EXERCISE: REAL,
    "the fire is spreading": fire(None, is_live=True, reasons=("fire",)),
    "fire in zone b": REAL,
    "no duff a man is down": fire(None, is_live=True, reasons=("fire",)),
    "a real fire": fire(None, is_live=True, says_real=True, reasons=("fire",)),
    "exercise": said(is_drill=True),
    "what was that": said(
        Urgency.URGENT, hazard=Hazard.OTHER, confidence=0.2, intent=Intent.UNCLEAR
    ),
}


def line(
    *, zone: str | None = None, is_announced: bool = True, script: dict[str, Assessment] = SCRIPT
) -> Dialogue:
    board = Board()
    if is_announced:
        board.put(drill_announced("Ann", "yearly", NOON - HOUR, NOON + HOUR, zone, NOON - HOUR))
    guide = Guide(example_site(), example_library(), Handbook())
    triage = ScriptedTriage(script)
    return Dialogue(example_site(), triage, guide, max_exchanges=20, board=board)  # type: ignore[arg-type]


def say(talk: Dialogue, call: Call, words: str, after: timedelta = timedelta()) -> Turn:
    turn = talk.hear(call, words, NOON + after)
    talk.close_turn(turn)
    return turn


def test_hazard_words_in_an_announced_drill_run_everything_and_reach_nobody_outside():
    talk, call = line(), new_call()
    turn = say(talk, call, EXERCISE)

    assert call.is_drill
    assert call.urgency is Urgency.CRITICAL
    assert call.guidance.procedure == "fire"
    assert "emergency_services" not in call.roles_alerted
    [begun] = [event for event in turn.events if event.kind == "drill_begun"]
    assert begun.details["announced_by"] == "Ann"


def test_what_the_drill_plays_further_stays_a_drill_without_its_words():
    talk, call = line(), new_call()
    say(talk, call, EXERCISE)
    say(talk, call, "the fire is spreading")

    assert call.is_drill


def test_what_rules_softened_as_a_drill_is_rated_as_it_is_played():
    softened = said(is_drill=True, reasons=("fire:drill",))
    script = {EXERCISE: softened, "fire in zone b one casualty": fire(reasons=("fire",))}
    talk, call = line(script=script), new_call()
    say(talk, call, EXERCISE)

    assert call.is_drill
    assert call.urgency is Urgency.CRITICAL
    assert call.guidance.procedure == "fire"


@pytest.mark.parametrize("words", ["no duff a man is down", "a real fire"])
def test_a_live_sign_ends_it_for_that_call_and_for_good(words):
    talk, call = line(), new_call()
    say(talk, call, EXERCISE)
    turn = say(talk, call, words)

    assert not call.is_drill
    assert "drill_ended" in [event.kind for event in turn.events]
    assert "emergency_services" in call.roles_alerted
    say(talk, call, EXERCISE)
    assert not call.is_drill


def test_outside_an_announced_window_hazard_words_are_real():
    talk, call = line(is_announced=False), new_call()
    say(talk, call, EXERCISE)

    assert not call.is_drill
    assert "emergency_services" in call.roles_alerted


def test_without_words_of_a_drill_an_announced_one_changes_nothing():
    talk, call = line(), new_call()
    say(talk, call, "fire in zone b")

    assert not call.is_drill


def test_what_was_reported_for_real_is_no_drill_afterwards():
    talk, call = line(), new_call()
    say(talk, call, "fire in zone b")
    say(talk, call, EXERCISE)

    assert not call.is_drill
    assert "emergency_services" in call.roles_alerted


def test_words_that_were_not_understood_do_not_keep_a_drill_from_beginning():
    talk, call = line(), new_call()
    say(talk, call, "what was that")
    say(talk, call, EXERCISE)

    assert call.is_drill


@pytest.mark.parametrize(("zone", "is_drill"), [("b", True), ("c", False)])
def test_a_drill_of_one_zone_is_for_callers_in_it(zone, is_drill):
    talk, call = line(zone=zone), new_call()
    say(talk, call, EXERCISE)

    assert call.is_drill is is_drill


def test_a_drill_of_one_zone_is_not_for_a_caller_of_an_unknown_or_doubtful_place():
    doubtful = fire(None, place=Place("Zone B", "b", 0.6), is_live=True, reasons=("fire",))
    for assessment in (fire(None, is_live=True, reasons=("fire",)), doubtful):
        talk, call = line(zone="b", script={EXERCISE: assessment}), new_call()
        say(talk, call, EXERCISE)

        assert not call.is_drill


def test_hazards_after_the_window_are_real():
    talk, call = line(), new_call()
    say(talk, call, EXERCISE)
    say(talk, call, "the fire is spreading", after=HOUR)

    assert not call.is_drill


def test_hazards_after_the_drill_was_cancelled_are_real():
    talk, call = line(), new_call()
    say(talk, call, EXERCISE)
    [drill] = talk.board.at(NOON).drills
    talk.board.put(drill_cancelled(drill.id, "Ann", drill.ends_at, NOON))
    say(talk, call, "the fire is spreading")

    assert not call.is_drill


@pytest.mark.parametrize(
    ("source", "is_drill"),
    [("model", True), ("rules", True), ("silence", False), ("cannot_speak", False)],
)
def test_a_model_that_knows_of_no_drill_does_not_end_an_announced_one(source, is_drill):
    talk, call = line(), new_call()
    say(talk, call, EXERCISE)
    talk.raise_urgency(talk.open_turn(call, NOON), Urgency.CRITICAL, source, NOON)

    assert call.is_drill is is_drill


def test_a_drill_begun_in_the_call_becomes_the_announced_one():
    talk, call = line(zone="b"), new_call()
    say(talk, call, "exercise")
    assert call.is_drill
    assert call.drill_id is None
    say(talk, call, EXERCISE)

    assert call.is_drill
    assert call.drill_id is not None


def test_a_drill_that_a_silence_ended_does_not_begin_again():
    talk, call = line(), new_call()
    say(talk, call, "exercise")
    talk.raise_urgency(talk.open_turn(call, NOON), Urgency.URGENT, "silence", NOON)
    say(talk, call, EXERCISE)

    assert not call.is_drill
    assert "emergency_services" in call.roles_alerted
