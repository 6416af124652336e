"""Silence and keys: asked again, offered the keypad, then people are told; never hung up on."""

import pytest

from aurora.conversation import silence
from aurora.conversation.call import Call, EndReason
from aurora.conversation.dialogue import Dialogue
from aurora.conversation.silence import SILENCES_BEFORE_HAND_OFF
from aurora.conversation.turn import Action, Turn
from aurora.levels import Hazard, Urgency
from aurora.triage.assessment import Intent
from tests.line import NOON, dialogue, fire, new_call, said


def be_silent(line: Dialogue, call: Call) -> Turn:
    turn = silence.wait(line, call, NOON)
    line.close_turn(turn)
    return turn


def key(line: Dialogue, call: Call, digit: str) -> Turn:
    turn = silence.press(line, call, digit, NOON)
    line.close_turn(turn)
    return turn


def say(line: Dialogue, call: Call, words: str) -> Turn:
    turn = line.hear(call, words, NOON)
    line.close_turn(turn)
    return turn


def test_silence_is_asked_again_then_offered_the_keypad_then_alerts():
    line, call = dialogue(), new_call()

    first, second, third = (be_silent(line, call) for _ in range(3))

    assert "did not hear" in first.message
    assert "ress 1" in second.message
    assert call.urgency is Urgency.URGENT
    assert "control_room" in call.roles_alerted
    assert third.action is Action.LISTEN


def test_a_caller_who_never_spoke_is_put_through_and_never_hung_up_on():
    line, call = dialogue(), new_call()

    turns = [be_silent(line, call) for _ in range(12)]

    assert Action.END not in {turn.action for turn in turns}
    assert Action.HAND_OFF in {turn.action for turn in turns}
    assert call.ended_at is None


def test_silence_in_an_emergency_never_ends_it_nor_repeats_itself():
    line, call = dialogue({"fire in zone b": fire()}), new_call()
    say(line, call, "fire in zone b")

    turns = [be_silent(line, call) for _ in range(15)]

    assert Action.END not in {turn.action for turn in turns}
    messages = [turn.message for turn in turns if "still on the line" not in turn.message]
    assert len(messages) == len(set(messages))


def test_the_control_room_is_dialled_again_every_few_silences():
    line, call = dialogue(), new_call()

    turns = [be_silent(line, call) for _ in range(4 * SILENCES_BEFORE_HAND_OFF)]

    dialled = [n for n, turn in enumerate(turns, 1) if turn.action is Action.HAND_OFF]
    assert dialled == [SILENCES_BEFORE_HAND_OFF * times for times in (1, 2, 3, 4)]


@pytest.mark.parametrize(
    "matter",
    [
        said(),
        said(Urgency.ASSISTIVE, intent=Intent.QUESTION),
        said(is_drill=True, intent=Intent.DRILL),
    ],
    ids=["report", "question", "drill"],
)
def test_silence_after_a_settled_everyday_matter_ends_the_call(matter):
    line, call = dialogue({"the delivery is here": matter}), new_call()
    say(line, call, "the delivery is here")

    turns = [be_silent(line, call) for _ in range(3)]

    assert turns[-1].action is Action.END
    assert call.end_reason is EndReason.SILENCE
    assert not call.urgency.is_emergency


@pytest.mark.parametrize(
    "intent", [Intent.GREETING, Intent.UNCLEAR, Intent.REPEAT, Intent.YES, Intent.HUMAN]
)
def test_silence_after_a_mere_hello_alerts_and_keeps_the_line(intent):
    line, call = dialogue({"hello can you hear me": said(intent=intent)}), new_call()
    say(line, call, "hello can you hear me")

    turns = [be_silent(line, call) for _ in range(5)]

    assert Action.END not in {turn.action for turn in turns}
    assert call.urgency is Urgency.URGENT
    assert {"control_room", "supervisor"} <= set(call.roles_alerted)


def test_silence_after_a_stray_key_alerts_and_keeps_the_line():
    line, call = dialogue(), new_call()
    key(line, call, "7")

    turns = [be_silent(line, call) for _ in range(3)]

    assert turns[-1].action is Action.LISTEN
    assert "control_room" in call.roles_alerted


def test_pressing_one_opens_the_menu_and_is_critical():
    line, call = dialogue(), new_call()
    be_silent(line, call)
    be_silent(line, call)

    turn = key(line, call, "1")

    assert call.is_keypad_only
    assert call.urgency is Urgency.CRITICAL
    assert "Press 1 for fire" in turn.message


def open_menu(line: Dialogue, call: Call) -> Turn:
    be_silent(line, call)
    be_silent(line, call)
    return key(line, call, "1")


def test_the_menu_starts_the_procedure_and_its_questions_are_answered_by_key():
    line, call = dialogue(), new_call()
    open_menu(line, call)

    chosen = key(line, call, "3")
    asked = call.guidance.awaiting
    key(line, call, "2")

    assert chosen.sentences[0].source == "medical.en@1:first_line"
    assert "Press 1 for yes" in chosen.message
    assert asked == "awake"
    assert call.facts["awake"] is False


