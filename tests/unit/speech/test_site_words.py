"""Site words and hazards come back where they were broken; what was said, and every zone, stays."""

from functools import cache

import pytest

from aurora.lines.site_terms import site_terms
from aurora.speech.site_words import Change, Corrected, SiteWords, Terms
from tests.line import example_site

SURE, UNSURE = 0.95, 0.4


@cache
def site_words() -> SiteWords:
    return SiteWords(site_terms(example_site()))


def heard(text: str, language: str = "en", *, sure: str = "") -> Corrected:
    """Correct a text whose words the recogniser doubted, but for those in `sure`."""
    confidences = [SURE if word in sure.split() else UNSURE for word in text.split()]
    return site_words().correct(text, language, confidences)


@pytest.mark.parametrize(
    ("language", "text", "meant"),
    [
        ("en", "They're smoking zone A.", "There's smoke in zone A."),
        ("en", "I got asset on my hand.", "I got acid on my hand."),
        ("en", "The H two S alarm is on.", "The H2S alarm is on."),
        ("en", "There is a guest leak.", "There is a gas leak."),
        ("en", "A Ford lift tipped over.", "A forklift tipped over."),
        ("en", "He's not freezing.", "He's not breathing."),
        ("en", "I'm near the loading duck.", "I'm near the loading dock."),
        ("en", "It's leaking from press too.", "It's leaking from press 2."),
        ("es", "mi compañero no les ponde", "mi compañero no responde"),
        ("es", "está sandrando mucho", "está sangrando mucho"),
        ("fr", "il y a le sou dehors", "il y a le feu dehors"),
        ("fr", "de la sitte partout", "de l'acide partout"),
        ("de", "an der Ladirampe", "an der laderampe"),
        ("de", "ein Stabler kam", "ein stapler kam"),
    ],
)
def test_what_was_broken_is_put_back(language: str, text: str, meant: str):
    assert heard(text, language).text.lower() == meant.lower()


@pytest.mark.parametrize(
    "text",
    [
        "They're smoking outside.",
        "There is a guest list.",
        "The asset number is wrong.",
        "She's soaking wet.",
        "He is conscious.",
        "The solvents are in the cabinet.",
    ],
)
def test_everyday_words_stay_even_when_doubted(text: str):
    assert heard(text).text == text


@pytest.mark.parametrize("text", ["They're smoking zone A.", "There is a guest leak."])
def test_words_the_recogniser_was_sure_of_stay(text: str):
    assert heard(text, sure=text).changes == ()


def test_without_confidences_only_what_is_plain_is_changed():
    correct = site_words().correct

    assert correct("The H two S alarm", "en").text == "The H2S alarm"
    assert correct("He's not freezing.", "en").changes == ()


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "there is no gas leek"),
        ("en", "he is now breathing"),
        ("de", "kein Feuer in der Halle"),
        ("fr", "il respire encore plus"),
        ("es", "ya respira"),
    ],
)
def test_a_denial_neither_comes_nor_goes(language: str, text: str):
    denials = {"no", "not", "kein", "keine", "nicht", "plus", "pas", "ne", "sin", "ya"}

    def of(words: str) -> set[str]:
        return denials.intersection(words.lower().split())

    assert of(heard(text, language).text) == of(text)


@pytest.mark.parametrize(
    ("language", "text", "meant"),
    [
        ("en", "a gas leak in zombie", "a gas leak in Zone B"),
        ("en", "fire in Zondi.", "fire in Zone D."),
        ("en", "zombie", "Zone B"),
        ("fr", "le feu dans la zone des.", "le feu dans la Zone D."),
        ("es", "humo en la sona be", "humo en la Zona B"),
        ("de", "es brennt in Zohne B", "es brennt in Zone B"),
    ],
)
def test_a_zone_that_was_guessed_is_read_back(language: str, text: str, meant: str):
    corrected = heard(text, language)

    assert corrected.text == meant
    assert corrected.has_doubtful_zone


