"""The panic key of a kiosk: an emergency without a word, and the language chosen by hand."""

from aurora.conversation.panic import panic
from aurora.levels import Hazard, Urgency
from tests.line import NOON, dialogue, fire, new_call
from tests.switchboard import TWILIO, Line, words

FIRE = {"fire in zone b": fire()}


def test_the_panic_key_is_critical_and_people_are_asked_for():
    call = new_call(line="kiosk")

    turn = panic(dialogue(), call, NOON)

    assert turn.message.startswith("Get yourself to safety first.")
    assert (call.urgency, call.hazard) == (Urgency.CRITICAL, Hazard.OTHER)
    assert {"control_room", "supervisor"} <= set(call.roles_alerted)
    assert turn.heard is not None
    assert turn.heard.content == "[panic key]"


def test_pressed_again_it_alerts_nobody_twice_and_is_still_answered():
    talk, call = dialogue(), new_call(line="kiosk")
    first = panic(talk, call, NOON)
    talk.close_turn(first)

    again = panic(talk, call, NOON)

    assert again.message
    assert again.message != first.message
    assert [event.kind for event in again.events] == []


def test_it_does_not_take_a_caller_out_of_a_better_procedure():
    talk, call = dialogue(FIRE), new_call(line="kiosk")
    talk.close_turn(talk.hear(call, "fire in zone b", NOON))

    panic(talk, call, NOON)

    assert call.guidance.procedure == "fire"
    assert call.hazard is Hazard.FIRE


async def test_the_panic_key_is_on_the_record():
    line = Line(FIRE)
    await line.board.open(TWILIO)

    spoken = await line.board.panic("CA1", words)

    assert "Get yourself to safety first." in spoken
    assert await line.heard() == ["[panic key]"]


async def test_the_language_a_caller_chose_is_the_one_they_are_answered_in():
    line = Line(FIRE)
    await line.board.ring(TWILIO, words)

    await line.board.choose_language("CA1", "de")
    await line.board.choose_language("CA1", "xx")
    spoken = await line.board.panic("CA1", words)

    assert (await line.board.call("CA1")).language == "de"
    assert "Sicherheit" in spoken
    assert (await line.events("CA1")).count("language_chosen") == 1
