"""Yes, no, and neither: "I don't know" is no answer, nor is what a casualty does or does not do."""

import pytest

from aurora.triage.assessment import Intent
from tests.line import rules_of

UNSURE = {
    "en": (
        *("I don't know", "dunno", "no idea", "I'm not sure", "I can't tell", "maybe"),
        *("no I don't know", "hard to say", "sorry, not sure", "I don't know if he is"),
    ),
    "es": (
        *("no sé", "no lo sé", "ni idea", "no estoy segura", "no tengo ni idea", "quizás"),
        *("no, no sé", "pues no sé", "no sabría decirle", "quién sabe"),
    ),
    "fr": (
        *("je ne sais pas", "je sais pas", "aucune idée", "j'en sais rien", "peut-être"),
        *("non je sais pas", "je ne suis pas sûr", "je peux pas dire", "on sait pas"),
    ),
    "de": (
        *("weiß nicht", "das weiß ich nicht", "keine Ahnung", "bin mir nicht sicher"),
        *("nein, weiß ich nicht", "kann ich nicht sagen", "vielleicht", "schwer zu sagen"),
    ),
}
NO = {
    "en": ("no", "nope", "not yet", "I don't think so", "not really", "no he isn't"),
    "es": ("no", "todavía no", "creo que no", "no está", "no hay", "no, la corriente sigue"),
    "fr": ("non", "pas encore", "je crois pas", "pas du tout", "personne"),
    "de": ("nein", "noch nicht", "ich glaube nicht", "gar nicht", "nein, ist er nicht"),
}
OF_THE_CASUALTY = {
    "en": ("he doesn't answer", "not breathing", "he's not responding", "no pulse"),
    "es": (
        *("no responde", "no respira", "no contesta", "no reacciona", "no despierta"),
        *("no puede hablar", "no tiene pulso", "no abre los ojos", "no me responde"),
    ),
    "fr": ("il ne répond pas", "ne respire pas", "il ne réagit pas", "pas de pouls"),
    "de": ("er antwortet nicht", "atmet nicht", "reagiert nicht", "kein Puls"),
}


def cases(said: dict[str, tuple[str, ...]]) -> list[tuple[str, str]]:
    return [(language, words) for language, all_of in said.items() for words in all_of]


@pytest.mark.parametrize(("language", "words"), cases(UNSURE))
def test_not_to_know_is_neither_yes_nor_no(language, words):
    assert rules_of(language).rate(words, language).intent is Intent.UNSURE


@pytest.mark.parametrize(("language", "words"), cases(NO))
def test_no_is_still_no(language, words):
    assert rules_of(language).rate(words, language).intent is Intent.NO


@pytest.mark.parametrize(("language", "words"), cases(OF_THE_CASUALTY))
def test_what_the_casualty_does_not_do_answers_no_question(language, words):
    assert rules_of(language).rate(words, language).intent not in (Intent.YES, Intent.NO)
