"""Sentences on their way to the caller, each with where its words come from."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from aurora.conditions.conditions import Conditions
from aurora.guidance.cues import Cue
from aurora.guidance.state import GuidanceState
from aurora.levels import Urgency
from aurora.site.model import Zone
from aurora.triage.assessment import Fact

REMEMBERED_SENTENCES = 200
TURNS_UNREPEATED = 10
"""Nothing that merely fills a turn comes back within so many turns."""
NO_INSTRUCTION = frozenset(
    {"acknowledge", "zone_noted", "zone_corrected", "keypad_yes_no", "only_in", "hand_off"}
)
"""Phrases that neither tell the caller to do something nor comfort."""
CALM = Conditions()
"""Nothing known: no wind, every exit open."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """One sentence and its source, such as "fire.en@1:first_line" or "model"."""

    text: str
    source: str

    @property
    def name(self) -> str:
        """The phrase's or the part's own name: "ask_zone", "reply.trapped"."""
        return self.source.rpartition(":")[2]

    @property
    def is_question(self) -> bool:
        return "?" in self.text


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
    """The caller's, confirmed; None keeps every zone-specific sentence unsaid."""
    incident_zone: Zone | None = None
    """Where it is happening, confirmed; mostly the caller's own."""
    is_keypad_only: bool = False
    is_quiet: bool = False
    """The caller must not be heard: nothing asks for louder words, keys are offered."""
    is_child: bool = False
    cues: frozenset[Cue] = frozenset()
    """What the words of this turn ask for or show of the caller."""
    conditions: Conditions = CALM
    """Wind and blocked exits, those included that this caller spoke of."""

    @property
    def takes_keys(self) -> bool:
        """Whether a yes or no is likely to come by key."""
        return self.is_keypad_only or self.is_quiet


@dataclass(slots=True)
class Guidance:
    """What to say in one turn, and what it does to the call."""

    sentences: list[Spoken] = field(default_factory=list)
    urgency: Urgency | None = None
    """A rise demanded by an answer or a procedure."""
    is_settled: bool = True
    """Approved words answer this turn; False lets the model try first."""
    needs_person: bool = False
    """The words are not in the caller's language: a person has to take over."""
    opens_keypad: bool = False
    """The keypad menu was read out to a caller who cannot speak."""

    def open_with(self, sentence: Spoken) -> None:
        """Say this first, in place of a word that the caller was heard."""
        rest = [one for one in self.sentences if one.name != "acknowledge"]
        self.sentences = [sentence, *rest]

    @property
    def has_question(self) -> bool:
        return any(sentence.is_question for sentence in self.sentences)


def fold(text: str) -> str:
    """Return a sentence without case, accents and punctuation, for comparing."""
    plain = unicodedata.normalize("NFKD", text.lower())
    return re.sub(r"[^a-z0-9]+", " ", plain.encode("ascii", "ignore").decode()).strip()


def remember(state: GuidanceState, sentences: list[Spoken]) -> None:
    """Note that these sentences were said, in one turn."""
    folded = [fold(sentence.text) for sentence in sentences]
    state.said += folded
    del state.said[:-REMEMBERED_SENTENCES]
    state.recent.append(folded)
    del state.recent[:-TURNS_UNREPEATED]
    state.questions_in_a_row = questions_in_a_row(state, sentences)


def was_said(state: GuidanceState, text: str) -> bool:
    return fold(text) in state.said


def is_fresh(state: GuidanceState, text: str) -> bool:
    """Whether a sentence was not said in any of the last turns."""
    folded = fold(text)
    return not any(folded in turn for turn in state.recent)


def freshest(state: GuidanceState, texts: Sequence[str]) -> str | None:
    """Return the first text not said in this call, else the one said longest ago; None when each
    was said in the last turns."""
    fresh = [text for text in texts if is_fresh(state, text)]
    unsaid = next((text for text in fresh if not was_said(state, text)), None)
    if unsaid is not None or not fresh:
        return unsaid
    backwards = state.said[::-1]
    return max(fresh, key=lambda text: backwards.index(fold(text)))


def questions_in_a_row(state: GuidanceState, sentences: Sequence[Spoken]) -> int:
    """Count the questions since the last instruction or comfort, these sentences included."""
    count = state.questions_in_a_row
    for sentence in sentences:
        if sentence.is_question:
            count += 1
        elif sentence.name not in NO_INSTRUCTION:
            count = 0
    return count