@pytest.mark.parametrize("language", ["en", "es", "fr", "de"])
@pytest.mark.parametrize("letter", "abcdefgh8")
def test_one_valid_zone_never_becomes_another(language: str, letter: str):
    zone = "zona" if language == "es" else "zone"
    where = {"en": "in", "es": "en la", "fr": "dans la", "de": "in"}[language]
    text = f"{where} {zone} {letter}"

    corrected = heard(text, language)

    assert corrected == Corrected(text, (), has_doubtful_zone=True)


def test_a_zone_heard_surely_is_not_doubted():
    assert heard("fire in zone B", sure="fire in zone B") == Corrected("fire in zone B")


def test_a_zone_that_rhymes_with_another_must_be_heard_more_surely():
    correct, half_sure = site_words().correct, [SURE, SURE, 0.55, SURE]

    assert correct("fire in zone B", "en", half_sure).has_doubtful_zone
    assert not correct("fire in zone F", "en", half_sure).has_doubtful_zone


def test_a_zone_that_sounds_like_two_is_left_and_read_back():
    words = SiteWords({"en": Terms(zones={"m": ["Zone M"], "n": ["Zone N"]})})

    corrected = words.correct("fire in sewn em", "en", [0.4] * 4)

    assert corrected == Corrected("fire in sewn em", (), has_doubtful_zone=True)


def test_a_valve_that_sounds_like_two_is_left():
    words = SiteWords({"en": Terms(things=("valve 5", "valve 9"))})

    assert words.correct("it's the valve fine", "en", [0.4] * 4).changes == ()


def test_a_zone_is_not_guessed_where_no_place_is_told():
    assert heard("we can meet some day next week").changes == ()
    assert not heard("we can meet some day next week").has_doubtful_zone


def test_an_everyday_word_is_a_letter_only_where_the_sentence_ends():
    text = "se cayó en la zona de la prensa"

    assert "Zona D" not in heard(text, "es").text


def test_a_number_that_was_heard_is_never_lost():
    assert "4" in heard("it's leaking from south 4.").text
    assert "uno" in site_words().correct("la válvula uno", "es", [0.9, 0.6, 0.3]).text


def test_a_written_number_that_the_recogniser_doubts_may_be_the_word_of_a_hazard():
    doubted = site_words().correct("Hay uno en la zona C.", "es", [0.2, 0.6, 0.9, 0.9, 0.9, 0.9])
    sure = site_words().correct("Hay uno en la zona C.", "es", [0.9] * 6)

    assert doubted.text == "Hay humo en la zona C."
    assert sure.text == "Hay uno en la zona C."


def test_a_word_surely_heard_stays_beside_one_that_is_doubted():
    chances = [0.75, 0.99, 0.99, 0.99, 0.49, 0.97, 0.79, 0.99, 0.99, 0.95]
    text = "He got an electric shock, and he's on the floor."

    assert site_words().correct(text, "en", chances).text == text


def test_words_are_not_added_between_words_that_were_heard():
    assert heard("dans la rue", "fr").changes == ()
    assert heard("the fire in it").changes == ()


def test_each_change_is_told_for_the_record():
    corrected = heard("They're smoking zone A.")

    assert corrected.changes == (Change("They're smoking", "There's smoke in"),)


def test_capital_and_stop_are_kept():
    assert heard("Guest leak! Come quick.").text == "Gas leak! Come quick."


def test_a_language_the_site_does_not_speak_is_left_as_heard():
    assert heard("c'è una fuga di gas", "it").changes == ()


def test_a_site_of_named_places_is_understood_too():
    words = SiteWords({"en": Terms(zones={"boiler": ["boiler house"], "tower": ["north tower"]})})

    corrected = words.correct("steam in the oiler house", "en", [0.9, 0.9, 0.9, 0.3, 0.9])

    assert (corrected.text, corrected.has_doubtful_zone) == ("steam in the boiler house", True)
