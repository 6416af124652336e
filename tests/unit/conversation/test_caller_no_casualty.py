"""A caller who is faint or cannot get out is no casualty beside themselves: nobody asks whether
"they" breathe, and no "no" is taken for that."""

import pytest

from aurora.conversation.call import Call
from aurora.conversation.dialogue import Dialogue
from aurora.guidance.cues import Cue, cues_in
from aurora.levels import Hazard, Urgency
from aurora.site.model import LANGUAGES
from aurora.triage.assessment import Assessment, Intent
from aurora.triage.text import normalise
from tests.line import NOON, dialogue, example_library, new_call, rules_of, said

FAINT = {
    "en": ("I'm going to faint", "I feel sleepy", "I think I'm going to pass out", "I feel dizzy"),
    "es": ("me voy a desmayar", "tengo mucho sueño", "estoy mareado", "me estoy durmiendo"),
    "fr": ("je vais m'évanouir", "j'ai sommeil", "j'ai la tête qui tourne", "je m'endors"),
    "de": ("ich werde ohnmächtig", "ich werde müde", "mir ist schwindlig", "ich kippe gleich um"),
}
ANOTHER = {
    "en": ("he is going to faint", "she feels dizzy", "my mate has fainted"),
    "es": ("mi compañero se va a desmayar", "ella está mareada", "se desmayó"),
    "fr": ("il va s'évanouir", "elle a la tête qui tourne", "mon collègue s'est évanoui"),
    "de": ("er wird ohnmächtig", "ihr ist schwindlig", "mein Kollege ist umgekippt"),
}
CANNOT = {
    "en": ("we can't go down", "I can't get out"),
    "es": ("no podemos bajar", "no puedo salir"),
    "fr": ("on ne peut pas descendre", "je ne peux pas sortir"),
    "de": ("wir können nicht runter", "ich komme nicht raus"),
}
HURT_SELF = {
    "en": "I can't breathe",
    "es": "no puedo respirar",
    "fr": "je n'arrive pas à respirer",
    "de": "ich bekomme keine Luft",
}
LIFELESS = {
    "en": "I'm bleeding and he is not moving",
    "es": "estoy herido y mi compañero no se mueve",
    "fr": "je saigne et il ne bouge plus",
    "de": "ich blute und er bewegt sich nicht",
}
PLACES = ("fire", "flammable_gas", "self_harm")


def _ill(words: str, language: str, procedure: str | None = "medical") -> Assessment:
    """These words taken for somebody ill, with what the rules state of them."""
    facts = rules_of(language).rate(words, language).facts
    return said(
        Urgency.CRITICAL,
        hazard=Hazard.MEDICAL,
        procedure=procedure,
        facts=facts,
        language=language,
        confidence=0.99,
    )


def _line(running: str, language: str, words: str, rated: Assessment) -> tuple[Dialogue, Call]:
    start = said(Urgency.CRITICAL, hazard=Hazard.FIRE, procedure=running, language=language)
    no = said(intent=Intent.NO, language=language)
    out = said(facts={"escaped": True}, language=language)
    line = dialogue({"start": start, normalise(words): rated, "no": no, "out": out})
    call = new_call(language=language)
    line.hear(call, "start", NOON)
    return line, call


def _told(line: Dialogue, call: Call, words: str) -> list[str]:
    return [sentence.text for sentence in line.hear(call, normalise(words), NOON).sentences]


def _casualty(language: str) -> set[str]:
    return set(example_library().phrases_in(language).casualty)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("running", PLACES)
def test_whether_a_caller_who_is_faint_breathes_is_not_asked(running: str, language: str) -> None:
    for words in FAINT[language]:
        line, call = _line(running, language, words, _ill(words, language))
        for _ in range(3):  # also when the answers to it have run out
            assert not _casualty(language) & set(_told(line, call, words)), words
        line.hear(call, "no", NOON)

        assert "breathing" not in call.facts, words
        assert "awake" not in call.facts, words
        line.hear(call, "out", NOON)
        assert call.guidance.procedure == running, words


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("running", PLACES)
def test_a_caller_who_is_faint_is_told_what_to_do_about_it(running: str, language: str) -> None:
    for words in FAINT[language]:
        line, call = _line(running, language, words, _ill(words, language))
        turn = line.hear(call, normalise(words), NOON)

        assert turn.sentences[0].name.startswith("reply."), words


@pytest.mark.parametrize("language", LANGUAGES)
def test_of_somebody_else_who_is_faint_it_is_asked(language: str) -> None:
    for words in ANOTHER[language]:
        assert Cue.FAINT not in cues_in(normalise(words), language), words
        line, call = _line("fire", language, words, _ill(words, language))

        assert _casualty(language) & set(_told(line, call, words)), words


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("procedure", [None, "medical"])
def test_whoever_cannot_get_out_is_no_casualty_by_that(
    procedure: str | None, language: str
) -> None:
    for words in CANNOT[language]:
        line, call = _line("fire", language, words, _ill(words, language, procedure))
        assert not _casualty(language) & set(_told(line, call, words)), words
        line.hear(call, "no", NOON)

        assert "breathing" not in call.facts, words


@pytest.mark.parametrize("language", LANGUAGES)
def test_of_a_caller_who_is_hurt_themself_nobody_asks_whether_they_breathe(language: str) -> None:
    words = HURT_SELF[language]
    line, call = _line("fire", language, words, _ill(words, language))
    for _ in range(3):
        assert not _casualty(language) & set(_told(line, call, words))


@pytest.mark.parametrize("language", LANGUAGES)
def test_of_another_who_lies_still_it_is_asked_although_the_caller_is_hurt(language: str) -> None:
    words = LIFELESS[language]
    line, call = _line("fire", language, words, _ill(words, language))

    assert _casualty(language) & set(_told(line, call, words))


@pytest.mark.parametrize(
    "words", ["we can't go down", "I cannot go down there", "we don't want to go down"]
)
def test_not_going_down_is_no_collapse(words: str) -> None:
    assert "unconscious" not in rules_of("en").rate(words, "en").reasons


@pytest.mark.parametrize(
    "words", ["he went down", "two men go down", "he fell down", "she gone down"]
)
def test_somebody_who_goes_down_is_a_collapse(words: str) -> None:
    assert "unconscious" in rules_of("en").rate(words, "en").reasons
