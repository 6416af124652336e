"""Who is calling: one who must not be heard, a child, somebody who is hurt; said once, kept."""

import pytest

from aurora.conversation import silence
from aurora.conversation.call import Call
from aurora.conversation.dialogue import Dialogue
from aurora.conversation.merge import carry_over
from aurora.conversation.summary import summarise
from aurora.conversation.turn import Turn
from aurora.levels import Hazard, Urgency
from aurora.site.model import LANGUAGES
from aurora.triage.assessment import Intent, Place
from tests.line import NOON, dialogue, example_library, example_site, fire, new_call, said

LOUDER = {
    "en": ["close to the phone", "say it again", "please speak", "speak up"],
    "es": ["hable cerca", "hable o", "no le llega bien la voz"],
    "fr": ["parlez", "dites-moi"],
    "de": ["bitte sprechen sie", "sagen sie bitte"],
}
WHISPERS = {
    "en": "i have to whisper",
    "es": "tengo que susurrar",
    "fr": "je dois chuchoter",
    "de": "ich muss flustern",
}
HIDES = {
    "en": "he can hear me",
    "es": "me va a oir",
    "fr": "il peut m'entendre",
    "de": "er kann mich horen",
}


def hear(line: Dialogue, call: Call, words: str) -> Turn:
    turn = line.hear(call, words, NOON)
    line.close_turn(turn)
    return turn


def be_silent(line: Dialogue, call: Call) -> Turn:
    turn = silence.wait(line, call, NOON)
    line.close_turn(turn)
    return turn


def key(line: Dialogue, call: Call, digit: str) -> Turn:
    turn = silence.press(line, call, digit, NOON)
    line.close_turn(turn)
    return turn


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_whispering_caller_is_offered_the_keys_and_never_asked_to_speak_up(language):
    line, call = dialogue(), new_call(language=language)
    first = hear(line, call, WHISPERS[language])
    turns = [be_silent(line, call) for _ in range(5)] + [hear(line, call, WHISPERS[language])]

    assert call.is_quiet
    assert call.urgency is Urgency.CRITICAL
    assert "control_room" in call.roles_alerted
    assert [s.name for s in first.sentences] == ["quiet_ready", "keypad_menu"]
    said_all = " ".join(turn.message for turn in turns).lower()
    assert not any(words in said_all for words in LOUDER[language])


@pytest.mark.parametrize("language", LANGUAGES)
def test_who_must_not_be_heard_gets_the_procedure_for_a_threat(language):
    line, call = dialogue(), new_call(language=language)
    turn = hear(line, call, HIDES[language])

    assert turn.sentences[0].text == example_library().procedures["violence", language].first_line
    assert call.is_quiet


@pytest.mark.parametrize("language", LANGUAGES)
def test_who_begins_to_whisper_in_a_running_procedure_is_told_once_that_keys_will_do(language):
    blaze = fire("b", language=language)
    hushed = said(language=language)
    line = dialogue({"fire": blaze, WHISPERS[language]: hushed})
    call = new_call(language=language)
    hear(line, call, "fire")
    turns = [hear(line, call, WHISPERS[language]) for _ in range(3)]
    ready = [t for t in turns if t.message.startswith(tuple(quiet_words(language)))]

    assert len(ready) == 1
    assert call.is_quiet


def quiet_words(language: str) -> list[str]:
    phrases = example_library().phrases[language]
    replies = example_library().procedures["fire", language].replies
    return phrases.quiet_ready + [s for r in replies if "whisper" in (r.id, *r.to) for s in r.say]


def test_the_menu_of_a_whispering_caller_is_picked_from_by_key():
    line, call = dialogue(), new_call()
    hear(line, call, "i have to whisper")

    assert key(line, call, "1").sentences[0].source.startswith("fire.")


@pytest.mark.parametrize("procedure", ["violence", "security_threat"])
def test_a_threat_makes_the_call_quiet_and_its_questions_take_keys(procedure):
    threat = said(Urgency.CRITICAL, hazard=Hazard.VIOLENCE, procedure=procedure)
    line, call = dialogue({"help": threat, "okay": said(intent=Intent.DONE)}), new_call()
    turn = hear(line, call, "help")
    while not any(s.name.startswith("ask.") for s in turn.sentences):
        turn = hear(line, call, "okay")

    assert call.is_quiet
    assert "Press 1 for yes, 2 for no." in turn.message
    call.silences = 1
    awaited = call.guidance.awaiting
    assert awaited is not None
    key(line, call, "1")
    assert call.facts[awaited] is True


@pytest.mark.parametrize("language", LANGUAGES)
def test_silence_of_a_quiet_caller_gets_a_short_offer_of_keys(language):
    threat = said(Urgency.CRITICAL, procedure="violence", language=language)
    line, call = dialogue({"help": threat}), new_call(language=language)
    hear(line, call, "help")
    turns = [be_silent(line, call) for _ in range(4)]

    assert {s.name for turn in turns for s in turn.sentences} <= {"quiet_silence", "keypad_yes_no"}
    assert all(len(turn.message.split()) <= 12 for turn in turns)


def test_a_doubtful_place_is_confirmed_by_key_even_right_after_silence():
    doubtful = fire(None, place=Place("Zone B", "b", 0.6))
    line, call = dialogue({"fire": doubtful}), new_call(is_quiet=True)
    turn = hear(line, call, "fire")
    be_silent(line, call)

    assert "Press 1 for yes, 2 for no." in turn.message
    key(line, call, "1")
    assert call.place.zone_id == "b"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_child_gets_its_own_short_sentences(language):
    words = {
        "en": "i'm eight",
        "es": "tengo ocho anos",
        "fr": "j'ai huit ans",
        "de": "ich bin acht",
    }[language]
    unknown = said(Urgency.URGENT, hazard=Hazard.OTHER, language=language, confidence=0.3)
    line, call = dialogue({words: unknown}), new_call(language=language)
    turn = hear(line, call, words)
    phrases = example_library().phrases[language]

    assert call.is_child
    assert turn.message in phrases.child.clarify
    assert "child" in summarise(call, example_site(), NOON)


def test_a_child_is_asked_what_it_can_see_and_not_which_zone():
    line, call = dialogue({"my dad is burning": fire(None)}), new_call()
    turn = hear(line, call, "my dad is burning")

    assert turn.sentences[-1].text == "What can you see around you?"
    assert call.place.times_asked == 1


def test_a_caller_who_is_hurt_is_on_the_record_as_such():
    line, call = dialogue({"i cut myself": said(Urgency.URGENT, procedure="injury")}), new_call()
    hear(line, call, "i cut myself")

    assert call.facts["self_hurt"] is True


def test_what_is_known_of_the_caller_survives_two_machines():
    ours, stored = new_call(is_quiet=True, is_child=True), new_call()
    carry_over(ours, stored)

    assert stored.is_quiet
    assert stored.is_child
