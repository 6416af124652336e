"""Once the casualty breathes again nothing speaks of pushing, until the breathing stops."""

import pytest

from aurora.guidance.spoken import remember
from aurora.site.model import LANGUAGES
from aurora.triage.assessment import Intent
from tests.line import NO, YES, example_library, said
from tests.unit.guidance.rated_call import RatedCall

STOPPED = {
    "en": ("he's not breathing", "he stopped breathing"),
    "es": ("no respira", "ya no respira"),
    "fr": ("il ne respire pas", "il ne respire plus"),
    "de": ("er atmet nicht", "er atmet nicht mehr"),
}
AGAIN = {
    "en": "he's breathing again",
    "es": "ya respira",
    "fr": "il respire à nouveau",
    "de": "er atmet wieder",
}
EYES = {
    "en": "he has opened his eyes",
    "es": "abrió los ojos",
    "fr": "il a ouvert les yeux",
    "de": "er hat die Augen aufgemacht",
}
GASPS = {
    "en": "he's gasping now",
    "es": "da boqueadas",
    "fr": "elle fait des râles",
    "de": "er röchelt",
}
WHAT_NOW = {"en": "what do I do", "es": "qué hago", "fr": "je fais quoi", "de": "was mache ich"}


def recovering(language: str, words: dict[str, str] = AGAIN) -> RatedCall:
    call = RatedCall(language)
    call.hear(STOPPED[language][0])
    call.hear(words[language])
    assert call.running == "cardiac_arrest"
    assert call.situation.state.is_resting
    return call


def pushing_lines(language: str) -> set[str]:
    """Every step, count and comfort of the procedure."""
    procedure = example_library().procedures["cardiac_arrest", language]
    assert procedure.rhythm is not None
    steps = {line for step in procedure.then for line in (getattr(step, "do", ""), step.again)}
    return {procedure.first_line, *steps, *procedure.comfort, *procedure.rhythm.count} - {""}


def is_pushing(told: str, language: str) -> bool:
    return any(line in told for line in pushing_lines(language))


@pytest.mark.parametrize("language", LANGUAGES)
def test_whoever_breathes_again_is_watched_and_not_pushed_on(language: str) -> None:
    call = recovering(language)
    told = [call.take(said(intent=intent)) for intent in (Intent.DONE, Intent.REPEAT) * 8]

    assert not any(is_pushing(one, language) for one in told)
    assert told[0] == example_library().phrases_in(language).recovers[0]


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_to_do_is_answered_for_somebody_who_breathes(language: str) -> None:
    call = recovering(language)

    assert call.hear(WHAT_NOW[language]) in example_library().phrases_in(language).recovers


@pytest.mark.parametrize("language", LANGUAGES)
def test_silence_beside_somebody_who_breathes_brings_no_step_back(language: str) -> None:
    call = recovering(language)
    for _ in range(20):
        told = call.guide.waiting(call.situation)
        assert not is_pushing(" ".join(one.text for one in told), language)
        remember(call.situation.state, told)


@pytest.mark.parametrize("language", LANGUAGES)
def test_open_eyes_let_compressions_rest_as_well(language: str) -> None:
    call = recovering(language, EYES)

    assert not is_pushing(call.take(said()), language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_compressions_go_on_with_the_word_that_breathing_stopped(language: str) -> None:
    call = recovering(language)
    call.hear(STOPPED[language][1])

    assert is_pushing(call.take(said()), language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_gasps_are_no_breathing(language: str) -> None:
    call = recovering(language)
    call.hear(GASPS[language])

    assert call.situation.facts["breathing"] is False
    assert is_pushing(call.take(said()), language)


def test_a_no_to_whether_they_breathe_brings_compressions_back() -> None:
    call = recovering("de")
    assert call.situation.state.awaiting == "breathing"
    call.take(NO)

    assert not call.situation.state.is_resting


def test_a_yes_to_it_does_not() -> None:
    call = recovering("de")

    assert call.take(YES) in example_library().phrases_in("de").recovers


def test_who_passes_out_again_without_known_breath_is_pushed_on() -> None:
    call = recovering("en", EYES)
    call.take(said(facts={"awake": False}))

    assert not call.situation.state.is_resting


def test_a_question_about_breath_lets_nothing_rest() -> None:
    call = RatedCall("en")
    call.hear("he's not breathing")
    call.hear("how do I know if he is breathing?", intent=Intent.QUESTION, facts={})

    assert is_pushing(call.take(said()), "en")


def test_the_breath_of_one_lets_nobody_rest_beside_another_without() -> None:
    call = RatedCall("en")
    call.hear("he's not breathing")
    call.situation.facts.update(others_hurt=True)
    call.take(said(facts={"awake": True}))

    assert is_pushing(call.take(said()), "en")
