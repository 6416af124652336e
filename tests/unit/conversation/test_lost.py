"""When a caller counts as lost: not after a goodbye, not with a person, not in an everyday call."""

import pytest

from aurora.conversation import silence
from aurora.conversation.call import Call, EndReason
from aurora.conversation.lost import find, lose, note_failure, note_try, search, takes_leave
from aurora.conversation.record import Event
from aurora.conversation.turn import Turn
from aurora.escalation.incident import Lost
from aurora.guidance.cues import Cue
from aurora.levels import Urgency
from aurora.triage.assessment import Intent
from tests.line import NOON, dialogue, fire, new_call, said

ROLES = {"rescue", "control_room"}


def emergency(**parts) -> Call:
    return new_call(urgency=Urgency.CRITICAL, **parts)


def turn_of(call: Call) -> Turn:
    return Turn(call, dialogue().situation(call, NOON))


def lost(call: Call, how: Lost = Lost.HUNG_UP) -> list[Event]:
    turn = turn_of(call)
    lose(turn, how, NOON)
    return turn.events


def test_whoever_hangs_up_in_an_emergency_is_lost_and_the_control_room_is_told():
    call = emergency()

    assert [event.kind for event in lost(call)] == ["caller_lost", "alert_requested"]
    assert call.roles_alerted == ["control_room"]
    assert call.loss is not None
    assert (call.loss.number, call.loss.how) == (1, Lost.HUNG_UP)


@pytest.mark.parametrize(
    "call",
    [
        new_call(urgency=Urgency.NORMAL),
        emergency(has_taken_leave=True),
        emergency(is_hand_off_due=True),
    ],
    ids=["everyday", "took leave", "with a person"],
)
def test_whoever_went_as_callers_do_is_not_lost(call):
    assert lost(call) == []
    assert call.loss is None


def test_lost_twice_is_lost_once_until_found():
    call = emergency()
    lost(call)

    assert lost(call) == []
    find(turn_of(call), "words", NOON)
    assert [event.kind for event in lost(call)] == ["caller_lost"]
    assert call.losses == 2


def test_a_silent_caller_who_then_hangs_up_is_lost_anew_and_can_be_rung():
    call = emergency()
    lost(call, Lost.SILENCE)

    assert [event.kind for event in lost(call)] == ["caller_lost"]
    assert call.loss is not None
    assert call.loss.how is Lost.HUNG_UP


@pytest.mark.parametrize(
    ("words", "cues"),
    [
        (said(intent=Intent.GOODBYE), []),
        (said(intent=Intent.THANKS), []),
        (said(intent=Intent.ALL_CLEAR), []),
        (said(facts={"escaped": True}), []),
        (said(Urgency.URGENT, facts={"escaped": True}), []),
        (said(), [Cue.WELL]),
    ],
)
def test_goodbye_thanks_and_being_out_of_it_take_leave(words, cues):
    assert takes_leave(words, cues)


@pytest.mark.parametrize(
    "words",
    [
        said(),
        fire(intent=Intent.GOODBYE),
        said(Urgency.URGENT, intent=Intent.THANKS, reasons=("smoke",)),
        said(intent=Intent.GOODBYE, facts={"trapped": True}),
        said(facts={"escaped": True, "people_missing": True}),
        said(facts={"escaped": False}),
    ],
)
def test_words_that_tell_of_danger_take_no_leave(words):
    assert not takes_leave(words, [Cue.WELL] if words.facts else [])


def test_the_last_words_count_and_words_find_a_caller():
    script = {"bye": said(intent=Intent.GOODBYE), "wait, fire": fire()}
    line, call = dialogue(script), emergency()
    line.hear(call, "bye", NOON)
    assert call.has_taken_leave
    line.hear(call, "wait, fire", NOON)
    assert not call.has_taken_leave
    lost(call)

    turn = line.hear(call, "wait, fire", NOON)
    assert call.loss is None
    assert "caller_found" in [event.kind for event in turn.events]


def test_a_key_finds_a_caller():
    call = emergency()
    lost(call)
    silence.press(dialogue(), call, "1", NOON)

    assert call.loss is None


def test_in_an_emergency_silence_loses_a_caller_then_has_them_searched_for():
    line, call = dialogue(), emergency()
    events = [event.kind for _ in range(6) for event in silence.wait(line, call, NOON).events]

    assert events.count("caller_lost") == events.count("search_requested") == 1
    assert events.index("caller_lost") < events.index("search_requested")
    assert "rescue" in call.roles_alerted


def test_whoever_must_not_be_heard_is_silent_and_not_lost():
    line, call = dialogue(), emergency(is_quiet=True)
    events = [event.kind for _ in range(6) for event in silence.wait(line, call, NOON).events]

    assert "caller_lost" not in events


def test_a_search_is_asked_for_once_and_names_the_place():
    call = emergency()
    call.place.zone_id = "a"
    lost(call)
    first, again = turn_of(call), turn_of(call)
    search(first, ROLES, NOON)
    search(again, ROLES, NOON)

    assert first.events[0].details["zone"] == "a"
    assert again.events == []


def test_a_try_and_its_failure_are_noted_once_and_only_of_this_loss():
    call = emergency()
    lost(call)

    assert [event.kind for event in note_try(call, 1, 1, NOON)] == ["called_back"]
    assert note_try(call, 1, 1, NOON) == []
    assert [event.kind for event in note_failure(call, 1, 1, "busy", NOON)] == ["call_back_failed"]
    assert note_failure(call, 1, 1, "busy", NOON) == []
    assert note_failure(call, 2, 1, "busy", NOON) == []


def test_a_call_that_ended_in_another_way_loses_nobody():
    line, call = dialogue(), emergency()
    line.end(call, EndReason.ENDED_BY_API, NOON)

    assert call.loss is None
