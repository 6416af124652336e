"""Asked where something is: the confirmed zone's own data, or the question which zone; no other."""

import pytest

from aurora.conversation.turn import Turn
from aurora.levels import Hazard, Urgency
from aurora.site.model import LANGUAGES, spoken
from aurora.triage.assessment import Assessment, Intent, Place
from tests.emergency import PROCEDURES, talk
from tests.line import NO, dialogue, example_library, example_site, fire, new_call, said
from tests.line import NOON as NOW
from tests.rows import each_row

ASKED = {
    "exit": {
        "en": "which way out",
        "es": "por donde salgo",
        "fr": "par ou on sort",
        "de": "wo ist der ausgang",
    },
    "muster": {
        "en": "where do we go",
        "es": "a donde vamos",
        "fr": "ou on va",
        "de": "wohin sollen wir gehen",
    },
    "aed": {
        "en": "where is the aed",
        "es": "donde esta el desfibrilador",
        "fr": "ou est le defibrillateur",
        "de": "wo ist der defi",
    },
    "eyewash": {
        "en": "where is the eyewash",
        "es": "donde esta el lavaojos",
        "fr": "ou est le lave-oeil",
        "de": "wo ist die augendusche",
    },
    "shower": {
        "en": "where is the emergency shower",
        "es": "donde esta la ducha",
        "fr": "ou est la douche",
        "de": "wo ist die notdusche",
    },
}
ROWS = [(kind, language, words) for kind, by in ASKED.items() for language, words in by.items()]


def question(language: str, **parts: object) -> Assessment:
    return said(Urgency.ASSISTIVE, intent=Intent.QUESTION, language=language, **parts)


def converse(language: str, *rows: tuple[str, Assessment], zone: str | None = None) -> list[Turn]:
    line, call = dialogue(dict(rows)), new_call(language=language)
    call.place.zone_id = zone
    turns = []
    for words, _ in rows:
        turns.append(line.hear(call, words, NOW))
        line.close_turn(turns[-1])
    return turns


def answer(kind: str, language: str, zone_id: str = "c") -> str:
    zone = example_site().zone(zone_id)
    if kind == "exit":
        return spoken(zone.exits[0].name, language)
    if kind == "muster":
        return spoken(example_site().muster_point(zone.muster_point).name, language)
    return spoken(getattr(zone, kind), language)


@each_row(("kind", "language", "words"), ROWS)
def test_in_an_emergency_it_is_answered_from_the_confirmed_zone(kind, language, words):
    _, turn = converse(
        language, ("fire", fire("c", language=language)), (words, question(language))
    )

    assert answer(kind, language) in turn.message
    assert turn.is_settled


@each_row(("kind", "language", "words"), ROWS)
def test_in_an_everyday_call_it_is_answered_the_same(kind, language, words):
    [turn] = converse(language, (words, question(language)), zone="c")

    assert answer(kind, language) in turn.message
    assert not turn.call.urgency.is_emergency


@each_row(("kind", "language", "words"), ROWS)
def test_without_a_confirmed_zone_the_zone_is_asked_and_the_answer_follows(kind, language, words):
    place = Place("Zone C", "c")
    _, asked, told = converse(
        language,
        ("fire", fire(None, language=language)),
        (words, question(language)),
        ("c", said(language=language, place=place)),
    )

    assert "ask_zone" in [sentence.name for sentence in asked.sentences]
    assert not any(name in asked.message for name in every_way_out(language))
    assert answer(kind, language) in told.message


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_everyday_question_without_a_zone_is_answered_once_the_zone_is_named(language):
    first, second = converse(
        language,
        (ASKED["aed"][language], question(language)),
        ("c", said(language=language, place=Place("Zone C", "c"))),
    )

    assert not any(name in first.message for name in every_way_out(language))
    assert first.call.place.times_asked == 1
    assert answer("aed", language) in second.message


@pytest.mark.parametrize("kind", ["exit", "muster", "aed"])
def test_a_doubtful_zone_is_cleared_up_before_anything_is_told(kind):
    doubtful = question("en", place=Place("Zone B", "b", 0.6))
    _, asked, told = converse(
        "en",
        ("fire", fire(None)),
        (ASKED[kind]["en"], doubtful),
        ("no", NO),
    )

    assert "Zone B" in asked.message
    assert asked.sentences[-1].is_question
    assert answer(kind, "en", "b") not in asked.message + told.message


