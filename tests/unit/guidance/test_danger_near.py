"""A cause, an alarm or a danger elsewhere stops no compressions; one not here gives them back."""

import pytest

from aurora.site.model import LANGUAGES
from aurora.triage.assessment import Intent
from tests.line import NO, YES, example_library, said
from tests.unit.guidance.rated_call import RatedCall, first_line, pushing

TOLD = {
    "en": [
        "I think he breathed in gas",
        "he was working with chlorine",
        "there was an explosion",
        "somebody attacked him",
        "he was stabbed by a colleague who ran off",
        "the fire alarm is ringing",
        "there's a fire next door",
    ],
    "es": [
        "estaba trabajando con cloro",
        "hubo una explosión",
        "lo apuñaló un compañero que huyó",
        "hay un incendio en la nave de al lado",
    ],
    "fr": [
        "il travaillait avec du chlore",
        "il y a eu une explosion",
        "il a été poignardé par un collègue qui s'est enfui",
        "j'entends l'alarme incendie",
        "il y a le feu à côté",
    ],
    "de": [
        "er hat mit Chlor gearbeitet",
        "es gab eine Explosion",
        "er wurde von einem Kollegen niedergestochen der abgehauen ist",
        "der Feueralarm geht",
        "nebenan brennt es",
    ],
}
STABBED = (
    "he was stabbed by a colleague who ran off",
    "lo apuñaló un compañero que huyó",
    "il a été poignardé par un collègue qui s'est enfui",
    "er wurde von einem Kollegen niedergestochen der abgehauen ist",
)
FIRES = {
    "en": "there's a fire",
    "es": "hay fuego",
    "fr": "il y a le feu",
    "de": "es brennt",
}
NOT_HERE = {
    "en": ["we're fine it's far away", "it's over", "it's a false alarm"],
    "es": ["está muy lejos", "ya pasó", "es una falsa alarma"],
    "fr": ["c'est loin d'ici", "c'est fini", "c'est une fausse alerte"],
    "de": ["das ist weit weg", "es ist vorbei", "das ist ein Fehlalarm"],
}
NOES = {
    "en": "no I'm inside with him pushing",
    "es": "no, estoy aquí con él apretando",
    "fr": "non je suis dedans avec lui, je masse",
    "de": "nein ich bin drin bei ihm und drücke",
}
ALL_TOLD = [(language, words) for language in LANGUAGES for words in TOLD[language]]
ALL_NOT_HERE = [(language, words) for language in LANGUAGES for words in NOT_HERE[language]]
EVERY = pytest.mark.parametrize("language", LANGUAGES)


def asks(language: str) -> list[str]:
    return example_library().phrases_in(language).danger_near


def stays_away(language: str) -> list[str]:
    return example_library().phrases_in(language).not_all_clear


@pytest.mark.parametrize(("language", "words"), ALL_TOLD)
def test_pushing_goes_on_while_it_is_asked_whether_the_danger_is_here(
    language: str, words: str
) -> None:
    call = pushing(language)

    assert call.hear(words).endswith(asks(language)[0])
    assert call.running == "cardiac_arrest"


@EVERY
def test_a_danger_that_is_here_after_all_stops_them(language: str) -> None:
    call = pushing(language)
    call.hear(TOLD[language][-1])

    assert call.take(YES).startswith(first_line("fire", language))


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "yes he's still here"),
        ("es", "sí, sigue aquí"),
        ("fr", "oui il est toujours là"),
        ("de", "ja er ist noch da"),
    ],
)
def test_a_yes_with_more_words_is_a_yes(language: str, words: str) -> None:
    call = pushing(language)
    call.hear(next(one for one in TOLD[language] if one in STABBED))

    assert call.hear(words).startswith(first_line("violence", language))


@EVERY
def test_one_that_is_not_here_is_not_asked_about_again(language: str) -> None:
    call = pushing(language)
    call.hear(TOLD[language][-1])
    call.hear(NOES[language])

    heard = call.hear(TOLD[language][-1])
    assert not any(line in heard for line in asks(language))
    assert call.running == "cardiac_arrest"


def test_it_stops_them_once_it_is_here() -> None:
    call = pushing()
    call.hear("there's a fire next door")
    call.take(NO)

    assert call.hear("there's a fire in here now").startswith(first_line("fire"))


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "there's been an explosion and now the building is on fire"),
        ("en", "the fire next door is coming towards us"),
        ("es", "hubo una explosión y ahora hay fuego"),
        ("fr", "il y a eu une explosion et maintenant il y a le feu"),
        ("de", "es gab eine Explosion und jetzt brennt es"),
    ],
)
def test_a_danger_that_came_of_it_and_is_here_stops_them(language: str, words: str) -> None:
    call = pushing(language)
    call.hear(words)

    assert call.running in ("fire", "explosion")


def test_a_question_that_was_not_heard_is_asked_again() -> None:
    call = pushing()
    call.hear("there's a fire next door")

    assert call.take(said(intent=Intent.REPEAT)).endswith(asks("en")[1])
    assert call.take(YES).startswith(first_line("fire"))


@pytest.mark.parametrize(("language", "words"), ALL_NOT_HERE)
def test_a_danger_that_is_not_here_gives_compressions_back_at_once(
    language: str, words: str
) -> None:
    call = pushing(language)
    call.hear(FIRES[language])
    assert call.running == "fire"

    heard = call.hear(words)
    assert heard.startswith(first_line("cardiac_arrest", language))
    assert example_library().phrases_in(language).beside_you not in heard


def test_attackers_who_ran_away_give_them_back_and_those_who_fled_a_fire_do_not() -> None:
    call = pushing()
    call.hear("he's coming at us with a knife")
    assert call.running == "violence"
    assert call.hear("no they ran away").startswith(first_line("cardiac_arrest"))

    call = pushing()
    call.hear("there's a fire")
    call.hear("they all ran away")
    assert call.running == "fire"


@pytest.mark.parametrize("words", ["the exit is far away", "it's not over", "is it far away?"])
def test_words_that_leave_a_danger_here_do_not(words: str) -> None:
    call = pushing()
    call.hear("there's a fire")
    call.hear(words)

    assert call.running == "fire"


def test_live_power_is_not_over_by_being_told_so() -> None:
    call = pushing()
    call.hear("he's still holding the cable")
    call.hear("it's over")

    assert call.running == "electrocution"


@EVERY
def test_nobody_who_pushes_is_told_to_keep_away_until_an_all_clear(language: str) -> None:
    call = RatedCall(language)
    call.guide.start(call.situation, "cardiac_arrest")

    heard = call.hear(NOT_HERE[language][1])
    assert not any(line in heard for line in stays_away(language))
