"""What nobody said is refused, with a reason; what was said passes."""

import pytest

from aurora.speech.gates import why_refused


def gate(text: str, *, seconds: float = 3.0, confidence: float = -0.2, no_speech: float = 0.02):
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


def test_what_was_probably_no_speech_is_refused():
    assert gate("I'm gonna have to go.", no_speech=0.7) == "no_speech"


@pytest.mark.parametrize(
    "text", ["you", "You.", "I", ".", "", ". . .", "Thank you.", "Thanks for watching!", "Bye."]
)
def test_what_a_recogniser_makes_of_noise_is_refused(text: str):
    assert gate(text) == "nothing_said"


def test_a_phrase_that_goes_round_is_a_loop():
    assert gate("the valve is the valve is the valve is the valve is", seconds=9.0) == "loop"


def test_more_words_than_anyone_can_say_are_a_loop():
    text = "we are going to the north gate and then the east gate and the west gate now"

    assert gate(text, seconds=1.5) == "loop"
    assert gate(text, seconds=5.0) is None


def test_words_the_model_is_unsure_of_are_asked_again():
    assert gate("She did not breathe in.", confidence=-0.75) == "unsure"
    assert gate("She did not breathe in.", confidence=-0.65) is None
