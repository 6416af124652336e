"""A caller who cannot get out is told how to hold out, never to leave, and is nobody's missing."""

import pytest

from aurora.conversation.facts import learn
from aurora.guidance.guide import Guide
from aurora.guidance.handbook.handbook import Handbook
from aurora.guidance.procedure import Ask, Step
from aurora.guidance.shut_in import COURSES
from aurora.guidance.spoken import Guidance, Situation, remember
from aurora.guidance.state import GuidanceState
from aurora.levels import Urgency
from aurora.site.model import LANGUAGES
from aurora.triage.assessment import Assessment, Fact, Intent
from aurora.triage.text import normalise
from tests.line import NO, NOON, example_library, example_site, fire, rules_of, said

SHUT_IN = {
    "en": (
        "I can't get out, the door is locked",
        "we're trapped in the office",
        "no, we cannot get past the fire",
        "I'm stuck on the second floor",
        "there is no way out",
    ),
    "es": (
        "no puedo salir, la puerta está cerrada",
        "estamos atrapados en la oficina",
        "no, no podemos bajar",
        "no hay salida",
    ),
    "fr": (
        "je ne peux pas sortir, la porte est bloquée",
        "on est coincés à l'étage",
        "non, nous ne pouvons pas passer",
        "il n'y a aucune issue",
    ),
    "de": (
        "ich komme nicht raus, die Tür ist verschlossen",
        "wir sitzen im Büro fest",
        "nein, wir kommen hier nicht mehr raus",
        "es gibt keinen Ausweg",
    ),
}
OTHERS = {
    "en": ("he can't get out", "Tom is trapped", "we are outside", "I can get out now"),
    "es": ("no puede salir", "Tom está atrapado", "estamos fuera", "ya puedo salir"),
    "fr": ("il ne peut pas sortir", "Tom est coincé", "nous sommes dehors", "je peux sortir"),
    "de": ("er kommt nicht raus", "Tom ist gefangen", "wir sind draußen", "ich komme jetzt raus"),
}
INSIDE = {
    "en": ("I'm still inside", "we are still in the building", "I haven't got out"),
    "es": ("sigo dentro", "estamos todavía dentro"),
    "fr": ("je suis encore dedans", "on est encore à l'intérieur"),
    "de": ("ich bin noch drin", "wir sind noch im Gebäude"),
}
STILL_THERE = {
    "en": ("Tom is still inside", "two people are still inside"),
    "es": ("Tom sigue dentro", "quedan dos dentro"),
    "fr": ("Tom est encore dedans", "deux personnes sont encore à l'intérieur"),
    "de": ("Tom ist noch drin", "zwei sind noch drin"),
}
NO_WAY_THROUGH = {
    "en": (
        "no I can't, the door is hot",
        "the door handle is really hot",
        "the stairs are full of smoke",
        "the corridor is filled with smoke",
    ),
    "es": (
        "no puedo, la puerta está caliente",
        "la manija quema",
        "la escalera está llena de humo",
        "el pasillo está todo lleno de humo",
    ),
    "fr": (
        "je ne peux pas, la porte est brûlante",
        "la poignée est chaude",
        "l'escalier est plein de fumée",
        "le couloir est complètement enfumé",
    ),
    "de": (
        "ich kann nicht, die Tür ist heiß",
        "die Türklinke glüht",
        "das Treppenhaus ist voller Rauch",
        "der Flur ist total verqualmt",
    ),
}
"""Words by which the way out is through the fire, without a word of who is shut in."""
NOT_HOT = {
    "en": ("the door isn't hot", "the door is not hot", "I closed the door"),
    "es": ("la puerta no está caliente", "la puerta ya está cerrada", "la escalera está libre"),
    "fr": ("la porte n'est pas chaude", "j'ai fermé la porte", "l'escalier est libre"),
    "de": ("die Tür ist nicht heiß", "ich hab die Tür zugemacht", "ich bin auf dem Weg zu euch"),
}
CLEAR = {
    "en": ("the stairs are clear", "we found another way out", "I'm on my way out"),
    "es": ("la escalera ya está despejada", "encontramos otra salida", "ya estoy saliendo"),
    "fr": (
        "l'escalier est enfin libre",
        "on a trouvé une autre sortie",
        "je suis en train de sortir",
    ),
    "de": ("die Treppe ist jetzt frei", "wir haben einen anderen Ausgang gefunden"),
}
NOT_CLEAR = {
    "en": ("is there another way out?", "we can't find another way out"),
    "es": ("¿la escalera está libre?", "no encontramos otra salida"),
    "fr": ("l'escalier est libre ?", "on n'a pas trouvé une autre sortie"),
    "de": ("ist die Treppe frei?", "wir haben keinen anderen Ausgang gefunden"),
}
IN_SMOKE = tuple(procedure for procedure, course in COURSES.items() if course == "shut_in_smoke")
CALLS = [(procedure, language) for procedure in COURSES for language in LANGUAGES]


