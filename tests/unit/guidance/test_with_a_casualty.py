"""Whoever is in a danger with somebody is never told to stay for them, nor what is for outside."""

import pytest

from aurora.site.model import LANGUAGES
from tests.line import example_library
from tests.unit.guidance.rated_call import RatedCall, first_line, pushing, take_along

FIRES = {
    "en": "there's a fire in here now",
    "es": "hay fuego aquí ahora",
    "fr": "il y a le feu ici maintenant",
    "de": "hier brennt es jetzt",
}
STAYS = {
    "en": ["I can't move him", "I won't leave him", "he's too heavy"],
    "es": ["no puedo moverlo", "no lo voy a dejar", "pesa mucho"],
    "fr": ["je peux pas le bouger", "je ne le laisse pas", "il est trop lourd"],
    "de": ["ich kann ihn nicht bewegen", "ich lasse ihn nicht hier", "er ist zu schwer"],
}
DRAGS = {
    "en": "ok I'm dragging him",
    "es": "vale, lo arrastro",
    "fr": "ok je vais le tirer",
    "de": "gut, ich ziehe ihn raus",
}
AWAY = {
    "en": "yes we are well away",
    "es": "sí, estamos lejos",
    "fr": "oui on est loin",
    "de": "ja wir sind weit weg",
}
GAS = {"en": "I smell gas", "es": "huele a gas", "fr": "ça sent le gaz", "de": "es riecht nach Gas"}
ILL = {
    "en": "I have chest pain",
    "es": "tengo dolor en el pecho",
    "fr": "j'ai une douleur dans la poitrine",
    "de": "ich habe Brustschmerzen",
}
EVERY = pytest.mark.parametrize("language", LANGUAGES)
ALL_STAY = [(language, words) for language in LANGUAGES for words in STAYS[language]]


def in_a_fire(language: str) -> RatedCall:
    call = pushing(language)
    assert call.hear(FIRES[language]).startswith(first_line("fire", language))
    return call


def remark(name: str, language: str) -> list[str]:
    return example_library().remarks[language][name].say


@pytest.mark.parametrize(("language", "words"), ALL_STAY)
def test_who_cannot_be_moved_is_left(language: str, words: str) -> None:
    call = in_a_fire(language)
    leave = example_library().phrases_in(language).leave_them

    assert call.hear(words).startswith(leave[0])
    assert call.running == "fire"


@EVERY
def test_nobody_who_drags_a_casualty_out_is_told_not_to_move_them(language: str) -> None:
    heard = in_a_fire(language).hear(DRAGS[language])

    assert not any(line in heard for line in remark("move", language))


@EVERY
def test_words_for_outside_wait_until_the_caller_is_out(language: str) -> None:
    call = in_a_fire(language)
    asks = example_library().procedures["fire", language].then
    hurt = next(item for item in asks if getattr(item, "fact", "") == "people_hurt")
    call.situation.facts["people_hurt"] = True
    heard = [call.hear("ok") for _ in range(3)]

    assert not any(hurt.if_yes.say in one for one in heard)


@EVERY
def test_a_patient_is_not_told_to_drag_anybody(language: str) -> None:
    call = RatedCall(language)
    call.hear(ILL[language], procedure="chest_pain")
    heard = call.hear(FIRES[language])

    assert heard.startswith(first_line("fire", language))
    assert take_along(language) not in heard


@EVERY
def test_who_is_well_away_from_the_gas_is_out_of_it(language: str) -> None:
    call = RatedCall(language)
    call.hear(GAS[language])
    call.hear(AWAY[language])

    assert call.situation.facts["escaped"] is True


def test_nobody_is_sought_who_turned_up() -> None:
    call = RatedCall("en")
    call.hear("there's a fire")
    call.hear("I'm out")
    call.hear("Tom is missing")
    call.hear("Tom is here now")
    heard = " ".join(call.hear("ok") for _ in range(3))

    assert call.situation.facts["people_missing"] is False
    assert "Do not look for them" not in heard
