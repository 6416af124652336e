"""Which zone was meant: as people say it, and as recognisers hear it."""

from functools import cache

import pytest

from aurora.triage.assessment import Place
from aurora.triage.places import CONFIRM_BELOW, PlaceFinder, load_place_finders
from aurora.triage.text import Utterance, normalise
from tests.line import example_site


@cache
def finders() -> dict[str, PlaceFinder]:
    return load_place_finders(example_site())


def find(words: str, language: str = "en", *, is_expected: bool = False) -> Place | None:
    text = Utterance(normalise(words)).flat
    return finders()[language].find(text, is_expected=is_expected)


def zone(words: str, language: str = "en", *, is_expected: bool = False) -> str | None:
    place = find(words, language, is_expected=is_expected)
    return place.zone_id if place else None


@pytest.mark.parametrize("letter", "abcdef")
@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "There's smoke in Zone {}."),
        ("en", "fire, area {}, quick"),
        ("en", "ZONE-{}!"),
        ("es", "hay humo en la zona {}"),
        ("es", "Sector {}, rápido"),
        ("fr", "de la fumée dans la zone {}"),
        ("fr", "secteur {} !"),
        ("de", "Rauch in Zone {}"),
        ("de", "es brennt im Bereich {}"),
    ],
)
def test_a_zone_said_by_its_letter_is_sure(letter, language, words):
    place = find(words.format(letter.upper()), language)

    assert (place.zone_id, place.confidence, place.is_zone_name) == (letter, 1.0, True)


@pytest.mark.parametrize(
    ("language", "words", "meant"),
    [
        ("en", "zone bee", "b"),
        ("en", "we are in zone sea", "c"),
        ("en", "zone eff", "f"),
        ("en", "zone ay", "a"),
        ("es", "en la zona be", "b"),
        ("es", "zona efe", "f"),
        ("fr", "en zone bé", "b"),
        ("fr", "zone effe", "f"),
        ("de", "in zone zeh", "c"),
        ("de", "zone beh", "b"),
    ],
)
def test_a_letter_written_as_it_sounds_is_that_letter(language, words, meant):
    assert zone(words, language) == meant


@pytest.mark.parametrize(
    ("language", "words", "meant"),
    [
        ("en", "zone alpha", "a"),
        ("en", "zone Bravo", "b"),
        ("en", "zone charlie is burning", "c"),
        ("en", "area delta", "d"),
        ("en", "zone echo", "e"),
        ("en", "zone foxtrot", "f"),
        ("es", "zona bravo", "b"),
        ("es", "zona eco", "e"),
        ("fr", "zone écho", "e"),
        ("fr", "zone alpha", "a"),
        ("de", "Zone Berta", "b"),
        ("de", "Zone Cäsar", "c"),
        ("de", "Bereich Dora", "d"),
    ],
)
def test_a_spelling_word_is_its_letter(language, words, meant):
    assert zone(words, language) == meant


@pytest.mark.parametrize(
    ("language", "words", "meant"),
    [
        ("en", "sown bee", "b"),
        ("en", "fire in zoan E", "e"),
        ("en", "here sewn dee", "d"),
        ("es", "sona be", "b"),
        ("es", "en la sona ce", "c"),
        ("fr", "sonne bé", "b"),
        ("de", "in sohne be", "b"),
    ],
)
def test_a_zone_that_was_misheard_is_only_probable(language, words, meant):
    place = find(words, language)

    assert place.zone_id == meant
    assert place.confidence < CONFIRM_BELOW


@pytest.mark.parametrize(
    ("language", "words", "meant"),
    [
        ("en", "fire in the press shop", "a"),
        ("en", "I smell gas in the gas line corridor", "b"),
        ("en", "at the chemical storage", "c"),
        ("en", "by the assembly line", "d"),
        ("en", "in the workshop", "e"),
        ("en", "the loading dock is full of smoke", "f"),
        ("es", "hay fuego en la zona de prensas", "a"),
        ("es", "zona de carga", "f"),
        ("es", "en el almacén de químicos", "c"),
        ("es", "EN EL ALMACEN QUIMICO", "c"),
        ("es", "en la línea de montaje", "d"),
        ("fr", "incendie dans l'atelier presses", "a"),
        ("fr", "au magasin chimique", "c"),
        ("fr", "sur la chaîne de montage", "d"),
        ("fr", "au quai de chargement", "f"),
        ("de", "im Presswerk brennt es", "a"),
        ("de", "im Gefahrstofflager", "c"),
        ("de", "an der Laderampe", "f"),
    ],
)
def test_a_zone_said_by_another_of_its_names_is_sure(language, words, meant):
    place = find(words, language)

    assert (place.zone_id, place.confidence) == (meant, 1.0)


