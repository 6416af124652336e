"""Who was brought out, or has a way, is no longer told how to hold out."""

import pytest

from aurora.site.model import LANGUAGES
from tests.line import NO, YES, example_library
from tests.unit.guidance.rated_call import RatedCall

SHUT_IN = {
    "en": "the stairs are full of smoke",
    "es": "la escalera está llena de humo",
    "fr": "l'escalier est plein de fumée",
    "de": "das Treppenhaus ist verraucht",
}
FIRES = {"en": "there's a fire", "es": "hay fuego", "fr": "il y a le feu", "de": "es brennt"}
BROUGHT_OUT = {
    "en": [
        "they got us down the ladder",
        "the firemen got me out",
        "they carried me out",
        "I'm safe now, I'm with the firefighters",
        "the fire brigade rescued us",
        "we've been rescued",
    ],
    "es": [
        "nos bajaron por la escalera de mano",
        "los bomberos nos han sacado",
        "los bomberos me sacaron",
        "nos rescataron los bomberos",
        "estoy a salvo con los bomberos",
    ],
    "fr": [
        "ils nous ont descendus par l'échelle",
        "les pompiers nous ont sortis",
        "les pompiers m'ont sorti",
        "les pompiers nous ont sauvés",
        "je suis en sécurité avec les pompiers",
    ],
    "de": [
        "sie haben uns über die Leiter geholt",
        "die Feuerwehr hat mich rausgeholt",
        "die Feuerwehr hat uns gerettet",
        "ich bin bei der Feuerwehr in Sicherheit",
    ],
}
NOT_YET = {
    "en": ["when will they get us out", "they haven't got us out yet", "can they get us down?"],
    "es": ["cuándo nos van a sacar", "todavía no nos han sacado"],
    "fr": ["quand est-ce qu'ils vont nous sortir", "ils ne nous ont pas encore sortis"],
    "de": ["wann holen sie uns raus", "sie haben uns noch nicht rausgeholt"],
}
ON_THE_WAY = {
    "en": ["the smoke has cleared, we're going down", "but I'm taking the other stairs"],
    "es": ["el humo se ha ido", "voy por la otra escalera"],
    "fr": ["la fumée s'est dissipée", "je prends l'autre escalier"],
    "de": ["der Rauch hat sich verzogen", "ich laufe jetzt raus", "ich bin unten"],
}
ASKED = {
    "en": "should I check if the door is hot",
    "es": "¿compruebo si la puerta está caliente?",
    "fr": "est-ce que je dois vérifier si la porte est chaude",
    "de": "soll ich prüfen ob die Tür heiß ist",
}
OUT = {"en": "I'm out", "es": "estoy fuera", "fr": "je suis dehors", "de": "ich bin draußen"}
LEAVING = ["I'm walking out", "I'm getting out", "we're all heading out now"]
EVERY = pytest.mark.parametrize("language", LANGUAGES)


def each(by_language: dict[str, list[str]]) -> pytest.MarkDecorator:
    lines = [(language, words) for language in LANGUAGES for words in by_language[language]]
    return pytest.mark.parametrize(("language", "words"), lines)


def holding_out(language: str) -> RatedCall:
    call = RatedCall(language)
    call.hear(SHUT_IN[language])
    assert call.situation.facts["shut_in"] is True
    return call


def to_hold_out(language: str) -> list[str]:
    phrases = example_library().phrases_in(language)
    replies = example_library().procedures["fire", language].replies
    return [*phrases.shut_in_smoke, *(line for r in replies if r.id == "trapped" for line in r.say)]


@each(BROUGHT_OUT)
def test_who_was_brought_out_is_out(language: str, words: str) -> None:
    call = holding_out(language)
    heard = call.hear(words)

    assert call.situation.facts["escaped"] is True
    assert not any(line in heard for line in to_hold_out(language))


@each(NOT_YET)
def test_who_waits_to_be_brought_out_is_not(language: str, words: str) -> None:
    call = holding_out(language)
    call.hear(words)

    assert call.situation.facts.get("escaped") is not True
    assert call.situation.facts["shut_in"] is True


@each(ON_THE_WAY)
def test_who_has_a_way_after_all_is_not_kept_in(language: str, words: str) -> None:
    call = holding_out(language)
    call.hear(words)

    heard_next = call.hear("ok")
    assert not any(line in heard_next for line in to_hold_out(language))
    assert call.situation.facts.get("escaped") is not True


@EVERY
def test_a_question_about_a_door_shuts_nobody_in(language: str) -> None:
    call = RatedCall(language)
    call.hear(FIRES[language])
    heard = call.hear(ASKED[language])

    assert not any(line in heard for line in to_hold_out(language))
    assert call.situation.facts.get("shut_in") is not True


@EVERY
def test_who_is_out_and_tells_of_the_stairs_is_not_told_to_shut_the_door(language: str) -> None:
    call = RatedCall(language)
    call.hear(FIRES[language])
    call.hear(OUT[language])

    heard_next = call.hear(SHUT_IN[language])
    assert not any(line in heard_next for line in to_hold_out(language))


def test_another_way_told_in_the_first_words_is_heard() -> None:
    call = RatedCall("de")
    heard = call.hear("das Treppenhaus ist verraucht aber ich nehme die andere Treppe")

    assert not any(line in heard for line in to_hold_out("de"))


@EVERY
def test_whoever_holds_out_is_asked_whether_they_are_out(language: str) -> None:
    call = holding_out(language)
    heard = [call.hear("ok") for _ in range(3)]
    asked = example_library().phrases_in(language).out_yet[0]

    assert heard[-1] == asked
    assert asked not in heard[:-1]
    heard_next = call.take(NO)
    assert any(line in heard_next for line in to_hold_out(language))


@EVERY
def test_a_yes_to_that_ends_it(language: str) -> None:
    call = holding_out(language)
    for _ in range(3):
        call.hear("ok")
    heard = call.take(YES)

    assert call.situation.facts["escaped"] is True
    assert not any(line in heard for line in to_hold_out(language))


@pytest.mark.parametrize("words", LEAVING)
def test_who_is_leaving_is_not_out(words: str) -> None:
    call = RatedCall("en")
    call.hear(FIRES["en"])
    call.hear(words)

    assert call.situation.facts.get("escaped") is not True
