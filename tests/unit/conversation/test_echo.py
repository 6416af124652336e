"""Aurora's greeting, heard back through the caller's telephone, is not the caller's words."""

import pytest

from aurora.conversation.echo import repeats, without_greeting
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
    assert repeats(words, PLAYED, is_partial=is_partial)


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
    assert not repeats(words, PLAYED, is_partial=is_partial)
