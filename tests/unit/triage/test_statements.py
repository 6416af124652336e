"""What frees a rescuer to go near is stated in plain words or not at all, in every language."""

from typing import Any

import pytest

from aurora.triage.assessment import Fact
from aurora.triage.compiled import CompiledBook
from aurora.triage.rulebook import Rulebook
from aurora.triage.statements import facts_in
from tests.line import rules_of
from tests.unit.triage.test_rules import SMALL_BOOK

BOOK: dict[str, Any] = {
    **SMALL_BOOK,
    "statements": {
        "negative": [r"\b(?:not|nobody)\b"],
        "answers": [r"no (?=(?:it|he)\b)"],
        "subjects": [r"\b(?:he|it) is\b"],
        "reporting": [r"\bsays $"],
        "reaches_over": [r"\b(?:is|has)\b"],
        "unceasing": [r"\bstop\b"],
        "denied_after": [r"^ not$"],
        "unknown": [r"\bif\b", r"\bis $"],
        "unsettled": [r"\b(?:should|hope)\b"],
    },
    "facts": [
        {"fact": "breathing", "value": False, "any": [r"\bnot breathing\b"]},
        {"fact": "breathing", "value": True, "any": [r"\bbreathing\b"]},
        {"fact": "power_off", "value": True, "any": [r"\bit (?:is )?(?:\w+ )?off\b"]},
        {"fact": "bleeding", "value": True, "any": [r"\bbleeding\b"]},
        {"fact": "people_hurt", "value": True, "is_one_sign": True, "any": [r"\bbleeding\b"]},
        {"fact": "people", "value": 2, "any": [r"\btwo\b"]},
    ],
}


def stated(words: str) -> dict[str, Fact]:
    book = CompiledBook(Rulebook.model_validate(BOOK))
    return facts_in(book.read(words), book)


def test_what_is_denied_is_the_opposite_wherever_the_denial_stands():
    assert stated("it is not off") == {"power_off": False}
    assert stated("nobody says it is off") == {"power_off": False}
    assert stated("it is off not") == {"power_off": False}


def test_words_that_are_negative_themselves_are_not_denied_by_their_own_negation():
    assert stated("he is not breathing") == {"breathing": False}


def test_a_no_that_answers_denies_nothing_after_it():
    assert stated("no it is off") == {"power_off": True}


def test_a_denial_reaches_no_further_than_its_clause():
    assert stated("not there, it is off") == {"power_off": True}


def test_a_denial_ends_where_a_new_subject_begins_a_sentence():
    assert stated("he is not there it is off") == {"power_off": True}


def test_what_may_or_may_not_be_denied_states_nothing():
    assert stated("not there breathing") == {}


def test_bad_news_that_may_be_denied_is_taken_at_its_word():
    assert stated("not there bleeding") == {"bleeding": True, "people_hurt": True}


@pytest.mark.parametrize("words", ["it is off?", "is it off", "if it is off", "it should off"])
def test_a_reassuring_fact_that_is_asked_wished_or_unknown_is_not_stated(words):
    assert stated(words) == {}


def test_a_question_leaves_what_was_said_beside_it():
    assert stated("it is off. is he breathing?") == {"power_off": True}
    assert stated("is it off, yes it is off") == {"power_off": True}


def test_bad_news_is_taken_at_its_word_though_it_is_asked_or_doubted():
    assert stated("not breathing?") == {"breathing": False}
    assert stated("i hope he is not breathing") == {"breathing": False}


def test_one_sign_denied_says_nothing_of_the_whole():
    assert stated("not bleeding") == {"bleeding": False}


def test_what_does_not_stop_goes_on():
    assert stated("it does not stop bleeding") == {"bleeding": True, "people_hurt": True}


def test_a_count_is_no_yes_or_no():
    assert stated("not two") == {"people": 2}


# The rule files at work

