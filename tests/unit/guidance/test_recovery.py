"""Once the casualty is known to breathe again nothing speaks of pushing, until it stops; no sign
and no likeness counts as that."""

import pytest

from aurora.guidance.holds import is_resting
from aurora.guidance.spoken import remember
from aurora.levels import Hazard, Urgency
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


PASSES_OUT = {
    "en": "he's unconscious again",
    "es": "está inconsciente otra vez",
    "fr": "il est de nouveau inconscient",
    "de": "er ist wieder bewusstlos",
}
OF_OTHERS = [
    ("en", "she's talking to the ambulance on the other phone"),
    ("en", "they opened the gate for the ambulance"),
    ("en", "he's moving the truck out of the way"),
    ("fr", "elle parle aux pompiers"),
    ("fr", "il bouge le camion"),
    ("es", "se mueve la ambulancia hacia aquí"),
    ("es", "ella habla con la ambulancia"),
    ("de", "sie spricht mit dem Rettungsdienst"),
]
BLUE = [
    ("en", "his lips are blue"),
    ("en", "his face is going purple"),
    ("en", "his eyes are rolled back"),
    ("en", "the colour has gone from his face"),
    ("es", "tiene los labios azules"),
    ("fr", "ses lèvres sont bleues"),
    ("fr", "il est tout bleu"),
    ("en", "he's gone all blue"),
    ("en", "she is blue"),
    ("es", "se está poniendo morado"),
    ("de", "seine Lippen sind blau"),
]
OTHER_COLOURS = [
    ("en", "he's in the blue overalls"),
    ("en", "the blue cabinet with the defibrillator"),
    ("es", "está en el armario azul"),
    ("fr", "il est en bleu de travail"),
    ("de", "der blaue Kasten"),
]
STOPPED_IN_SHORT = [
    ("en", "no wait he isn't"),
    ("en", "it's stopped"),
    ("en", "I don't think so, no"),
    ("en", "he was breathing a minute ago"),
    ("es", "se paró otra vez"),
    ("fr", "ça s'est arrêté"),
    ("de", "jetzt hat es aufgehört"),
]
FIRE = said(Urgency.CRITICAL, hazard=Hazard.FIRE, procedure="fire")


def pushing(language: str) -> RatedCall:
    call = RatedCall(language)
    call.hear(STOPPED[language][0])
    assert call.running == "cardiac_arrest"
    return call


def said_without_breath(language: str, *replies: str) -> list[str]:
    procedure = example_library().procedures["cardiac_arrest", language]
    return [line for one in procedure.replies if one.id in replies for line in one.say]


