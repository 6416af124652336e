"""A bomb that is threatened is not one that went off, and no radio is used beside it."""

import pytest

from aurora.guidance.procedure import compiled
from aurora.levels import Hazard, Urgency
from aurora.site.model import LANGUAGES
from aurora.triage.text import Utterance, normalise
from tests.line import NOON, dialogue, example_library, new_call, said

TO_COME = {
    "en": ("it will explode at three o'clock", "no nothing exploded yet", "it could explode"),
    "es": ("va a explotar a las tres", "no, todavía no ha explotado nada", "puede estallar"),
    "fr": ("elle va exploser à trois heures", "non, rien n'a explosé", "ça peut exploser"),
    "de": ("sie explodiert um drei Uhr", "nein, nichts ist explodiert", "sie kann explodieren"),
}
HAPPENED = {
    "en": ("it went off, there was a bang", "the bomb has exploded"),
    "es": ("ha explotado", "la bomba ha explotado"),
    "fr": ("ça a explosé", "la bombe a explosé"),
    "de": ("es hat geknallt", "die Bombe ist explodiert"),
}
RADIO = {
    "en": "can I use my radio",
    "es": "puedo usar mi radio",
    "fr": "je peux utiliser ma radio",
    "de": "darf ich mein Funkgerät benutzen",
}


def _runs_after(language: str, words: str) -> str | None:
    """What runs once a bomb threat runs and these words were rated as an explosion."""
    flat = Utterance(normalise(words)).flat
    parts = {"hazard": Hazard.EXPLOSION, "procedure": "explosion", "language": language}
    threat = {**parts, "hazard": Hazard.VIOLENCE, "procedure": "security_threat"}
    script = {"bomb": said(Urgency.CRITICAL, **threat), flat: said(Urgency.CRITICAL, **parts)}
    line = dialogue(script)
    call = new_call(language=language)
    for heard in ("bomb", flat):
        line.hear(call, heard, NOON)
    return call.guidance.procedure


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_explosion_to_come_leaves_the_bomb_threat(language: str) -> None:
    for words in TO_COME[language]:
        assert _runs_after(language, words) == "security_threat", words


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_explosion_that_happened_begins_its_own_course(language: str) -> None:
    for words in HAPPENED[language]:
        assert _runs_after(language, words) == "explosion", words


@pytest.mark.parametrize("language", LANGUAGES)
def test_whether_a_radio_may_be_used_is_answered(language: str) -> None:
    procedure = example_library().procedures["security_threat", language]
    words = Utterance(normalise(RADIO[language])).flat
    found = [r for r in procedure.replies if any(compiled(p).search(words) for p in r.when)]

    assert [reply.id for reply in found][:1] in (["radio"], ["phone_radio"])
