"""Whoever chokes gets blows on the back until they go limp, and compressions only then."""

import pytest

from aurora.levels import Hazard
from aurora.site.model import LANGUAGES
from tests.line import example_library
from tests.unit.guidance.rated_call import RatedCall

CHOKES = {
    "en": "my colleague is choking",
    "es": "mi compañero se está atragantando",
    "fr": "mon collègue s'étouffe avec de la nourriture",
    "de": "mein Kollege erstickt an einem Stück Fleisch",
}
SIGNS = {
    "en": ("he can't cough", "she cannot breathe", "he's turning blue", "he's not breathing"),
    "es": ("no puede toser", "no puede respirar", "se está poniendo azul", "no respira"),
    "fr": ("il ne peut pas tousser", "il ne peut pas respirer", "il devient bleu", "il parle plus"),
    "de": ("er kann nicht husten", "er bekommt keine Luft", "er läuft blau an", "er atmet nicht"),
}
"""What choking looks like while the casualty is awake."""
LIMP = {
    "en": ("he's gone limp", "she went all floppy", "he's unconscious"),
    "es": ("se ha desplomado", "se quedó flácido", "está inconsciente"),
    "fr": ("il est devenu tout mou", "elle s'est effondrée", "il est inconscient"),
    "de": ("er ist zusammengesackt", "sie wird schlaff", "er ist bewusstlos"),
}
ALL = [(language, words) for language in LANGUAGES for words in SIGNS[language]]
ALL_LIMP = [(language, words) for language in LANGUAGES for words in LIMP[language]]


@pytest.mark.parametrize(("language", "words"), ALL)
def test_no_sign_of_choking_begins_compressions_on_somebody_awake(
    language: str, words: str
) -> None:
    call = RatedCall(language)
    call.hear(CHOKES[language])
    call.hear(words, procedure="cardiac_arrest", hazard=Hazard.MEDICAL)

    assert call.running == "choking"


@pytest.mark.parametrize(("language", "words"), ALL)
def test_a_sign_of_choking_never_gets_the_words_for_somebody_in_danger(
    language: str, words: str
) -> None:
    call = RatedCall(language)
    call.hear(CHOKES[language])
    told = call.hear(words)

    assert not any(line in told for line in example_library().phrases_in(language).casualty)


@pytest.mark.parametrize("language", LANGUAGES)
def test_choking_without_breath_begins_with_blows(language: str) -> None:
    for sign in SIGNS[language]:
        call = RatedCall(language)
        call.hear(f"{CHOKES[language]}, {sign}")
        assert call.running == "choking", sign


@pytest.mark.parametrize(("language", "words"), ALL_LIMP)
def test_whoever_goes_limp_gets_compressions_at_once(language: str, words: str) -> None:
    call = RatedCall(language)
    call.hear(CHOKES[language])
    call.hear(SIGNS[language][3])

    call.hear(words)
    assert call.running == "cardiac_arrest"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("running", ["cardiac_arrest", "choking", "suspension"])
def test_word_of_the_casualty_in_a_casualtys_procedure_is_no_word_of_danger(
    running: str, language: str
) -> None:
    call = RatedCall(language)
    call.guide.start(call.situation, running)
    told = call.hear("x", procedure="cardiac_arrest", hazard=Hazard.MEDICAL)

    assert not any(line in told for line in example_library().phrases_in(language).casualty)
