"""Keys of a caller who must not be heard: yes, no, or "I am here"; nothing that calls them out."""

import pytest

from aurora.conversation import silence
from aurora.conversation.call import Call
from aurora.conversation.dialogue import Dialogue
from aurora.conversation.turn import Turn
from aurora.guidance.library import THREATS
from aurora.levels import Urgency
from aurora.site.model import LANGUAGES
from tests.line import NOON, dialogue, example_library, fire, new_call, said

QUIET = sorted(THREATS)


def key(line: Dialogue, call: Call, digit: str) -> Turn:
    turn = silence.press(line, call, digit, NOON)
    line.close_turn(turn)
    return turn


def hear(line: Dialogue, call: Call, words: str) -> Turn:
    turn = line.hear(call, words, NOON)
    line.close_turn(turn)
    return turn


def threatened(procedure: str, language: str = "en") -> tuple[Dialogue, Call]:
    threat = said(Urgency.CRITICAL, procedure=procedure, language=language)
    line, call = dialogue({"help": threat}), new_call(language=language)
    hear(line, call, "help")
    return line, call


def menu(language: str) -> str:
    return example_library().phrases[language].keypad_menu


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("procedure", QUIET)
@pytest.mark.parametrize("digits", ["11", "12", "21", "22"])
def test_yes_and_no_pressed_again_and_again_never_call_anybody_out(procedure, language, digits):
    line, call = threatened(procedure, language)

    turns = [key(line, call, digit) for digit in digits * 15]

    assert call.guidance.procedure in QUIET
    assert not any(menu(language) in turn.message for turn in turns)
    assert all(turn.message for turn in turns)
    assert not call.is_menu_open


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("procedure", QUIET)
@pytest.mark.parametrize("digit", "12345678*#")
def test_any_key_without_an_open_question_tells_that_they_are_there(procedure, language, digit):
    line, call = threatened(procedure, language)
    call.guidance.awaiting = None

    turn = key(line, call, digit)

    phrases = example_library().phrases[language]
    assert menu(language) not in turn.message
    assert phrases.keypad_again not in turn.message
    assert call.guidance.procedure == procedure
    assert not call.is_menu_open


def test_presence_brings_what_comes_next():
    line, call = threatened("violence")
    key(line, call, "1")

    turns = [key(line, call, "1") for _ in range(2)]

    assert "Lock or block the door" in turns[0].message
    assert "Do they have a weapon?" in turns[1].message
    assert call.facts == {"hidden": True}


def test_a_key_is_no_answer_to_a_question_that_wants_a_number():
    line, call = threatened("violence")
    call.guidance.awaiting = "people"

    key(line, call, "2")

    assert "people" not in call.facts
    assert call.guidance.procedure == "violence"


def test_the_menu_read_on_key_nine_closes_with_the_next_silence():
    line, call = threatened("violence")
    assert menu("en") in key(line, call, "9").message
    line.close_turn(silence.wait(line, call, NOON))

    key(line, call, "2")

    assert call.guidance.procedure == "violence"


def test_a_menu_left_open_closes_when_a_threat_is_understood():
    threat = said(Urgency.CRITICAL, procedure="violence")
    line, call = dialogue({"they are shooting": threat}), new_call()
    hear(line, call, "i have to whisper")
    assert call.is_menu_open
    call.guidance.pending = "violence"
    hear(line, call, "they are shooting")

    assert not call.is_menu_open


@pytest.mark.parametrize("digit", ["1", "2"])
def test_one_and_two_are_no_menu_for_whoever_cannot_speak_once_they_are_guided(digit):
    line, call = dialogue({"fire in zone b": fire()}), new_call(is_keypad_only=True)
    hear(line, call, "fire in zone b")
    call.guidance.awaiting = None

    turn = key(line, call, digit)

    assert menu("en") not in turn.message
    assert call.guidance.procedure == "fire"