@pytest.mark.parametrize("silences", [1, 2, 4])
def test_a_key_after_silence_still_answers_the_question_of_a_caller_who_cannot_speak(silences):
    line, call = dialogue(), new_call()
    open_menu(line, call)
    key(line, call, "3")
    for _ in range(silences):
        be_silent(line, call)

    key(line, call, "1")
    key(line, call, "2")

    assert not call.is_menu_open
    assert call.facts["awake"] is True
    assert call.facts["breathing"] is False


def test_a_silent_caller_who_cannot_speak_is_not_asked_to():
    line, call = dialogue(), new_call()
    open_menu(line, call)

    unchosen = [be_silent(line, call), be_silent(line, call)]
    key(line, call, "3")
    chosen = [be_silent(line, call), be_silent(line, call)]

    assert all("Press 1 for fire" in turn.message for turn in unchosen)
    assert chosen[1].message == "Press 1 for yes, 2 for no."
    assert not any("cannot speak" in turn.message for turn in chosen)


def test_words_close_the_menu():
    line, call = dialogue({"fire in zone b": fire()}), new_call()
    open_menu(line, call)

    say(line, call, "fire in zone b")
    key(line, call, "2")

    assert not call.is_menu_open
    assert "Press 1 for fire" in key(line, call, "9").message
    assert call.guidance.procedure == "fire"
    assert call.hazard is Hazard.FIRE


def test_noise_leaves_the_menu_open():
    line, call = dialogue({"hrm": said(Urgency.URGENT, intent=Intent.UNCLEAR)}), new_call()
    open_menu(line, call)

    say(line, call, "hrm")
    key(line, call, "1")

    assert call.guidance.procedure == "fire"


def test_a_key_after_words_that_named_no_hazard_reads_the_menu_again():
    line, call = dialogue({"hello": said(intent=Intent.GREETING)}), new_call()
    open_menu(line, call)
    say(line, call, "hello")

    assert "Press 1 for fire" in key(line, call, "2").message
    key(line, call, "2")

    assert call.guidance.procedure == "toxic_gas"


@pytest.mark.parametrize("digit", ["1", "2", "3", "5"])
def test_a_key_of_the_menu_replaces_no_worse_procedure(digit):
    line, call = dialogue({"fire in zone b": fire()}), new_call()
    say(line, call, "fire in zone b")
    open_menu(line, call)

    turn = key(line, call, digit)

    assert call.guidance.procedure == "fire"
    assert call.hazard is Hazard.FIRE
    assert not any(sentence.source.endswith(":first_line") for sentence in turn.sentences)
    assert not call.is_menu_open


def test_the_menu_may_still_bring_a_worse_procedure():
    line, call = dialogue(), new_call()
    open_menu(line, call)
    key(line, call, "2")
    key(line, call, "9")

    turn = key(line, call, "1")

    assert turn.sentences[0].source == "fire.en@1:first_line"
    assert call.hazard is Hazard.FIRE


def test_a_key_that_answers_nothing_has_yes_and_no_explained():
    line, call = dialogue(), new_call()
    open_menu(line, call)
    key(line, call, "3")

    assert key(line, call, "8").message == "Press 1 for yes, 2 for no."


def test_a_caller_who_cannot_speak_ends_the_drill():
    drill = said(is_drill=True, intent=Intent.DRILL)
    line, call = dialogue({"drill": drill}), new_call()
    say(line, call, "drill")

    opened = open_menu(line, call)
    key(line, call, "1")

    asked = [event for event in opened.events if event.kind == "alert_requested"]
    assert not call.is_drill
    assert {event.details["is_drill"] for event in asked} == {False}
    assert {"control_room", "emergency_services"} <= set(call.roles_alerted)


def test_silence_in_a_drill_that_became_an_emergency_is_taken_for_real():
    drilled = fire(is_drill=True)
    line, call = dialogue({"simulated fire in zone b": drilled}), new_call()
    say(line, call, "simulated fire in zone b")
    assert "emergency_services" not in call.roles_alerted

    for _ in range(3):
        be_silent(line, call)

    assert not call.is_drill
    assert {"control_room", "emergency_services", "fire"} <= set(call.roles_alerted)


def test_a_threat_by_key_keeps_the_caller_quiet():
    line, call = dialogue(), new_call()
    be_silent(line, call)
    be_silent(line, call)
    key(line, call, "1")

    turn = key(line, call, "4")

    assert call.guidance.procedure == "violence"
    assert "speak up" not in turn.message.lower()


def test_zero_puts_the_caller_through():
    line, call = dialogue(), new_call()

    assert key(line, call, "0").action is Action.HAND_OFF


def test_an_unknown_key_is_explained():
    line, call = dialogue(), new_call()

    assert "key" in key(line, call, "7").message.lower()


def test_a_key_brings_a_first_line_that_waits_before_what_the_keys_mean():
    line, call = dialogue(), new_call(urgency=Urgency.CRITICAL)
    call.guidance.pending = "medical"

    turn = key(line, call, "7")

    assert turn.sentences[0].name == "first_line"
    assert call.guidance.pending is None


def test_zero_still_puts_a_caller_through_for_whom_a_first_line_waits():
    line, call = dialogue(), new_call(urgency=Urgency.CRITICAL)
    call.guidance.pending = "medical"

    turn = key(line, call, "0")

    assert turn.action is Action.HAND_OFF
