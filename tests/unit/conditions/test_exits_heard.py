"""Which exits words call blocked, in four languages; what is asked, denied or past blocks none."""

from collections.abc import Collection

import pytest

from aurora.conditions.exits_heard import ExitsHeard
from aurora.triage.text import Utterance, normalise
from tests.line import example_site

EAST, WEST, BOTH = ["b_east"], ["b_west"], ["b_east", "b_west"]
EXITS = ExitsHeard(example_site())


def blocked(
    words: str, language: str, zone: str | None = "b", told: Collection[str] = ()
) -> list[str]:
    text = Utterance(normalise(words)).flat
    found = EXITS.blocked(text, language, example_site().zone(zone), told)
    return sorted(way.id for _, way in found)


@pytest.mark.parametrize(
    ("language", "words", "expected"),
    [
        ("en", "The east gate is blocked", EAST),
        ("en", "We can't get out by the east gate!", EAST),
        ("en", "east gate's locked", EAST),
        ("en", "The west gate is on fire", WEST),
        ("en", "the east gate won't open", EAST),
        ("en", "There's fire in front of the west gate", WEST),
        ("en", "We can't get through the west gate, it's jammed", WEST),
        ("en", "the eastgate is blocked", EAST),
        ("en", "something is blocking the east gate", EAST),
        ("en", "the west gate is clear but the east gate is burning", EAST),
        ("en", "both gates are blocked", BOTH),
        ("en", "the north door is locked", ["a_north"]),
        ("es", "El portón este está bloqueado", EAST),
        ("es", "no podemos salir por el portón este", EAST),
        ("es", "el portón oeste está en llamas", WEST),
        ("es", "la puerta norte está cerrada con llave", ["a_north"]),
        ("es", "hay fuego delante del portón oeste", WEST),
        ("es", "el portón este no se abre", EAST),
        ("es", "los dos portones están bloqueados", BOTH),
        ("fr", "Le portail est est bloqué", EAST),
        ("fr", "on ne peut pas sortir par le portail est", EAST),
        ("fr", "le portail ouest est en feu", WEST),
        ("fr", "impossible de passer par le portail ouest", WEST),
        ("fr", "la porte nord est verrouillée", ["a_north"]),
        ("fr", "il y a le feu devant le portail ouest", WEST),
        ("fr", "les deux portails sont bloqués", BOTH),
        ("de", "Das Osttor ist blockiert", EAST),
        ("de", "wir kommen durch das Osttor nicht raus", EAST),
        ("de", "wir kommen nicht durch das Westtor", WEST),
        ("de", "das Westtor brennt", WEST),
        ("de", "das Ost Tor ist versperrt", EAST),
        ("de", "Feuer vor dem Westtor", WEST),
        ("de", "die westliche Brandschutztür klemmt", ["c_west"]),
        ("de", "beide Tore sind blockiert", BOTH),
    ],
)
def test_an_exit_said_to_be_unusable_is_found(language, words, expected):
    assert blocked(words, language) == expected


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "Is the east gate locked?"),
        ("en", "the east gate is not blocked"),
        ("en", "the east gate isn't locked"),
        ("en", "what if the east gate is blocked?"),
        ("en", "we got out by the west gate"),
        ("en", "the east gate is clear, the corridor is on fire"),
        ("en", "yesterday the east gate was blocked"),
        ("en", "the east gate was unblocked"),
        ("es", "¿está bloqueado el portón este?"),
        ("es", "el portón este no está bloqueado"),
        ("es", "si el portón este está bloqueado qué hago"),
        ("es", "estamos en el portón este"),
        ("fr", "le portail ouest n'est pas bloqué"),
        ("fr", "est-ce que le portail ouest est bloqué ?"),
        ("fr", "nous sommes au portail ouest"),
        ("de", "das Osttor ist nicht blockiert"),
        ("de", "ist das Osttor abgeschlossen?"),
        ("de", "wir sind am Osttor"),
    ],
)
def test_what_is_asked_denied_or_past_blocks_no_exit(language, words):
    assert blocked(words, language) == []


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "the best gate is blocked"), ("fr", "le portail est bloqué")],
    ids=["sounds like both", "the gate, or the east one"],
)
def test_an_exit_that_may_be_either_is_none(language, words):
    assert blocked(words, language) == []


def test_that_gate_is_the_one_the_caller_was_given():
    assert blocked("that gate is blocked", "en", told=["b_west"]) == WEST
    assert blocked("that gate is blocked", "en", told=["b_west", "b_east"]) == []


def test_a_name_of_its_own_is_known_without_the_zone_and_all_exits_are_not():
    assert blocked("the east gate is blocked", "en", zone=None) == EAST
    assert blocked("all the exits are blocked", "en", zone=None) == []
