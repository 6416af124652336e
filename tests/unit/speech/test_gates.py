"""What nobody said is refused, with a reason; what was said passes, or is asked about again."""

import pytest

from aurora.speech.gates import LEAST_SURE, SPOKEN, SURE, why_refused
from tests.rows import each_row

SURELY = -0.2


def gate(
    text: str, *, seconds: float = 3.0, confidence: float = SURELY, no_speech: float = 0.02
) -> str | None:
    return why_refused(text, seconds=seconds, confidence=confidence, no_speech=no_speech)


@pytest.mark.parametrize(
    "text",
    [
        "There's a fire in zone D.",
        "Help.",
        "No.",
        "Yes, yes, yes!",
        "Fire! Fire! Fire!",
        "Hay una fuga de gas.",
        "Three",
        "Thank you, I will wait here.",
    ],
)
def test_what_people_say_passes(text: str):
    assert gate(text) is None


@pytest.mark.parametrize(
    "text", ["911.", "112", "12", "2.", "1, 1, 2", "18", "cinco", "fünf", "5 5"]
)
def test_a_number_dialled_or_given_for_an_answer_passes(text: str):
    assert gate(text, seconds=1.0) is None


CRIES = [
    "Help me! Help me! Help me. Help me, help me!",
    "fire fire fire fire fire",
    "No, no, no, no, no!",
    "There's a fire! There's a fire! There's a fire! There's a fire! There's a fire!",
    "¡Socorro! ¡Socorro! ¡Socorro! ¡Socorro! ¡Socorro!",
    "Hay fuego, hay fuego, hay fuego, hay fuego, hay fuego.",
    "au secours au secours au secours au secours",
    "Au feu ! Au feu ! Au feu ! Au feu ! Au feu !",
    "Hilfe Hilfe Hilfe Hilfe Hilfe",
    "Es brennt, es brennt, es brennt, es brennt, es brennt!",
]


@pytest.mark.parametrize("text", CRIES)
def test_who_cries_the_same_words_over_and_over_is_understood(text: str):
    assert gate(text, seconds=3.0) is None


@each_row("text", [*CRIES, "911", "cinco"])
@each_row("no_speech", [0.02, 0.62, 0.9])
@each_row("confidence", [-0.99, LEAST_SURE, SURELY])
@each_row("seconds", [0.6, 3.0])
def test_words_that_are_not_believed_are_asked_about_again(text, no_speech, confidence, seconds):
    why = gate(text, seconds=seconds, confidence=confidence, no_speech=no_speech)

    assert why is None or why in SPOKEN


@pytest.mark.parametrize("text", ["Bye.", "Thank you.", "Thank you very much."])
def test_a_goodbye_or_thanks_pass_when_the_recogniser_is_sure(text: str):
    assert gate(text, confidence=SURE) is None
    assert gate(text, confidence=SURE - 0.01) == "nothing_said"


@pytest.mark.parametrize(
    ("text", "confidence", "no_speech"),
    [
        (".", -2.13, 0.95),
        ("Thank you.", -0.81, 0.79),
        ("Thank you.", -0.15, 0.9),
        ("Bye.", -0.1, 0.7),
        ("you", -3.74, 0.73),
        ("I don't know what to do.", -1.71, 0.66),
        ("Ich hab' schon gesagt.", -2.25, 0.68),
        ("C'est le cas.", -2.01, 0.75),
        ("no", -4.76, 0.68),
        ("112", -2.0, 0.8),
    ],
)
def test_what_recognisers_wrote_for_noise_and_silence_is_refused(text, confidence, no_speech):
    why = gate(text, confidence=confidence, no_speech=no_speech)

    assert why in ("no_speech", "nothing_said")


@pytest.mark.parametrize(
    "text", ["you", "You.", "I", ".", "", ". . .", "_", "Thanks for watching!", "Untertitel von X"]
)
def test_what_recognisers_learned_from_films_is_refused_however_sure_they_are(text: str):
    assert gate(text) == "nothing_said"


def test_more_words_than_anyone_can_say_are_a_loop():
    text = "we are going to the north gate and then the east gate and the west gate now"

    assert gate(text, seconds=1.5) == "loop"
    assert gate(text, seconds=5.0) is None


def test_words_the_model_is_unsure_of_are_asked_again():
    assert gate("She did not breathe in.", confidence=-0.75) == "unsure"
    assert gate("She did not breathe in.", confidence=-0.65) is None
