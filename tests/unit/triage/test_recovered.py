"""Who breathes again, woke up, was found or brought out is heard as such; nobody else is."""

import pytest

from aurora.triage.assessment import Fact
from aurora.triage.compiled import CompiledBook
from aurora.triage.rulebook import Rulebook
from aurora.triage.rules import RuleVerdict
from aurora.triage.statements import facts_in
from tests.line import rules_of
from tests.unit.triage.test_rules import SMALL_BOOK

Case = tuple[str, str, Fact | None]

BREATH: dict[str, list[Case]] = {
    "en": [
        ("he wasn't breathing but he is breathing now", "breathing", True),
        ("he stopped breathing but he's breathing again", "breathing", True),
        ("he was breathing but he's not breathing now", "breathing", False),
        ("he's breathing now he wasn't breathing before", "breathing", False),
        ("he stopped breathing, is he breathing again", "breathing", False),
        ("he's snoring but he's breathing", "breathing", False),
        ("one is breathing now the other one isn't", "breathing", False),
        ("he was out cold but he is awake now", "awake", True),
        ("he woke up but he passed out again", "awake", False),
        ("he's breathing but only every ten seconds", "breathing", False),
        ("he's breathing every now and then", "breathing", False),
        ("his breathing has stopped", "breathing", False),
        ("he fainted", "awake", False),
        ("my colleague has just fainted", "awake", False),
        ("when he's breathing again should I stop", "breathing", None),
        ("he breathed in gas", "breathing", None),
        ("he is breathing in the fumes", "breathing", None),
        ("he is breathing in and out", "breathing", True),
        ("she's talking to the ambulance", "awake", None),
        ("she's talking to me", "awake", True),
        ("he's unconscious, I'm screaming at him", "awake", False),
    ],
    "es": [
        ("no respiraba pero ahora respira", "breathing", True),
        ("no respiraba pero ya respira", "breathing", True),
        ("respiraba pero ya no respira", "breathing", False),
        ("respira muy de vez en cuando", "breathing", False),
        ("respira cada diez segundos", "breathing", False),
        ("la respiración se paró", "breathing", False),
        ("si vuelve a respirar qué hago", "breathing", None),
        ("respiró gas", "breathing", None),
        ("respira humo", "breathing", None),
        ("ha vuelto a respirar, respira bien", "breathing", True),
        ("ella habla con la ambulancia", "awake", None),
        ("habla conmigo", "awake", True),
        ("estaba inconsciente pero ya está despierto", "awake", True),
    ],
    "fr": [
        ("il ne respirait pas mais il respire maintenant", "breathing", True),
        ("il respirait mais il ne respire plus", "breathing", False),
        ("il respire une fois de temps en temps", "breathing", False),
        ("il respire toutes les dix secondes", "breathing", False),
        ("sa respiration s'est arrêtée", "breathing", False),
        ("il a respiré du gaz", "breathing", None),
        ("il a respiré des fumées", "breathing", None),
        ("il respire de la fumée", "breathing", None),
        ("oui il respire", "breathing", True),
        ("elle parle aux pompiers", "awake", None),
        ("elle parle avec moi", "awake", True),
        ("il était inconscient mais il est réveillé maintenant", "awake", True),
    ],
    "de": [
        ("er atmete nicht aber jetzt atmet er wieder", "breathing", True),
        ("er atmete aber jetzt atmet er nicht mehr", "breathing", False),
        ("er atmet nur alle zehn Sekunden", "breathing", False),
        ("er atmet nur ab und zu", "breathing", False),
        ("er hat Gas eingeatmet", "breathing", None),
        ("er atmet Rauch ein", "breathing", None),
        ("sie spricht mit dem Rettungsdienst", "awake", None),
        ("er spricht mit mir", "awake", True),
        ("er war bewusstlos aber jetzt ist er wach", "awake", True),
    ],
}
FOUND: dict[str, list[Case]] = {
    "en": [
        ("he's here now", "people_missing", False),
        ("we found him", "people_missing", False),
        ("he was missing but he turned up", "people_missing", False),
        ("he's here but we can't find Maria", "people_missing", True),
        ("we haven't found him", "people_missing", True),
        ("we can't find Pedro", "people_missing", True),
        ("we can't find one of the lads", "people_missing", True),
        ("I can't find the water", "people_missing", None),
        ("can't find the shower", "people_missing", None),
        ("he's here in the tank", "people_missing", None),
    ],
    "es": [
        ("ya está aquí", "people_missing", False),
        ("faltaba Juan pero ya apareció", "people_missing", False),
        ("está aquí pero falta María", "people_missing", True),
        ("no lo hemos encontrado", "people_missing", True),
        ("no encontramos a Pedro", "people_missing", True),
        ("no encuentro la ducha", "people_missing", None),
    ],
    "fr": [
        ("il est là maintenant", "people_missing", False),
        ("il manquait mais il est revenu", "people_missing", False),
        ("il est là mais on ne trouve pas Marie", "people_missing", True),
        ("on ne l'a pas trouvé", "people_missing", True),
        ("je ne trouve pas la douche", "people_missing", None),
        ("je trouve pas l'eau", "people_missing", None),
        ("je ne trouve plus mon collègue", "people_missing", True),
    ],
    "de": [
        ("er ist jetzt da", "people_missing", False),
        ("er hat gefehlt aber er ist wieder da", "people_missing", False),
        ("er ist da aber Maria fehlt", "people_missing", True),
        ("wir haben ihn nicht gefunden", "people_missing", True),
        ("ich finde das Wasser nicht", "people_missing", None),
        ("er ist da drin", "people_missing", None),
    ],
}
BROUGHT_OUT: dict[str, list[Case]] = {
    "en": [
        ("I've got one out", "inside", False),
        ("I've got one out but one is still in the tank", "inside", True),
        ("I dragged him outside", "inside", False),
        ("we're in the car park now", "escaped", True),
        ("the fire is in the car park", "escaped", None),
        ("I'm in the yard and I smell gas", "escaped", None),
    ],
    "es": [
        ("ya lo tengo fuera", "inside", False),
        ("tengo a uno fuera pero otro está dentro", "inside", True),
        ("lo he arrastrado fuera", "escaped", True),
        ("lo he arrastrado fuera", "inside", False),
        ("ya estamos en la calle", "escaped", True),
    ],
    "fr": [
        ("j'en ai sorti un", "inside", False),
        ("j'en ai un dehors mais l'autre est encore dedans", "inside", True),
        ("je l'ai traîné dehors", "escaped", True),
        ("je l'ai traîné dehors", "inside", False),
        ("je ne l'ai pas traîné dehors", "escaped", False),
        ("on est sur le parking maintenant", "escaped", True),
    ],
    "de": [
        ("ich hab ihn raus", "inside", False),
        ("ich habe ihn rausgezogen", "escaped", True),
        ("ich habe ihn rausgebracht", "escaped", True),
        ("ich habe ihn nach draußen gezogen", "escaped", True),
        ("ich habe ihn nach draußen gezogen", "inside", False),
        ("ich habe ihn noch nicht rausgezogen", "escaped", False),
        ("wir sind jetzt auf dem Parkplatz", "escaped", True),
        ("ich hab einen draußen", "escaped", True),
        ("er war im Tank aber ich hab ihn raus", "inside", False),
        ("ich hab einen draußen aber einer ist noch drin", "inside", True),
        ("ich hab ihn noch nicht raus", "inside", True),
    ],
}
CAME_OUT: dict[str, list[Case]] = {
    "en": [("he spat it out", "conscious_cough", True)],
    "es": [
        ("ya escupió", "conscious_cough", True),
        ("no lo ha escupido", "conscious_cough", False),
    ],
    "fr": [("il l'a recraché", "conscious_cough", True)],
    "de": [
        ("er hat es ausgespuckt", "conscious_cough", True),
        ("es ist noch nicht raus", "conscious_cough", False),
    ],
}
DOES_NOT_WAKE: dict[str, list[Case]] = {
    "en": [
        ("he's not waking up", "awake", False),
        ("he's not answering me", "awake", False),
        ("my mate's not coming round", "awake", False),
        ("I can't get an answer out of him", "awake", False),
        ("he's not answering his phone", "awake", None),
    ],
    "es": [
        ("no se despierta", "awake", False),
        ("no consigo despertarlo", "awake", False),
        ("no está respondiendo", "awake", False),
        ("no contesta el teléfono", "awake", None),
    ],
    "fr": [
        ("il ne me répond pas", "awake", False),
        ("je n'arrive pas à la réveiller", "awake", False),
        ("il reste sans réaction", "awake", False),
    ],
    "de": [
        ("er wird nicht wach", "awake", False),
        ("er antwortet mir nicht", "awake", False),
    ],
}


