"""Aurora's greeting, heard back through the caller's telephone, is not the caller's words."""

import pytest

from aurora.conversation.echo import own_words, without_greeting
from aurora.guidance.spoken import fold

GREETING = "Example Works emergency line, this is Aurora. What is happening?"
SAID = [fold(GREETING)]


@pytest.mark.parametrize(
    "words",
    [
        GREETING,
        "example works emergency line this is aurora what is happening",
        "example words emergency line this is aurora what's happening",
        "emergency line this is aurora",
        "this is Aurora. What is happening?",
    ],
)
def test_the_greeting_alone_leaves_nothing(words):
    assert without_greeting(words, SAID) == ""


@pytest.mark.parametrize(
    "head",
    [GREETING, "example words emergency line this is aurora what is happening"],
)
def test_the_words_after_it_are_kept_as_they_were_said(head):
    words = f"{head} There's a FIRE, Zone B!"

    assert without_greeting(words, SAID) == "There's a FIRE, Zone B!"


@pytest.mark.parametrize(
    "words",
    [
        "There is a fire in zone B",
        "is this the emergency line of Example Works",
        "what is happening",
        "help",
        "",
        "this is Pedro from the works, what is happening is a fire",
    ],
)
def test_a_callers_own_words_are_left_as_they_are(words):
    assert without_greeting(words, SAID) == words


def test_a_later_sentence_repeated_by_the_caller_is_kept():
    instruction = "Get out now. Warn others as you go."

    assert without_greeting(instruction, [*SAID, fold(instruction)]) == instruction


def test_before_anything_was_said_nothing_is_an_echo():
    assert without_greeting(GREETING, []) == GREETING


def test_a_greeting_of_a_word_or_two_is_never_taken_out():
    assert without_greeting("hello there is a fire", ["hello there"]) == "hello there is a fire"


def test_an_accented_greeting_is_known_by_a_transcript_without_accents():
    greeting = "Línea de emergencia de Fábrica Sur, soy Aurora. ¿Qué está pasando?"
    heard = "linea de emergencia de fabrica sur soy aurora que esta pasando"

    assert without_greeting(heard, [fold(greeting)]) == ""


PLAYED = ["Get out now. Pull the alarm as you leave. No lifts."]


@pytest.mark.parametrize(
    ("words", "is_partial"),
    [
        ("Get out now, pull the alarm as you leave", False),
        ("pull the alarm as you", False),
        ("get out", True),
        ("no lifts", True),
    ],
)
def test_what_is_being_played_comes_back_as_an_echo(words, is_partial):
    assert own_words(words, PLAYED, is_partial=is_partial) == ""


@pytest.mark.parametrize(
    ("words", "is_partial"),
    [
        ("no", False),
        ("get out now", False),
        ("she is not breathing what do I do", False),
        ("the alarm is broken and I cannot leave", False),
        ("no he", True),
    ],
)
def test_a_callers_own_words_are_no_echo(words, is_partial):
    assert own_words(words, PLAYED, is_partial=is_partial) == words


@pytest.mark.parametrize(
    ("played", "words", "own"),
    [
        (
            "Where are you?",
            "Where are you? I am in zone B and John is trapped.",
            "I am in zone B and John is trapped.",
        ),
        ("Are they awake?", "are they awake no he does not answer", "no he does not answer"),
        ("Is he breathing?", "is she breathing no", "no"),
        ("Is he breathing?", "is he breathing not at all", "not at all"),
        ("Stay with me. What do you see?", "what do you see it is burning", "it is burning"),
        (PLAYED[0], "the alarm as you leave no lifts John is inside", "John is inside"),
        (PLAYED[0], "Get out now pull the alarm as you leave no lifts how", "how"),
        ("¿Dónde está usted?", "dónde está usted en la zona B con Ana", "en la zona B con Ana"),
        ("Wo sind Sie?", "Wo sind Sie ich bin in Zone B", "ich bin in Zone B"),
        ("Où êtes-vous ?", "où êtes vous je suis en zone B", "je suis en zone B"),
    ],
)
def test_who_repeats_what_was_asked_and_answers_it_is_heard(played, words, own):
    assert own_words(words, [played]) == own


@pytest.mark.parametrize(
    ("played", "words"),
    [
        ("Is he breathing normally?", "is he breathing no"),
        ("Is he breathing normally?", "he is not breathing normally"),
        ("Is anybody hurt?", "yes somebody is hurt"),
        (
            "Leave Zone B by the north door or the south door, whichever is clear.",
            "the north door or the south door is locked",
        ),
        ("Get out now. Warn others as you go.", "I will warn others as you go to zone B"),
    ],
)
def test_an_answer_in_the_words_of_what_was_asked_is_heard_whole(played, words):
    assert own_words(words, [played]) == words


def test_two_sentences_that_came_back_one_behind_the_other_are_an_echo():
    way_out = "Leave Zone B by the north door."
    words = "pull the alarm as you leave no lifts leave zone b by the north"

    assert own_words(words, [*PLAYED, way_out]) == ""


def test_an_echo_that_is_cut_within_a_word_is_an_echo_while_more_is_to_come():
    assert own_words("pull the alarm as you l", PLAYED, is_partial=True) == ""
