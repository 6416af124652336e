"""What whoever pushes is told of help that came, of a second wound, of a fire that is out."""

import pytest

from aurora.site.model import LANGUAGES
from tests.line import example_library, said
from tests.unit.guidance.rated_call import RatedCall, pushing

HELP_IS_HERE = {
    "en": ["the paramedics are here now", "the ambulance crew has arrived"],
    "es": ["ya llegó la ambulancia"],
    "fr": ["les secours sont là", "l'ambulance est arrivée"],
    "de": ["die Sanitäter sind jetzt hier", "der Notarzt ist da"],
}
ANOTHER_BLEEDS = {
    "en": "another one is bleeding badly",
    "es": "hay otro que sangra mucho",
    "fr": "il y en a un autre qui saigne beaucoup",
    "de": "ein anderer blutet stark",
}
FIRE_IS_OUT = {
    "en": "the fire is out",
    "es": "el fuego ya está apagado",
    "fr": "le feu est éteint",
    "de": "das Feuer ist gelöscht",
}
HELPED = [(language, words) for language in LANGUAGES for words in HELP_IS_HERE[language]]
EVERY = pytest.mark.parametrize("language", LANGUAGES)


def answers(reply: str, language: str) -> list[str]:
    replies = example_library().procedures["cardiac_arrest", language].replies
    return next((one.say for one in replies if one.id == reply), [])


@pytest.mark.parametrize(("language", "words"), HELPED)
def test_whoever_pushes_hands_over_without_a_pause(language: str, words: str) -> None:
    heard = pushing(language).hear(words)

    assert heard in answers("help_here", language) + answers("responders_here", language)


@EVERY
def test_a_second_casualty_who_bleeds_is_for_somebody_else(language: str) -> None:
    call = pushing(language)

    assert call.hear(ANOTHER_BLEEDS[language]) in answers("another_bleeds", language)
    assert call.running == "cardiac_arrest"


@EVERY
def test_a_fire_that_is_out_stops_nobody_from_pushing(language: str) -> None:
    call = pushing(language)
    heard = call.hear(FIRE_IS_OUT[language])

    assert call.running == "cardiac_arrest"
    assert not any(line in heard for line in example_library().phrases_in(language).not_all_clear)


def test_no_line_tells_of_power_that_is_known_to_be_off() -> None:
    comfort = example_library().procedures["electrocution", "en"].comfort

    assert not any("as long as there is power" in line for line in comfort)


def test_a_breath_told_of_is_no_fit() -> None:
    call = RatedCall("en")
    call.hear("a woman collapsed")
    near_a_fit = next(
        reply.say
        for reply in example_library().procedures["medical", "en"].replies
        if any("Clear hard things" in line for line in reply.say)
    )

    heard = call.take(said(facts={"breathing": True}), "yes she's breathing")
    assert not any(line in heard for line in near_a_fit)