OPEN = {
    "en": [
        ("is it off?", "power_off"),
        ("is it off", "power_off"),
        ("can I turn the power off", "power_off"),
        ("has anyone turned the power off", "power_off"),
        ("someone should turn the power off", "power_off"),
        ("I think the power is off", "power_off"),
        ("the power should be off", "power_off"),
        ("it came out", "power_off"),
        ("I can't put it out", "power_off"),
        ("he cut it", "power_off"),
        ("I'm going out", "escaped"),
        ("how do we get out", "escaped"),
        ("is everyone out", "escaped"),
        ("he's out cold", "inside"),
        ("he's out, he's not moving", "inside"),
        ("he got knocked out", "inside"),
        ("we can't get him out", "inside"),
        ("we're trying to get him out", "inside"),
        ("is he breathing", "breathing"),
        ("I don't know if he's breathing", "breathing"),
    ],
    "es": [
        ("¿está cortada la luz?", "power_off"),
        ("está cortada la luz", "power_off"),
        ("que alguien corte la luz", "power_off"),
        ("hay que cortar la luz", "power_off"),
        ("creo que la corriente está cortada", "power_off"),
        ("cuando estemos fuera", "escaped"),
        ("no puede respirar", "breathing"),
        ("no sé si respira", "breathing"),
        ("vamos a sacarlo", "inside"),
        ("¿ya está fuera?", "inside"),
    ],
    "fr": [
        ("je coupe le courant ?", "power_off"),
        ("je coupe le courant", "power_off"),
        ("est-ce que le courant est coupé", "power_off"),
        ("il faut couper le courant", "power_off"),
        ("le courant sera coupé", "power_off"),
        ("je crois que le courant est coupé", "power_off"),
        ("il ne peut pas respirer", "breathing"),
        ("il n'arrive pas à respirer", "breathing"),
        ("je ne sais pas s'il respire", "breathing"),
        ("est-ce qu'il est sorti", "inside"),
        ("on essaie de le sortir", "inside"),
    ],
    "de": [
        ("ist der Strom aus", "power_off"),
        ("der Strom muss aus", "power_off"),
        ("ich glaube der Strom ist aus", "power_off"),
        ("der Strom kommt aus der Dose", "power_off"),
        ("ich gehe raus", "escaped"),
        ("wir müssen raus", "escaped"),
        ("wie komme ich raus", "escaped"),
        ("er kann nicht atmen", "breathing"),
        ("ich weiß nicht ob er atmet", "breathing"),
        ("ist er draußen", "inside"),
        ("wir holen ihn raus", "inside"),
        ("er hat aufgehört zu atmen", "ongoing"),
        ("er atmet nicht mehr", "ongoing"),
    ],
}
HELD = {
    "en": [
        ("no it's not off", "power_off"),
        ("nobody switched it off", "power_off"),
        ("the breaker is not off", "power_off"),
        ("the power isn't off", "power_off"),
        ("I don't think it's off", "power_off"),
        ("I haven't switched the power off", "power_off"),
        ("no we're not outside", "escaped"),
        ("not everyone is out", "escaped"),
        ("we cannot get out", "escaped"),
        ("I don't think he's breathing", "breathing"),
    ],
    "es": [
        ("no hemos cortado la luz", "power_off"),
        ("nadie ha cortado la corriente", "power_off"),
        ("la luz no está cortada", "power_off"),
        ("no estamos fuera", "escaped"),
        ("no respira", "breathing"),
    ],
    "fr": [
        ("on n'a pas coupé le courant", "power_off"),
        ("le courant n'est pas coupé", "power_off"),
        ("personne n'a coupé le courant", "power_off"),
        ("on ne peut pas couper le courant", "power_off"),
        ("je ne suis pas dehors", "escaped"),
    ],
    "de": [
        ("der Strom ist noch nicht aus", "power_off"),
        ("niemand hat den Strom abgestellt", "power_off"),
        ("wir sind noch nicht draußen", "escaped"),
        ("er spricht nicht mit mir", "awake"),
    ],
}
FREED = {
    "en": [
        ("no the power is off", "power_off"),
        ("yes it's off", "power_off"),
        ("I turned the power off and he's not breathing", "power_off"),
        ("we're out", "escaped"),
        ("no he's breathing fine", "breathing"),
    ],
    "es": [
        ("ya hemos cortado la luz", "power_off"),
        ("estamos fuera", "escaped"),
        ("sí respira", "breathing"),
    ],
    "fr": [
        ("j'ai coupé le courant", "power_off"),
        ("j'ai débranché la prise", "power_off"),
        ("je suis dehors", "escaped"),
    ],
    "de": [
        ("jetzt ist der Strom aus", "power_off"),
        ("ich habe den Stecker gezogen", "power_off"),
        ("wir sind draußen", "escaped"),
    ],
}
OUT = {
    "en": [
        "we pulled him out",
        "we pulled Maria out",
        "he's out now",
        "she came out",
        "we got him out of the tank",
    ],
    "es": ["ya está fuera", "lo sacamos del tanque", "ya lo sacaron", "él salió solo"],
    "fr": ["on l'a sorti", "il est sorti de la cuve", "elle est dehors", "ils l'ont remonté"],
    "de": ["wir haben ihn rausgeholt", "er ist draußen", "er liegt am Ufer"],
}
STILL_IN = {
    "en": [
        "he is not out",
        "he is not out yet",
        "he's not out now",
        "she isn't out",
        "he's floating in the water",
    ],
    "es": ["no está fuera", "no lo hemos sacado", "está flotando"],
    "fr": ["on ne l'a pas sorti", "il n'est pas sorti", "il flotte"],
    "de": ["er ist nicht draußen", "wir haben ihn noch nicht rausgeholt", "er treibt im Wasser"],
}


def cases(by_language: dict[str, list[Any]]) -> list[tuple[str, Any]]:
    return [(language, one) for language, several in by_language.items() for one in several]


@pytest.mark.parametrize(("language", "case"), cases(OPEN))
def test_what_is_left_open_states_nothing(language: str, case: tuple[str, str]):
    words, fact = case
    assert fact not in rules_of(language).rate(words, language).facts


@pytest.mark.parametrize(("language", "case"), cases(HELD))
def test_what_is_denied_keeps_the_rescuer_away(language: str, case: tuple[str, str]):
    words, fact = case
    assert rules_of(language).rate(words, language).facts[fact] is False


@pytest.mark.parametrize(("language", "case"), cases(FREED))
def test_what_is_said_plainly_is_stated(language: str, case: tuple[str, str]):
    words, fact = case
    assert rules_of(language).rate(words, language).facts[fact] is True


@pytest.mark.parametrize(("language", "words"), cases(OUT))
def test_a_casualty_brought_out_is_out(language: str, words: str):
    assert rules_of(language).rate(words, language).facts["inside"] is False


@pytest.mark.parametrize(("language", "words"), cases(STILL_IN))
def test_a_casualty_not_brought_out_is_in(language: str, words: str):
    assert rules_of(language).rate(words, language).facts["inside"] is True
