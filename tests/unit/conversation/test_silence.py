"""Silence and keys: asked again, offered the keypad, then people are told; never hung up on."""

from aurora.conversation import silence
from aurora.conversation.call import Call, EndReason
from aurora.conversation.dialogue import Dialogue
from aurora.conversation.turn import Action, Turn
from aurora.levels import Urgency
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


def test_silence_after_an_everyday_exchange_ends_the_call():
    line, call = dialogue({"the delivery is here": said()}), new_call()
    say(line, call, "the delivery is here")

    turns = [be_silent(line, call) for _ in range(3)]

    assert turns[-1].action is Action.END
    assert call.end_reason is EndReason.SILENCE


def test_pressing_one_opens_the_menu_and_is_critical():
    line, call = dialogue(), new_call()
    be_silent(line, call)
    be_silent(line, call)

    turn = key(line, call, "1")

    assert call.is_keypad_only
    assert call.urgency is Urgency.CRITICAL
    assert "Press 1 for fire" in turn.message


def test_the_menu_starts_the_procedure_and_its_questions_are_answered_by_key():
    line, call = dialogue(), new_call()
    be_silent(line, call)
    be_silent(line, call)
    key(line, call, "1")

    chosen = key(line, call, "3")
    assert chosen.sentences[0].source == "medical.en@1:first_line"
    while call.guidance.awaiting is None:
        key(line, call, "1") if call.guidance.awaiting else say(line, call, "")
    asked = call.guidance.awaiting
    key(line, call, "2")

    assert call.facts[asked] is False


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
