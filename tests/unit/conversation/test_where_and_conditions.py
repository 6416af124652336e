"""Asked for the way out while exits are blocked or the wind is known; drills and questions."""

from dataclasses import replace

import pytest

from aurora.conditions.board import Board
from aurora.conditions.change import exit_change, wind_change
from aurora.conversation.call import Call
from aurora.conversation.dialogue import Dialogue
from aurora.conversation.merge import carry_over
from aurora.conversation.operator import set_urgency
from aurora.conversation.turn import Turn
from aurora.guidance.guide import Guide
from aurora.guidance.handbook.handbook import Handbook
from aurora.levels import Hazard, Urgency
from aurora.site.model import LANGUAGES
from aurora.triage.assessment import Assessment, Intent, Place
from tests.line import (
    NOON,
    YES,
    ScriptedTriage,
    example_library,
    example_site,
    fire,
    new_call,
    said,
)

WAY_OUT = {
    "en": "which way out",
    "es": "por donde salgo",
    "fr": "par ou on sort",
    "de": "wo ist der ausgang",
}
EAST = {"en": "the east gate", "es": "el portón este", "fr": "le portail est", "de": "das Osttor"}
WEST = {
    "en": "the west gate",
    "es": "el portón oeste",
    "fr": "le portail ouest",
    "de": "das Westtor",
}
EAST_SHUT = "the east gate is blocked"
WEST_SHUT = "the west gate is on fire"
WHERE_TO = "where do we go"
ARREST = said(Urgency.CRITICAL, hazard=Hazard.MEDICAL, procedure="cardiac_arrest")


def asked(language: str = "en", **parts: object) -> Assessment:
    return said(Urgency.ASSISTIVE, intent=Intent.QUESTION, language=language, **parts)


def line(board: Board, script: dict[str, Assessment], language: str = "en") -> Dialogue:
    known = {"fire": fire(language=language), WAY_OUT[language]: asked(language), **script}
    guide = Guide(example_site(), example_library(), Handbook())
    triage = ScriptedTriage(known)
    return Dialogue(example_site(), triage, guide, max_exchanges=20, board=board)  # type: ignore[arg-type]


def converse(
    *words: str,
    board: Board | None = None,
    script: dict[str, Assessment] | None = None,
    call: Call | None = None,
) -> list[Turn]:
    call = call or new_call()
    talk = line(board or Board(), script or {}, call.language)
    turns = []
    for heard in words:
        turns.append(talk.hear(call, heard, NOON))
        talk.close_turn(turns[-1])
    return turns


def with_shut(*exits: str, wind: float | None = None) -> Board:
    board = Board()
    for way in exits:
        board.put(exit_change("b", way, is_blocked=True, by="Ann", reason="smoke", now=NOON))
    if wind is not None:
        board.put(wind_change(wind, "Ann", NOON))
    return board


def in_zone_b(language: str = "en") -> Call:
    call = new_call(language=language)
    call.place.zone_id = "b"
    return call


