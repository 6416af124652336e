"""What one turn comes to: the words to speak, what happens next, and what goes on the record."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from aurora.conditions.change import Change
from aurora.conversation.call import Call
from aurora.conversation.record import Event, Message
from aurora.guidance.spoken import Situation, Spoken
from aurora.triage.assessment import Fact


class Action(StrEnum):
    """What the line does after speaking."""

    LISTEN = "listen"
    END = "end"
    HAND_OFF = "hand_off"


@dataclass(slots=True)
class Turn:
    """One turn under way, from the caller's words to the answer."""

    call: Call
    situation: Situation
    sentences: list[Spoken] = field(default_factory=list)
    spoken_ahead: Spoken | None = None
    """The line that the caller heard before their words were finished."""
    action: Action = Action.LISTEN
    heard: Message | None = None
    """The caller's words; None when the call is only greeted."""
    events: list[Event] = field(default_factory=list)
    conditions: list[Change] = field(default_factory=list)
    """What the caller's words change for every caller of the site: a blocked exit."""
    facts_before: Mapping[str, Fact] = field(default_factory=dict)
    """The call's facts when the turn began."""
    is_overheard: bool = False
    """The caller speaks with a person: it is rated and recorded, and answered by nobody here."""
    is_failing: bool = False
    """Something inside failed: a person is needed at once, by the shortest way there is."""
    is_settled: bool = True
    """Approved words answer it; False lets the model try first."""
    stages_ms: dict[str, float] = field(default_factory=dict)
    """Milliseconds of each stage so far: triage, guidance, model_first_token, model, total."""
    refusals: list[dict[str, str]] = field(default_factory=list)
    """Sentences of the model that grounding refused, each with its reason."""
    model_rating: dict[str, str | None] | None = None
    """The model's header as it came: urgency, hazard, zone."""
    model_fault: str | None = None

    @property
    def message(self) -> str:
        """All sentences as one text."""
        return " ".join(sentence.text for sentence in self.sentences)
