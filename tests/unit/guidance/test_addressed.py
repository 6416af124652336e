"""Whoever calls about themselves is spoken to as that, and the end of a fit as what it is."""

import pytest

from aurora.conversation.facts import learn
from aurora.guidance.cues import Cue, cues_in
from aurora.site.model import LANGUAGES
from aurora.triage.assessment import Intent
from aurora.triage.text import Utterance, normalise
from tests.line import example_library, fire, rules_of, said
from tests.unit.guidance.rated_call import RatedCall

OWN = {
    "en": (
        "I got a shock",
        "I swallowed a bottle of pills",
        "I feel dizzy",
        "my clothes are on fire",
    ),
    "es": (
        "me dio la corriente",
        "me tomé unas pastillas",
        "estoy mareado",
        "se me prendió la ropa",
    ),
    "fr": ("j'ai pris le courant", "j'ai avalé des comprimés", "j'ai la tête qui tourne"),
    "de": ("ich habe einen Schlag bekommen", "ich habe Tabletten geschluckt", "mir ist schwindlig"),
}
OF_OTHERS = {
    "en": ("he got a shock", "she swallowed pills", "he feels dizzy", "I was told he got a shock"),
    "es": ("le dio la corriente", "se tomó unas pastillas", "está mareado"),
    "fr": ("il a pris le courant", "elle a avalé des comprimés", "il a la tête qui tourne"),
    "de": ("er hat einen Schlag bekommen", "sie hat Tabletten geschluckt", "ihm ist schwindlig"),
}
SHUT_IN = {
    "en": "I'm trapped",
    "es": "estoy atrapado",
    "fr": "je suis coincé",
    "de": "ich bin eingeschlossen",
}
TRAPPED = {
    "es": "mi compañero está atrapado",
    "fr": "mon collègue est coincé",
    "de": "mein Kollege ist eingeklemmt",
}
FIT = {
    "en": "he's having a fit",
    "es": "está convulsionando",
    "fr": "il fait une crise d'épilepsie",
    "de": "er hat einen Krampfanfall",
}
FIT_OVER = {
    "en": "he stopped shaking",
    "es": "ya dejó de temblar",
    "fr": "il ne tremble plus",
    "de": "er zuckt nicht mehr",
}


def _each(words: dict[str, tuple[str, ...]]) -> list[tuple[str, str]]:
    return [(language, one) for language in LANGUAGES for one in words[language]]


def _cues(words: str, language: str) -> frozenset[Cue]:
    return cues_in(Utterance(normalise(words)).flat, language)


@pytest.mark.parametrize(("language", "words"), _each(OWN))
def test_the_caller_is_the_casualty_of_their_own_words(language: str, words: str) -> None:
    assert Cue.SELF_HURT in _cues(words, language)


@pytest.mark.parametrize(("language", "words"), _each(OF_OTHERS))
def test_the_caller_is_not_the_casualty_of_words_about_others(language: str, words: str) -> None:
    assert Cue.SELF_HURT not in _cues(words, language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_whoever_got_the_shock_themselves_is_told_what_to_do(language: str) -> None:
    call = RatedCall(language)
    told = call.hear(OWN[language][0])
    replies = example_library().procedures["electrocution", language].replies

    assert next(one for one in replies if one.id == "self_shocked").say[0] in told


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_caller_who_is_shut_in_is_no_casualty(language: str) -> None:
    known = dict(rules_of(language).rate(SHUT_IN[language], language).facts)
    learn(known, known)

    assert "people_hurt" not in known


@pytest.mark.parametrize("language", TRAPPED)
def test_somebody_else_who_is_trapped_is(language: str) -> None:
    assert rules_of(language).rate(TRAPPED[language], language).facts["people_hurt"] is True


@pytest.mark.parametrize("language", LANGUAGES)
def test_trapped_in_a_fire_begins_no_care_once_out(language: str) -> None:
    call = RatedCall(language)
    call.take(fire())
    call.hear(SHUT_IN[language])
    call.take(said(facts={"escaped": True, "shut_in": False}))

    assert call.running == "fire"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_end_of_a_fit_asks_for_breath(language: str) -> None:
    call = RatedCall(language)
    call.hear(FIT[language])
    call.hear(FIT_OVER[language])

    assert call.situation.state.awaiting == "breathing"


@pytest.mark.parametrize("language", LANGUAGES)
def test_over_said_of_a_fit_is_not_taken_for_a_place_that_is_safe(language: str) -> None:
    call = RatedCall(language)
    call.hear(FIT[language])
    told = call.take(said(intent=Intent.ALL_CLEAR))

    assert call.situation.facts["ongoing"] is False
    assert told not in example_library().phrases_in(language).not_all_clear


def test_over_said_of_a_danger_still_is() -> None:
    call = RatedCall("en")
    call.take(fire())
    told = call.take(said(intent=Intent.ALL_CLEAR))

    assert "ongoing" not in call.situation.facts
    assert any(line in told for line in example_library().phrases_in("en").not_all_clear)
