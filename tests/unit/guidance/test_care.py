"""Somebody hurt in a dangerous place is cared for once the caller is out of it, and not before."""

from typing import Any

import pytest

from aurora.guidance.care import CASUALTIES
from aurora.guidance.guide import Guide
from aurora.guidance.handbook.handbook import Handbook
from aurora.guidance.spoken import Situation
from aurora.guidance.state import GuidanceState
from aurora.levels import Hazard, Urgency
from aurora.site.model import LANGUAGES
from aurora.triage.assessment import Assessment, Intent
from tests.line import NOON, YES, example_library, example_site, fire, rules_of, said

HOLDING = sorted(
    {
        one.procedure
        for one in example_library().procedures.values()
        if one.hold_until and one.procedure not in CASUALTIES
    }
)
CARE = ("bleeding", "burns", "chest_pain", "injury", "cardiac_arrest")


def hurt(procedure: str = "bleeding", **parts: object) -> Assessment:
    return said(Urgency.CRITICAL, hazard=Hazard.INJURY, procedure=procedure, **parts)


class _Call:
    def __init__(self, place: str, language: str = "en") -> None:
        self.guide = Guide(example_site(), example_library(), Handbook())
        self.situation = Situation(GuidanceState(), {}, language, Urgency.CRITICAL, NOON)
        self.hear(said(Urgency.CRITICAL, hazard=Hazard.FIRE, procedure=place))

    def hear(self, words: Assessment) -> str:
        self.situation.facts.update(words.facts)
        guidance = self.guide.plan(self.situation, words, "")
        return " ".join(sentence.text for sentence in guidance.sentences)

    def come_out(self) -> str:
        """The caller says what the running procedure holds for."""
        running = self.guide.library.running(self.situation.state, self.situation.language)
        assert running is not None
        return self.hear(said(facts=running.hold_until))

    @property
    def running(self) -> str | None:
        return self.situation.state.procedure

    def first_line(self, procedure: str) -> str:
        found = self.guide.library.procedure(procedure, self.situation.language)
        assert found is not None
        return found.first_line

    @property
    def only_beside_you(self) -> str:
        return example_library().phrases_in(self.situation.language).beside_you


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("place", HOLDING)
def test_once_out_of_any_danger_a_casualty_is_cared_for(place: str, language: str) -> None:
    for care in CARE:
        call = _Call(place, language)
        call.come_out()

        assert call.hear(hurt(care)).startswith(call.first_line(care)), care


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("place", HOLDING)
def test_care_waits_in_any_danger_and_begins_once_the_caller_is_out(
    place: str, language: str
) -> None:
    call = _Call(place, language)

    assert call.first_line("bleeding") not in call.hear(hurt())
    assert call.running == place
    assert call.come_out().startswith(call.first_line("bleeding"))


def test_a_bare_yes_to_whether_they_are_out_begins_the_care_that_waited() -> None:
    call = _Call("fire")
    call.hear(hurt())
    call.situation.state.awaiting = "escaped"

    assert call.hear(YES).startswith(call.first_line("bleeding"))


def test_of_all_care_that_waits_the_worst_begins() -> None:
    call = _Call("fire")
    for care in ("burns", "bleeding", "injury"):
        call.hear(hurt(care))
    call.come_out()

    assert call.running == "bleeding"


def test_care_for_somebody_who_is_still_inside_goes_on_waiting() -> None:
    call = _Call("fire")
    call.hear(hurt(facts={"inside": True}))
    call.come_out()
    assert call.running == "fire"

    call.hear(said(facts={"inside": False}))
    assert call.running == "bleeding"


@pytest.mark.parametrize("language", LANGUAGES)
def test_care_out_of_a_danger_is_only_for_whoever_is_out_of_it(language: str) -> None:
    call = _Call("fire", language)
    call.come_out()

    assert call.only_beside_you in call.hear(hurt())


@pytest.mark.parametrize("fact", [("self_hurt", True), ("inside", False)])
def test_who_is_out_for_certain_is_not_doubted(fact: tuple[str, bool]) -> None:
    call = _Call("fire")
    call.come_out()

    assert call.only_beside_you not in call.hear(hurt(facts=dict([fact])))


def test_a_worse_place_interrupts_care_which_goes_on_once_the_caller_is_out_again() -> None:
    call = _Call("fire")
    call.come_out()
    call.hear(hurt())
    call.hear(said(Urgency.CRITICAL, hazard=Hazard.EXPLOSION, procedure="explosion"))
    assert call.running == "explosion"

    call.hear(said())
    assert call.running == "explosion"
    assert call.come_out().startswith(call.first_line("bleeding"))


