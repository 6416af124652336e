"""One question for a call that only seems ordinary: is anyone hurt or in danger?"""

import pytest

from aurora.conversation import silence
from aurora.conversation.call import Call, EndReason
from aurora.conversation.dialogue import Dialogue
from aurora.conversation.turn import Action, Turn
from aurora.levels import Urgency
from aurora.site.model import LANGUAGES
from aurora.triage.assessment import Intent
from tests.line import NO, NOON, YES, dialogue, example_library, new_call, said

DOUBTFUL = said(Urgency.ASSISTIVE, intent=Intent.QUESTION, doubt=0.25)
SURE = said(Urgency.ASSISTIVE, intent=Intent.QUESTION, doubt=0.24)
SCRIPT = {"doubtful": DOUBTFUL, "sure": SURE, "yes": YES, "no": NO}


def hear(line: Dialogue, call: Call, words: str) -> Turn:
    turn = line.hear(call, words, NOON)
    line.close_turn(turn)
    return turn


def is_asked(turn: Turn) -> bool:
    return "danger_check" in [sentence.name for sentence in turn.sentences]


@pytest.mark.parametrize("language", LANGUAGES)
def test_doubt_in_an_ordinary_call_asks_once_and_last(language):
    words = said(intent=Intent.REPORT, doubt=0.6, language=language)
    line, call = dialogue({"doubtful": words}), new_call(language=language)
    turn = hear(line, call, "doubtful")

    assert turn.sentences[-1].text == example_library().phrases[language].danger_check
    assert sum(sentence.is_question for sentence in turn.sentences) == 1
    assert not call.urgency.is_emergency


def test_too_little_doubt_asks_nothing():
    line, call = dialogue(SCRIPT), new_call()

    assert not is_asked(hear(line, call, "sure"))


def test_yes_makes_it_an_emergency():
    line, call = dialogue(SCRIPT), new_call()
    hear(line, call, "doubtful")
    turn = hear(line, call, "yes")

    assert call.urgency.is_emergency
    assert turn.sentences[0].text == example_library().procedures["emergency", "en"].first_line
    assert "control_room" in call.roles_alerted or call.roles_alerted


def test_somebody_hurt_is_a_yes():
    script = {**SCRIPT, "my mate is": said(facts={"people_hurt": True})}
    line, call = dialogue(script), new_call()
    hear(line, call, "doubtful")
    hear(line, call, "my mate is")

    assert call.guidance.procedure == "emergency"


def test_no_lets_the_call_go_on_and_it_is_never_asked_again():
    line, call = dialogue(SCRIPT), new_call()
    hear(line, call, "doubtful")
    turns = [hear(line, call, words) for words in ("no", "doubtful", "doubtful")]

    assert not any(map(is_asked, turns))
    assert call.urgency is Urgency.NORMAL or call.urgency is Urgency.ASSISTIVE
    assert turns[0].action is Action.LISTEN


def test_other_words_leave_it_open_no_longer():
    line, call = dialogue(SCRIPT), new_call()
    hear(line, call, "doubtful")
    hear(line, call, "sure")
    hear(line, call, "yes")

    assert not call.urgency.is_emergency


@pytest.mark.parametrize(("digit", "is_emergency"), [("1", True), ("2", False)])
def test_it_is_answered_by_key(digit, is_emergency):
    line, call = dialogue(SCRIPT), new_call(is_quiet=True)
    turn = hear(line, call, "doubtful")
    silence.wait(line, call, NOON)
    silence.press(line, call, digit, NOON)

    assert "Press 1 for yes, 2 for no." in turn.message
    assert call.urgency.is_emergency is is_emergency


@pytest.mark.parametrize("intent", [Intent.GOODBYE, Intent.WRONG_NUMBER])
def test_a_doubtful_farewell_is_not_hung_up_on(intent):
    line = dialogue({"bye": said(intent=intent, doubt=0.5), "no": NO, "sure": SURE})
    call = new_call()
    turn = hear(line, call, "bye")

    assert is_asked(turn)
    assert turn.action is Action.LISTEN
    assert "Goodbye" not in turn.message


def test_a_plain_farewell_still_ends_the_call():
    line, call = dialogue({"bye": said(intent=Intent.GOODBYE)}), new_call()
    turn = hear(line, call, "bye")

    assert turn.action is Action.END
    assert call.end_reason is EndReason.SAID_GOODBYE


def test_an_emergency_is_never_asked_whether_it_is_one():
    grave = said(Urgency.CRITICAL, procedure="fire", doubt=0.9)
    line, call = dialogue({"fire": grave, **SCRIPT}), new_call()

    assert not any(is_asked(hear(line, call, words)) for words in ("fire", "doubtful"))


def test_whoever_cannot_say_is_not_taken_to_be_out_of_danger():
    line, call = dialogue({**SCRIPT, "i don't know": said(intent=Intent.UNSURE)}), new_call()
    hear(line, call, "doubtful")
    hear(line, call, "i don't know")

    assert call.urgency.is_emergency