@pytest.mark.parametrize("board", [with_shut("b_east"), with_shut(wind=270)], ids=["shut", "wind"])
@pytest.mark.parametrize("words_before", [(), ("fire",)], ids=["everyday", "emergency"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_whoever_asks_for_the_way_out_is_named_the_right_exit_alone(language, words_before, board):
    *_, turn = converse(*words_before, WAY_OUT[language], board=board, call=in_zone_b(language))

    assert WEST[language] in turn.message
    assert EAST[language] not in turn.message


def test_the_wind_is_given_as_the_reason_to_whoever_has_to_leave():
    *_, turn = converse("fire", WAY_OUT["en"], board=with_shut(wind=270))

    assert "Leave Zone B by the west gate; the wind comes from the west." in turn.message


def test_a_rescuer_who_asks_is_told_of_the_open_exit_without_being_sent_away():
    script = {"not breathing": ARREST}
    board = with_shut("b_east")
    *_, turn = converse(
        "not breathing", WAY_OUT["en"], board=board, script=script, call=in_zone_b()
    )

    assert turn.message == "The way out of Zone B is the west gate."


@pytest.mark.parametrize("words", [WAY_OUT["en"], WHERE_TO])
def test_whoever_asks_where_to_go_without_any_exit_hears_how_to_hold_out(words):
    script = {WHERE_TO: asked()}
    *_, turn = converse("fire", words, board=with_shut("b_east", "b_west"), script=script)

    assert [s.name for s in turn.sentences] == ["exits_blocked", "shut_in"]


def test_holding_out_is_said_once_to_who_asks_for_the_way_out_along_with_the_alarm():
    words = f"fire in zone b, {WAY_OUT['en']}"
    board = with_shut("b_east", "b_west")
    [turn] = converse(words, board=board, script={words: fire()})

    assert [s.name for s in turn.sentences][:3] == ["first_line", "exits_blocked", "shut_in"]
    assert "shut_in" not in [s.name for s in turn.sentences][3:]


@pytest.mark.parametrize("words_before", [(), ("fire",)], ids=["everyday", "emergency"])
def test_an_exit_found_blocked_in_the_very_question_is_not_given_as_the_answer(words_before):
    words = f"{EAST_SHUT}, {WAY_OUT['en']}"
    *_, turn = converse(*words_before, words, script={words: asked()}, call=in_zone_b())

    assert "the west gate" in turn.message
    assert "east gate" not in turn.message
    assert turn.message.count("west gate") == 1
    # A question alone shuts no exit for others.
    assert bool(turn.conditions) is bool(words_before)


def test_a_place_asked_for_earlier_is_answered_with_what_is_open_then():
    script = {"zone b": said(place=Place("Zone B", "b")), "fire": fire(None)}
    *_, turn = converse("fire", WAY_OUT["en"], "zone b", board=with_shut("b_east"), script=script)

    assert "the west gate" in turn.message
    assert "east gate" not in turn.message


def test_whoever_is_shut_in_and_must_not_be_heard_keeps_the_hint_at_the_keys():
    call = in_zone_b()
    whispered = f"i have to whisper, {WEST_SHUT}"
    *_, turn = converse("fire", EAST_SHUT, whispered, call=call)

    names = [s.name for s in turn.sentences]
    assert call.is_quiet
    assert names[0] == "shut_in"
    assert "quiet_ready" in names
    assert "gate" not in turn.message


def test_the_zone_that_a_drill_is_asked_for_does_not_end_the_drill():
    drill = said(Urgency.NORMAL, intent=Intent.DRILL, is_drill=True)
    unknown = said(Urgency.URGENT, hazard=Hazard.OTHER, confidence=0.3, place=Place("Zone C", "c"))
    script = {"this is a drill": drill, "zone c": unknown}
    *_, turn = converse("this is a drill", WAY_OUT["en"], "zone c", script=script)

    assert turn.call.is_drill
    assert turn.call.place.zone_id == "c"


def test_a_yes_to_the_danger_check_ends_a_drill_that_nobody_announced():
    drill = said(Urgency.NORMAL, intent=Intent.DRILL, is_drill=True)
    script = {"a drill": drill, "odd noise": said(doubt=0.4), "yes": YES}
    *_, turn = converse("a drill", "odd noise", "yes", script=script)

    assert turn.call.urgency is Urgency.CRITICAL
    assert not turn.call.is_drill


def test_an_operator_who_lowers_a_call_in_danger_is_not_undone_by_the_next_words():
    call = new_call()
    talk = line(Board(), {"odd noise": said(doubt=0.4), "yes": YES, "okay": said()})
    for words in ("odd noise", "yes"):
        talk.close_turn(talk.hear(call, words, NOON))
    assert call.urgency is Urgency.CRITICAL
    set_urgency(talk, call, Urgency.NORMAL, "Ann", "a joke", NOON)
    talk.hear(call, "okay", NOON)

    assert call.urgency is Urgency.NORMAL
    assert call.guidance.procedure is None


def test_who_the_caller_is_and_what_they_found_blocked_survive_a_lost_write():
    ours = replace(new_call(), is_quiet=True, is_child=True, blocked_exits=["b/b_east"])
    stored = new_call()
    carry_over(ours, stored)

    assert (stored.is_quiet, stored.is_child) == (True, True)
    assert stored.blocked_exits == ["b/b_east"]