@pytest.mark.parametrize(
    ("words", "meant"),
    [("at the loading duck", "f"), ("manufakturing floor", "a"), ("chemical storeage", "c")],
)
def test_a_name_that_was_nearly_heard_is_only_probable(words, meant):
    place = find(words)

    assert place.zone_id == meant
    assert place.confidence < CONFIRM_BELOW


@pytest.mark.parametrize(
    ("language", "words", "meant"),
    [
        ("en", "zone a, no sorry, I mean zone c", "c"),
        ("en", "zone b, actually zone d", "d"),
        ("en", "zone b correction zone d", "d"),
        ("en", "the workshop, sorry, the loading dock", "f"),
        ("es", "zona a, perdón, zona c", "c"),
        ("es", "zona b, digo, zona d", "d"),
        ("fr", "zone a, pardon, zone c", "c"),
        ("fr", "zone b, je veux dire zone e", "e"),
        ("de", "Zone A, nein, ich meine Zone C", "c"),
        ("de", "Zone B, Entschuldigung, Zone D", "d"),
    ],
)
def test_the_correction_is_meant_and_not_what_it_corrects(language, words, meant):
    place = find(words, language)

    assert (place.zone_id, place.confidence) == (meant, 1.0)


@pytest.mark.parametrize(
    ("language", "words", "meant"),
    [
        ("en", "not zone B, zone C", "c"),
        ("en", "it's not in zone A, it's in zone C", "c"),
        ("en", "it isn't zone a", None),
        ("es", "no es zona a, es zona c", "c"),
        ("fr", "pas la zone a, la zone c", "c"),
        ("de", "nicht Zone A, sondern Zone C", "c"),
        ("de", "nicht in Zone B", None),
    ],
)
def test_a_denied_zone_is_not_the_place(language, words, meant):
    assert zone(words, language) == meant


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "smoke in zone a and zone d"),
        ("en", "zone a or zone d, I can't tell"),
        ("es", "humo en la zona a y la zona d"),
        ("fr", "fumée en zone a et en zone d"),
        ("de", "Rauch in Zone A und Zone D"),
    ],
)
def test_of_two_zones_neither_is_sure(language, words):
    place = find(words, language)

    assert place.zone_id in ("a", "d")
    assert place.confidence < CONFIRM_BELOW


def test_the_same_zone_said_twice_is_sure():
    assert find("zone d, I repeat, zone delta").confidence == 1.0


def test_a_clear_zone_outweighs_one_that_may_be_an_article():
    assert zone("in the zone a man fell, zone d") == "d"


@pytest.mark.parametrize(
    ("language", "words", "said"),
    [
        ("en", "fire in zone 3", "Zone 3"),
        ("en", "fire in zone three", "Zone 3"),
        ("en", "zone Q", "Zone Q"),
        ("en", "zone quebec", "Zone Q"),
        ("en", "area 51", "Area 51"),
        ("es", "fuego en la zona tres", "Zona 3"),
        ("fr", "le feu en zone trois", "Zone 3"),
        ("de", "Feuer in Zone drei", "Zone 3"),
    ],
)
def test_a_zone_the_site_lacks_is_known_as_a_mistake(language, words, said):
    assert find(words, language) == Place(said, None, is_zone_name=True)


@pytest.mark.parametrize(
    ("language", "words", "said"),
    [
        ("en", "I'm in hall 7", "Hall 7"),
        ("en", "he's in the boiler house", "Boiler house"),
        ("es", "estoy en la nave 4", "Nave 4"),
        ("fr", "dans le hall 4", "Hall 4"),
        ("de", "in Halle vier", "Halle 4"),
    ],
)
def test_a_place_that_is_no_zone_is_kept_as_said(language, words, said):
    place = find(words, language)

    assert (place.said, place.zone_id, place.is_zone_name) == (said, None, False)


def test_a_letter_that_may_be_an_article_is_only_probable():
    assert find("in the zone a man fell").confidence < CONFIRM_BELOW
    assert find("a man fell in zone a").confidence == 1.0


