"""What burns on the skin is no fire: nobody is sent away from the shower for it."""

import pytest

from aurora.conversation.dialogue import Dialogue
from aurora.guidance.cues import Cue, cues_in
from aurora.guidance.in_context import SMARTING
from aurora.levels import Hazard, Urgency
from aurora.site.model import LANGUAGES
from aurora.triage.text import Utterance, normalise
from tests.line import NOON, dialogue, fire, new_call, said

PAIN = {
    "en": "it's burning, it's burning so bad",
    "es": "me quema, me quema mucho, está ardiendo",
    "fr": "ça brûle ça brûle beaucoup",
    "de": "es brennt furchtbar auf der haut",
}
FIRES = {
    "en": [
        "the drum is burning",
        "it's burning, there are flames",
        "his sleeve is on fire",
        "the generator, it's burning",
        "it's burning behind the store",
        "there's a fire",
        "smoke, it's burning",
    ],
    "es": [
        "el bidón está ardiendo",
        "se está quemando",
        "me quema, hay llamas",
        "el generador está ardiendo",
        "hay fuego",
    ],
    "fr": [
        "le bidon brûle",
        "ça brûle dans l'atelier",
        "ça brûle, il y a des flammes",
        "le générateur ça brûle",
        "il y a le feu",
    ],
    "de": [
        "der Schrank brennt",
        "es brennt im Lager",
        "es brennt, ich sehe Flammen",
        "der Generator brennt",
        "das Fass hat Feuer gefangen",
    ],
}


def _line(language: str, running: str, *heard: str) -> tuple[Dialogue, list[str | None]]:
    """What runs after each of these words, all rated as fire, once `running` began."""
    script = {words: fire(None, language=language) for words in heard}
    script["start"] = said(
        Urgency.CRITICAL, hazard=Hazard.CHEMICAL, procedure=running, language=language
    )
    line = dialogue(script)
    call = new_call(language=language)
    ran = []
    for words in ("start", *heard):
        line.hear(call, words, NOON)
        ran.append(call.guidance.procedure)
    return line, ran[1:]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("running", sorted(SMARTING))
def test_pain_keeps_the_casualty_where_the_running_procedure_has_them(
    running: str, language: str
) -> None:
    words = Utterance(normalise(PAIN[language])).flat
    _, ran = _line(language, running, words)

    assert "fire" not in ran


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_fire_at_the_shower_is_still_a_fire(language: str) -> None:
    for words in FIRES[language]:
        flat = Utterance(normalise(words)).flat
        assert _line(language, "chemical_splash", flat)[1] == ["fire"], words


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_named_fire_never_sounds_like_pain(language: str) -> None:
    for words in FIRES[language]:
        assert Cue.SMARTS not in cues_in(Utterance(normalise(words)).flat, language), words


@pytest.mark.parametrize("language", LANGUAGES)
def test_burning_that_begins_a_call_is_a_fire(language: str) -> None:
    words = Utterance(normalise(PAIN[language])).flat
    line = dialogue({words: fire(None, language=language)})
    call = new_call(language=language)
    line.hear(call, words, NOON)

    assert call.guidance.procedure == "fire"


def test_pain_never_lowers_the_urgency_nor_changes_the_hazard() -> None:
    words = Utterance(normalise(PAIN["en"])).flat
    script = {"acid": said(Urgency.URGENT, hazard=Hazard.CHEMICAL, procedure="chemical_splash")}
    line = dialogue({**script, words: fire(None)})
    call = new_call()
    line.hear(call, "acid", NOON)
    line.hear(call, words, NOON)

    assert (call.urgency, call.hazard) == (Urgency.CRITICAL, Hazard.CHEMICAL)
