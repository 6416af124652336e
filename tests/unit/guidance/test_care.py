"""Somebody hurt in a dangerous place is cared for once the caller is out of it, and not before."""

import pytest

from aurora.guidance.care import CASUALTIES
from aurora.guidance.guide import Guide
from aurora.guidance.handbook.handbook import Handbook
from aurora.guidance.spoken import Situation
from aurora.guidance.state import GuidanceState
from aurora.levels import Hazard, Urgency
from aurora.site.model import LANGUAGES
from aurora.triage.assessment import Assessment
from tests.line import NOON, YES, example_library, example_site, fire, said

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