def recovering(language: str) -> RatedCall:
    call = pushing(language)
    call.hear(AGAIN[language])
    assert call.running == "cardiac_arrest"
    assert is_resting(call.situation)
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
def test_open_eyes_ask_for_the_breath_while_compressions_go_on(language: str) -> None:
    call = pushing(language)
    told = call.hear(EYES[language])

    assert told.endswith("?")
    assert call.situation.state.awaiting == "breathing"
    assert is_pushing(call.take(said()), language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_yes_to_it_lets_them_rest(language: str) -> None:
    call = pushing(language)
    call.hear(EYES[language])

    assert call.take(YES) == example_library().phrases_in(language).recovers[0]


@pytest.mark.parametrize(("language", "words"), OF_OTHERS)
def test_words_of_others_let_nothing_rest(language: str, words: str) -> None:
    call = pushing(language)
    call.hear(words)

    assert not is_resting(call.situation)
    assert call.situation.facts.get("awake") is not True
    assert is_pushing(call.take(said()), language)


@pytest.mark.parametrize(("language", "words"), BLUE)
def test_blue_lips_are_pushed_on(language: str, words: str) -> None:
    call = recovering(language)
    told = call.hear(words)

    assert told in said_without_breath(language, "blue")
    assert call.situation.facts["breathing"] is False
    assert is_pushing(call.take(said()), language)


@pytest.mark.parametrize(("language", "words"), OTHER_COLOURS)
def test_what_else_is_blue_starts_nothing(language: str, words: str) -> None:
    call = recovering(language)
    call.hear(words)

    assert is_resting(call.situation)


@pytest.mark.parametrize(("language", "words"), STOPPED_IN_SHORT)
def test_few_words_are_enough_to_push_again(language: str, words: str) -> None:
    call = recovering(language)
    told = call.hear(words)

    assert told in said_without_breath(language, "stopped_again", "still_not")
    assert is_pushing(call.take(said()), language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_no_pushes_again_however_often_it_is_said(language: str) -> None:
    call = recovering(language)
    for _ in range(5):
        told = call.take(NO)
        assert told in said_without_breath(language, "stopped_again", "still_not")
        for _ in range(5):
            call.take(said())
        call.take(said(facts={"breathing": True}))
        assert is_resting(call.situation)


def test_every_other_turn_beside_them_asks_for_the_breath() -> None:
    for language in LANGUAGES:
        call = recovering(language)
        told = [call.take(said(intent=Intent.DONE)) for _ in range(6)]

        assert [line.endswith("?") for line in told] == [True, False] * 3


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_danger_in_between_keeps_what_was_known_of_the_breath(language: str) -> None:
    call = recovering(language)
    call.take(said(facts={"awake": True}))
    call.take(FIRE)
    told = call.take(said(facts={"escaped": True}))

    assert call.running == "cardiac_arrest"
    assert not is_pushing(told, language)
    assert any(line in told for line in example_library().phrases_in(language).recovers)
    assert call.take(NO) in said_without_breath(language, "stopped_again", "still_not")


@pytest.mark.parametrize("language", LANGUAGES)
def test_breath_that_stops_in_a_danger_is_pushed_for_outside(language: str) -> None:
    call = recovering(language)
    call.take(FIRE)
    call.hear(STOPPED[language][1])

    assert is_pushing(call.take(said(facts={"escaped": True})), language)


def test_words_that_begin_compressions_go_before_breath_known_from_before() -> None:
    call = RatedCall("en")
    call.take(said(Urgency.CRITICAL, hazard=Hazard.MEDICAL, procedure="medical"))
    call.situation.facts["breathing"] = True
    told = call.take(said(Urgency.CRITICAL, hazard=Hazard.MEDICAL, procedure="cardiac_arrest"))

    assert is_pushing(told, "en")


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
    call.take(NO)

    assert not is_resting(call.situation)


def test_a_yes_to_it_does_not() -> None:
    call = recovering("de")

    assert call.take(YES) in example_library().phrases_in("de").recovers


def test_who_passes_out_again_is_pushed_on_with_a_no() -> None:
    call = pushing("en")
    call.hear("he's awake and talking")
    call.take(YES)
    call.hear("he's gone unconscious again")
    call.take(NO)

    assert not is_resting(call.situation)


@pytest.mark.parametrize("language", LANGUAGES)
def test_who_passes_out_again_has_the_breath_asked_for_before_compressions(language: str) -> None:
    call = recovering(language)
    told = call.hear(PASSES_OUT[language])

    assert told.endswith("?")
    assert is_resting(call.situation)
    call.take(NO)
    assert not is_resting(call.situation)


@pytest.mark.parametrize("language", LANGUAGES)
def test_nobody_who_pushes_is_asked_for_breath_because_they_do_not_wake(language: str) -> None:
    call = pushing(language)

    assert call.hear(PASSES_OUT[language]) not in said_without_breath(language, "passes_out")


def test_who_is_awake_without_known_breath_is_no_reason_to_rest() -> None:
    call = pushing("en")
    call.take(said(facts={"awake": True}))

    assert is_pushing(call.take(said()), "en")


def test_who_faints_with_chest_pain_has_the_breath_asked_for_before_compressions() -> None:
    call = RatedCall("de")
    call.hear("mein Kollege hat Brustschmerzen")
    told = call.hear("jetzt ist er ohnmächtig")

    assert call.running == "chest_pain"
    assert told.endswith("Atmet sie normal?")
    call.take(NO)
    assert call.running == "cardiac_arrest"


def test_compressions_that_a_danger_stopped_go_on_although_somebody_is_awake() -> None:
    call = pushing("en")
    call.hear("the boss is awake now and coming")
    call.take(FIRE)

    assert is_pushing(call.take(said(facts={"escaped": True})), "en")


def test_not_to_know_whether_they_still_breathe_is_a_no() -> None:
    call = recovering("en")
    call.take(said(intent=Intent.DONE))
    call.take(said(intent=Intent.UNSURE))

    assert not is_resting(call.situation)


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