@pytest.mark.parametrize(
    ("language", "words", "meant"),
    [
        ("en", "B", "b"),
        ("en", "bee", "b"),
        ("en", "Bravo, by the door", "b"),
        ("en", "I'm in c", "c"),
        ("en", "no it's d", "d"),
        ("en", "b, hurry up", "b"),
        ("es", "en la b", "b"),
        ("es", "en e", "e"),
        ("fr", "en d", "d"),
        ("de", "in b", "b"),
        ("de", "Dora", "d"),
    ],
)
def test_a_bare_letter_answers_where(language, words, meant):
    assert zone(words, language, is_expected=True) == meant
    assert zone(words, language) is None


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "a man fell"),
        ("en", "in a tank"),
        ("en", "hey, are you there?"),
        ("en", "be quick"),
        ("en", "to be honest I see smoke"),
        ("en", "see for yourself"),
        ("en", "I don't know"),
        ("en", "no, not b"),
        ("es", "a la derecha"),
        ("es", "de la nave grande"),
        ("fr", "c'est dans l'atelier"),
        ("fr", "ses mains saignent"),
        ("de", "der Mann blutet"),
        ("de", "ah, ich weiß nicht"),
    ],
)
def test_everyday_words_are_no_bare_letter(language, words):
    assert zone(words, language, is_expected=True) is None


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "I see smoke"),
        ("en", "my leg is broken"),
        ("en", "there is a fire"),
        ("en", "he isn't breathing"),
        ("en", "the machine caught his arm"),
        ("en", "what is the lockout procedure?"),
        ("en", "are you there?"),
        ("en", "we're out of the danger zone"),
        ("en", "valve 3 is leaking"),
        ("en", "the whole zone you are in is full of gas"),
        ("en", ""),
        ("es", "un hombre se ha caído"),
        ("es", "no puedo respirar"),
        ("es", "la zona se quema"),
        ("es", "huele a gas"),
        ("fr", "un homme est tombé"),
        ("fr", "je n'arrive plus à respirer"),
        ("fr", "ça sent le gaz"),
        ("de", "ein Mann ist gestürzt"),
        ("de", "er atmet nicht"),
        ("de", "es riecht nach Gas"),
    ],
)
def test_an_ordinary_sentence_names_no_place(language, words):
    assert find(words, language) is None


APART = [
    ("en", "there's a fire in zone B, I can see it from zone D"),
    ("en", "I'm in zone D and there's a fire in zone B"),
    ("en", "forklift hit a man in zone B and I'm in zone D"),
    ("en", "zone B is burning, I'm standing over here in zone D"),
    ("en", "calling from zone D, gas in zone B"),
    ("es", "hay fuego en la zona B, lo veo desde la zona D"),
    ("es", "estoy aquí en la zona D y hay humo en la zona B"),
    ("es", "llamo desde la zona D, hay un herido en la zona B"),
    ("fr", "il y a le feu en zone B, je le vois depuis la zone D"),
    ("fr", "je suis dans la zone D et ça brûle en zone B"),
    ("fr", "un chariot a percuté un homme zone B, moi je suis en zone D"),
    ("de", "es brennt in Zone B, ich sehe es von Zone D aus"),
    ("de", "ich bin in Zone D und in Zone B brennt es"),
    ("de", "Unfall in Zone B, wir sind hier in Zone D"),
]
HAPPENING = [
    ("en", "I can smell gas coming from zone B"),
    ("en", "two men are in zone B"),
    ("en", "I saw smoke in zone B"),
    ("en", "I'm calling about a fire in zone B"),
    ("es", "estoy viendo fuego en la zona B"),
    ("es", "dos hombres están en la zona B"),
    ("fr", "je vois de la fumée de la zone B"),
    ("fr", "deux hommes sont dans la zone B"),
    ("de", "zwei Leute sind in Zone B"),
    ("de", "ich sehe Rauch aus Zone B"),
]


def of_caller(words: str, language: str) -> Place | None:
    return finders()[language].of_caller(Utterance(normalise(words)).flat)


@pytest.mark.parametrize(("language", "words"), APART)
def test_where_it_happens_and_where_the_caller_is_are_told_apart(language, words):
    happening, caller = find(words, language), of_caller(words, language)

    assert (happening.zone_id, happening.confidence) == ("b", 1.0)
    assert caller.zone_id == "d"


@pytest.mark.parametrize(("language", "words"), HAPPENING)
def test_what_the_caller_sees_somewhere_does_not_put_them_there(language, words):
    assert find(words, language).zone_id == "b"
    assert of_caller(words, language) is None


def test_a_caller_in_the_only_place_named_is_where_it_happens():
    assert zone("I'm in zone D, there's a fire") == "d"


def test_a_caller_who_corrects_their_own_place_is_in_the_last_one():
    assert zone("I'm in zone B, no wait, I'm in zone D") == "d"