def facts(words: str, language: str) -> dict[str, Fact]:
    known: dict[str, Fact] = {}
    learn(known, rules_of(language).rate(words, language).facts)
    return known


class _Call:
    def __init__(self, procedure: str, language: str) -> None:
        self.guide = Guide(example_site(), example_library(), Handbook())
        self.situation = Situation(GuidanceState(), {}, language, Urgency.CRITICAL, NOON)
        self.guide.start(self.situation, procedure)
        self.situation.facts |= {"shut_in": True, "escaped": False}

    def hear(self, words: Assessment, text: str = "") -> list[str]:
        self.situation.facts.update(words.facts)
        return self._told(self.guide.plan(self.situation, words, text))

    def hear_words(self, words: str) -> list[str]:
        """What the rules state of them is known; nobody rates them."""
        language = self.situation.language
        stated = rules_of(language).rate(words, language).facts
        learn(self.situation.facts, stated)
        return self.hear(said(facts=stated, language=language), normalise(words))

    def wait(self) -> list[str]:
        return self._told(Guidance(self.guide.waiting(self.situation)))

    def _told(self, guidance: Guidance) -> list[str]:
        remember(self.situation.state, guidance.sentences)
        return [sentence.text for sentence in guidance.sentences]


@pytest.mark.parametrize("language", LANGUAGES)
def test_who_cannot_get_out_says_so_of_themselves(language: str) -> None:
    for words in SHUT_IN[language]:
        assert facts(words, language).get("shut_in") is True, words
    for words in OTHERS[language]:
        assert facts(words, language).get("shut_in") is not True, words


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_caller_who_is_not_out_is_not_counted_as_missing(language: str) -> None:
    for words in (*SHUT_IN[language], *INSIDE[language]):
        known = facts(words, language)
        assert known.get("escaped") is not True, words
        assert "people_missing" not in known, words
        assert "inside" not in known, words


@pytest.mark.parametrize("language", LANGUAGES)
def test_somebody_else_who_is_still_there_is_missing(language: str) -> None:
    for words in STILL_THERE[language]:
        assert facts(words, language).get("people_missing") is True, words


@pytest.mark.parametrize("language", LANGUAGES)
def test_whoever_is_out_is_no_longer_shut_in(language: str) -> None:
    known: dict[str, Fact] = {"shut_in": True, "escaped": False}
    learn(known, rules_of(language).rate(OTHERS[language][2], language).facts)

    assert known["shut_in"] is False
    learn(known, rules_of(language).rate(SHUT_IN[language][0], language).facts)
    assert known["escaped"] is False


def asked_whether_out(language: str) -> set[str]:
    return set(example_library().phrases_in(language).out_yet)


@pytest.mark.parametrize(("procedure", "language"), CALLS)
def test_while_shut_in_nothing_but_how_to_hold_out_is_said(procedure: str, language: str) -> None:
    call = _Call(procedure, language)
    course = getattr(example_library().phrases_in(language), COURSES[procedure])
    turns = [said(intent=Intent.DONE), NO, said(), said(intent=Intent.REPEAT)]
    told = [line for words in turns * 5 for line in call.hear(words)]

    assert set(told) - asked_whether_out(language) == set(course)


