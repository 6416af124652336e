"""Sentences on their way to the caller, each with where its words come from."""

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import datetime

from aurora.conditions.conditions import Conditions
from aurora.guidance.state import GuidanceState
from aurora.levels import Urgency
from aurora.site.model import Zone
from aurora.triage.assessment import Fact

REMEMBERED_SENTENCES = 200
CALM = Conditions()
"""Nothing known: no wind, every exit open."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """One sentence and its source, such as "fire.en@1:first_line" or "model"."""

    text: str
    source: str


@dataclass(slots=True)
class Situation:
    """What guidance may know of a call; `state` and `facts` are the call's own."""

    state: GuidanceState
    facts: dict[str, Fact]
    language: str
    urgency: Urgency
    now: datetime
    """In the site's time zone."""
    zone: Zone | None = None
    """Confirmed; None keeps every zone-specific sentence unsaid."""
    is_keypad_only: bool = False
    conditions: Conditions = CALM
    """Wind and blocked exits, those included that this caller spoke of."""


@dataclass(slots=True)
class Guidance:
    """What to say in one turn, and what it does to the call."""

    sentences: list[Spoken] = field(default_factory=list)
    urgency: Urgency | None = None
    """A rise demanded by an answer or a procedure."""
    is_settled: bool = True
    """Approved words answer this turn; False lets the model try first."""


def fold(text: str) -> str:
    """Return a sentence without case, accents and punctuation, for comparing."""
    plain = unicodedata.normalize("NFKD", text.lower())
    return re.sub(r"[^a-z0-9]+", " ", plain.encode("ascii", "ignore").decode()).strip()


def remember(state: GuidanceState, sentences: list[Spoken]) -> None:
    """Note that these sentences were said."""
    state.said.extend(fold(sentence.text) for sentence in sentences)
    del state.said[:-REMEMBERED_SENTENCES]


def was_said(state: GuidanceState, text: str) -> bool:
    return fold(text) in state.said
