"""A line for tests: the packaged site and procedures, scripted triage, memory, a clock by hand."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import numpy as np

from aurora.conversation.call import Call
from aurora.conversation.dialogue import Dialogue
from aurora.guidance.grounding.check import Grounding
from aurora.guidance.guide import Guide
from aurora.guidance.handbook.handbook import Handbook
from aurora.guidance.library import Library
from aurora.guidance.load import load_library
from aurora.levels import Hazard, Urgency
from aurora.site.load import load_site, locate
from aurora.site.model import Site
from aurora.triage.assess import Heard
from aurora.triage.assessment import Assessment, Intent, Place
from aurora.triage.decide import Rating
from aurora.triage.rules import Rules, load_rulebooks

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


@cache
def example_site() -> Site:
    return load_site(locate(None))


@cache
def example_library() -> Library:
    return load_library(locate(None), example_site(), "en")


@cache
def example_grounding() -> Grounding:
    return Grounding(example_site(), example_library())


@cache
def rules_of(language: str) -> Rules:
    """The rules of one language, as if a line spoke no other."""
    return Rules({language: _rulebooks()[language]})


_rulebooks = cache(load_rulebooks)


@dataclass
class Clock:
    """Virtual time: it moves when a test moves it."""

    now: datetime = NOON

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **amount: float) -> None:
        self.now += timedelta(**amount)


def said(urgency: Urgency = Urgency.NORMAL, **parts: Any) -> Assessment:
    """An assessment with everything left out that a test does not care for."""
    defaults: dict[str, Any] = {
        "hazard": Hazard.NONE,
        "procedure": None,
        "language": "en",
        "confidence": 0.9,
    }
    return Assessment(urgency=urgency, **{**defaults, **parts})


def fire(zone: str | None = "b", **parts: Any) -> Assessment:
    place = Place(f"Zone {zone.upper()}", zone) if zone else None
    return said(
        Urgency.CRITICAL,
        **{"hazard": Hazard.FIRE, "procedure": "fire", "place": place, **parts},
    )


YES = said(intent=Intent.YES)
NO = said(intent=Intent.NO)


@dataclass
class ScriptedTriage:
    """Gives each utterance the assessment the test wrote down for it."""

    script: Mapping[str, Assessment] = field(default_factory=dict)

    def assess(
        self, words: str, *, language: str, before: str = "", is_place_expected: bool = False
    ) -> Heard:
        return Heard(words.lower(), self.script.get(words, said(language=language)), 0.1)

    def glance(self, words: str, *, language: str) -> Rating:
        assessment = self.script.get(words, said(language=language))
        return Rating(assessment.urgency, assessment.hazard, np.zeros(4))


def dialogue(
    script: Mapping[str, Assessment] | None = None,
    max_exchanges: int = 20,
    handbook: Handbook | None = None,
) -> Dialogue:
    guide = Guide(example_site(), example_library(), handbook or Handbook())
    triage: Any = ScriptedTriage(script or {})
    return Dialogue(example_site(), triage, guide, max_exchanges=max_exchanges)


def new_call(**parts: Any) -> Call:
    defaults: dict[str, Any] = {
        "id": "call_1_20260302_120000",
        "line": "gather",
        "site": "example_works",
        "worker_id": "worker_1",
        "language": "en",
        "started_at": NOON,
    }
    return Call(**{**defaults, **parts})