@pytest.mark.parametrize(("procedure", "language"), CALLS)
def test_a_silent_caller_who_is_shut_in_hears_how_to_hold_out(
    procedure: str, language: str
) -> None:
    call = _Call(procedure, language)
    course = getattr(example_library().phrases_in(language), COURSES[procedure])

    told = {line for _ in course * 2 for line in call.wait()}
    assert told - asked_whether_out(language) == set(course)


@pytest.mark.parametrize("language", LANGUAGES)
def test_once_the_way_is_clear_the_procedure_goes_on(language: str) -> None:
    call = _Call("fire", language)
    call.hear(said())
    told = call.hear(said(facts={"shut_in": False}))
    fire = example_library().procedure("fire", language)
    assert fire is not None
    items = [i.do if isinstance(i, Step) else i.ask for i in fire.then if isinstance(i, Ask | Step)]
    answers = [i.if_no.say for i in fire.then if isinstance(i, Ask) and i.if_no]

    assert set(told) & {*items, *answers}


def _in_smoke(procedure: str, language: str) -> tuple[_Call, set[str]]:
    """A call that began calmly, and what whoever is shut in by it is told."""
    call = _Call(procedure, language)
    call.situation.facts.clear()
    course = set(example_library().phrases_in(language).shut_in_smoke)
    return call, course | asked_whether_out(language)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("procedure", IN_SMOKE)
def test_whoever_was_told_how_to_hold_out_is_never_sent_through_the_smoke(
    procedure: str, language: str
) -> None:
    for words in NO_WAY_THROUGH[language]:
        call, course = _in_smoke(procedure, language)
        assert call.hear_words(words), words
        assert call.situation.facts["shut_in"] is True, words
        for answer in (NO, said(), said(intent=Intent.REPEAT)):
            assert set(call.hear(answer)) <= course, words
        assert set(call.wait()) <= course, words


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("procedure", IN_SMOKE)
def test_a_door_that_is_cool_or_closed_shuts_nobody_in(procedure: str, language: str) -> None:
    for words in NOT_HOT[language]:
        call, _ = _in_smoke(procedure, language)
        call.hear_words(words)
        assert call.situation.facts.get("shut_in") is not True, words


@pytest.mark.parametrize("language", LANGUAGES)
def test_somebody_else_who_is_trapped_does_not_shut_the_caller_in(language: str) -> None:
    for words in OTHERS[language][:2]:
        call, _ = _in_smoke("fire", language)
        call.hear_words(words)
        assert call.situation.facts.get("shut_in") is not True, words


@pytest.mark.parametrize("language", LANGUAGES)
def test_whoever_sees_the_smoke_from_outside_stays_outside(language: str) -> None:
    call, course = _in_smoke("fire", language)
    call.situation.facts["escaped"] = True
    call.hear_words(NO_WAY_THROUGH[language][2])

    assert not set(call.hear(said())) & course
    assert call.situation.facts["escaped"] is True


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_way_out_that_clears_ends_the_wait(language: str) -> None:
    for words in CLEAR[language]:
        call, course = _in_smoke("fire", language)
        call.hear_words(NO_WAY_THROUGH[language][0])

        assert not set(call.hear_words(words)) & course, words
        assert call.situation.facts["shut_in"] is False, words


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_way_out_that_is_only_asked_for_does_not_end_the_wait(language: str) -> None:
    for words in NOT_CLEAR[language]:
        call, _ = _in_smoke("fire", language)
        call.hear_words(NO_WAY_THROUGH[language][0])
        call.hear_words(words)

        assert call.situation.facts["shut_in"] is True, words


@pytest.mark.parametrize("language", LANGUAGES)
def test_whoever_reports_smoke_on_the_stairs_at_once_is_asked_nothing_about_being_out(
    language: str,
) -> None:
    call = _Call("fire", language)
    call.situation.facts.clear()
    call.situation.state = GuidanceState()
    words = normalise(NO_WAY_THROUGH[language][2])
    told = call.hear(fire(None, language=language), words)

    assert not any("?" in line for line in told)
    assert call.situation.facts["shut_in"] is True