def test_a_zone_without_an_eyewash_says_so_and_names_no_other_zones():
    _, turn = converse("en", ("fire", fire("b")), (ASKED["eyewash"]["en"], question("en")))

    assert "no eyewash on my plan for Zone B" in turn.message
    assert "press 1" not in turn.message


def test_whoever_hides_is_not_sent_out():
    threat = said(Urgency.CRITICAL, procedure="violence")
    _, turn = converse(
        "en", ("a man with a knife", threat), (ASKED["exit"]["en"], question("en")), zone="b"
    )

    assert "gate" not in turn.message


def test_whoever_is_trapped_is_not_told_the_way_out_they_do_not_have():
    _, turn = converse(
        "en",
        ("fire, i am trapped", fire("b", facts={"trapped": True})),
        (ASKED["exit"]["en"], question("en")),
    )

    assert "gate" not in turn.message


def test_asking_for_the_defibrillator_does_not_mean_it_is_there():
    arrest = said(Urgency.CRITICAL, procedure="cardiac_arrest")
    asked = question("fr", facts={"aed_here": True})
    _, turn = converse("fr", ("arret", arrest), (ASKED["aed"]["fr"], asked), zone="b")

    assert "aed_here" not in turn.call.facts


def test_the_place_asked_for_with_the_alarm_comes_with_the_first_line():
    [turn] = converse("en", (f"fire, {ASKED['muster']['en']}", fire("b")))

    assert turn.sentences[0].text == example_library().procedures["fire", "en"].first_line
    assert answer("muster", "en", "b") in turn.message


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_now_brings_the_next_step(language):
    words = {"en": "and then", "es": "y ahora que", "fr": "et apres", "de": "was jetzt"}[language]
    _, turn = converse(
        language, ("fire", fire("b", language=language)), (words, question(language))
    )

    assert "step" in [sentence.name for sentence in turn.sentences]
    assert "do_not_know_in_emergency" not in [sentence.name for sentence in turn.sentences]
    assert turn.is_settled


ASKING = {
    "en": "what can i do",
    "es": "que puedo hacer",
    "fr": "dites-moi quoi faire",
    "de": "was soll ich denn jetzt tun",
}


@each_row(("procedure", "language"), PROCEDURES)
def test_whoever_asks_what_to_do_is_never_told_that_it_is_not_known(procedure, language):
    hazard = example_library().procedures[procedure, language].hazard
    help_ = said(Urgency.CRITICAL, procedure=procedure, hazard=hazard, language=language)
    line = dialogue({"help": help_, ASKING[language]: question(language)})
    turns = list(talk(line, new_call(language=language), ["help", *[ASKING[language]] * 6]))
    names = [sentence.name for turn in turns for sentence in turn.sentences]

    assert any(name == "step" or name.startswith("ask.") for name in names)
    assert not {"do_not_know_in_emergency", "only_what_i_say"} & set(names)


def test_what_now_gives_the_step_and_the_question_that_is_still_open():
    rows = [("a man is in the press", said(Urgency.CRITICAL, procedure="caught_in_machine"))]
    *_, turn = converse("en", *rows, ("what now", question("en")), zone="b")

    assert [s.name.partition(".")[0] for s in turn.sentences] == ["step", "ask"]


def every_way_out(language: str) -> set[str]:
    return {spoken(way.name, language) for zone in example_site().zones for way in zone.exits}


@pytest.mark.parametrize(
    ("words", "urgency"),
    [
        ("we are in zone c", Urgency.NORMAL),
        ("zone c and the whole tank is glowing green", Urgency.URGENT),
    ],
)
def test_the_zone_that_was_asked_for_is_no_emergency_by_itself(words, urgency):
    unknown = said(Urgency.URGENT, hazard=Hazard.OTHER, confidence=0.3, place=Place("Zone C", "c"))
    *_, turn = converse("en", (ASKED["aed"]["en"], question("en")), (words, unknown))

    assert turn.call.urgency is urgency