def rated(words: str, language: str) -> RuleVerdict:
    return rules_of(language).rate(words, language)


def cases(by_language: dict[str, list[Case]]) -> list[tuple[str, str, str, Fact | None]]:
    return [(language, *case) for language, several in by_language.items() for case in several]


@pytest.mark.parametrize(("language", "words", "fact", "value"), cases(BREATH))
def test_the_last_plain_word_on_breath_and_waking_holds(
    language: str, words: str, fact: str, value: Fact | None
):
    assert rated(words, language).facts.get(fact) is value


@pytest.mark.parametrize(("language", "words", "fact", "value"), cases(FOUND))
def test_who_was_found_is_missed_no_more_and_a_thing_is_nobody(
    language: str, words: str, fact: str, value: Fact | None
):
    assert rated(words, language).facts.get(fact) is value


@pytest.mark.parametrize(("language", "words", "fact", "value"), cases(BROUGHT_OUT))
def test_who_was_brought_out_is_out_and_who_is_left_is_not(
    language: str, words: str, fact: str, value: Fact | None
):
    assert rated(words, language).facts.get(fact) is value


@pytest.mark.parametrize(("language", "words", "fact", "value"), cases(CAME_OUT))
def test_what_choked_somebody_is_out_once_it_was_spat_out(
    language: str, words: str, fact: str, value: Fact | None
):
    assert rated(words, language).facts.get(fact) is value


@pytest.mark.parametrize(("language", "words", "fact", "value"), cases(DOES_NOT_WAKE))
def test_who_does_not_answer_is_not_awake_but_for_a_telephone(
    language: str, words: str, fact: str, value: Fact | None
):
    assert rated(words, language).facts.get(fact) is value


def test_who_breathes_again_by_the_same_words_gets_no_compressions_and_stays_critical():
    verdict = rated("he wasn't breathing but he is breathing now", "en")

    assert verdict.urgency == "critical"
    assert verdict.procedure == "medical"


def test_a_rule_overrules_only_what_was_said_before_it():
    breath = [
        {"fact": "breathing", "value": False, "any": [r"\bstopped\b"]},
        {"fact": "breathing", "value": True, "overrules": True, "any": [r"\bagain\b"]},
    ]
    book = CompiledBook(Rulebook.model_validate({**SMALL_BOOK, "facts": breath}))

    assert facts_in(book.read("stopped, then again"), book) == {"breathing": True}
    assert facts_in(book.read("again, then stopped"), book) == {"breathing": False}