def test_whoever_was_out_of_one_danger_is_not_by_that_out_of_the_next() -> None:
    call = _Call("fire")
    call.come_out()
    call.hear(said(Urgency.CRITICAL, hazard=Hazard.EXPLOSION, procedure="explosion"))

    assert not call.guide.may_start(call.situation, "cardiac_arrest")


def test_the_fire_that_care_followed_does_not_begin_again() -> None:
    call = _Call("fire")
    call.come_out()
    call.hear(hurt())
    call.hear(fire())

    assert call.running == "bleeding"


BURNED = {
    "en": ("my mate got burned", "he has burns on his arms", "she's burnt", "I burned my hand"),
    "es": ("mi compañero se ha quemado", "tiene quemaduras", "me quemé la mano"),
    "fr": ("mon collègue est brûlé", "il a des brûlures", "je me suis brûlé la main"),
    "de": (
        "mein Kollege hat Verbrennungen",
        "er hat sich verbrannt",
        "ich habe mir die Hand verbrannt",
    ),
}
RATED = (
    (Urgency.NORMAL, Hazard.BURN, "burns", 0.7),
    (Urgency.URGENT, Hazard.BURN, "burns", 0.6),
    (Urgency.CRITICAL, Hazard.BURN, None, 0.42),
    (Urgency.CRITICAL, Hazard.FIRE, None, 0.8),
)
"""How a burn is rated, by its words and by the model: none of it says that nobody is burned."""


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("urgency", "hazard", "procedure", "confidence"), RATED)
def test_a_burn_is_cooled_once_the_caller_is_out_however_it_is_rated(
    urgency: Urgency, hazard: Hazard, procedure: str | None, confidence: float, language: str
) -> None:
    for words in BURNED[language]:
        call = _Call("fire", language)
        call.come_out()
        told = call.hear(
            said(
                urgency,
                hazard=hazard,
                procedure=procedure,
                confidence=confidence,
                reasons=rules_of(language).rate(words, language).reasons,
            )
        )

        assert told.startswith(call.first_line("burns")), words


def test_a_burn_told_of_inside_is_cooled_once_the_caller_is_out() -> None:
    call = _Call("fire")
    call.hear(said(hazard=Hazard.BURN, procedure="burns", reasons=("burn",)))
    assert call.running == "fire"

    assert call.come_out().startswith(call.first_line("burns"))


def test_a_small_hurt_told_of_inside_is_no_casualty_to_ask_after() -> None:
    call = _Call("fire")
    told = call.hear(said(hazard=Hazard.INJURY, procedure="injury", reasons=("injury",)))

    assert "breathing" not in told
    assert call.running == "fire"


@pytest.mark.parametrize(
    "words", [{"reasons": ("burn:past",)}, {"reasons": ("burn",), "is_drill": True}, {}]
)
def test_a_burn_of_the_past_or_of_a_drill_begins_no_care(words: dict[str, Any]) -> None:
    call = _Call("fire")
    call.come_out()
    call.hear(said(hazard=Hazard.BURN, procedure="burns", **words))

    assert call.running == "fire"


@pytest.mark.parametrize(
    ("words", "running"),
    [
        ("my clothes are on fire", "burns"),
        ("help my sleeve is on fire", "burns"),
        ("his overalls are on fire and the bench too", "fire"),
        ("the shed is on fire", "fire"),
    ],
)
def test_clothes_alone_on_fire_are_somebody_to_put_out_and_to_cool(
    words: str, running: str
) -> None:
    guide = Guide(example_site(), example_library(), Handbook())
    situation = Situation(GuidanceState(), {}, "en", Urgency.CRITICAL, NOON)
    guide.plan(situation, fire(None), words)

    assert situation.state.procedure == running


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "it's out now"),
        ("es", "ya se apago"),
        ("fr", "c'est eteint maintenant"),
        ("de", "die flammen sind aus"),
    ],
)
def test_once_the_flames_on_somebody_are_out_the_burn_is_cooled(language: str, words: str) -> None:
    guide = Guide(example_site(), example_library(), Handbook())
    situation = Situation(GuidanceState(), {}, language, Urgency.CRITICAL, NOON)
    guide.start(situation, "burns")
    told = guide.plan(situation, said(intent=Intent.ALL_CLEAR, language=language), words)

    assert told.sentences[0].name == "reply.flames_out"
