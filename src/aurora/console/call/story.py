"""One call as its page shows it: words with their times, what happened, what is known."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from aurora.console.board.naming import Naming
from aurora.console.call.telling import Told, tell
from aurora.conversation.record import Event, Message
from aurora.conversation.timing import TIMED

ENOUGH_MS = {"critical": 300, "urgent": 500, "normal": 800, "assistive": 1000}
"""What an answer may take: beyond it the time is marked."""


@dataclass(frozen=True, slots=True)
class Line:
    """One party's words in one turn."""

    is_caller: bool
    text: str
    at: datetime
    urgency: str
    total_ms: float | None = None
    """How long the whole answer took."""
    is_late: bool = False
    stages_ms: Mapping[str, float] = field(default_factory=dict)
    sources: Sequence[str] = ()
    """Where Aurora's words come from: "fire.en@1:first_line", "model"."""
    refusals: Sequence[Mapping[str, str]] = ()
    """Sentences of the model that grounding refused, with the reason."""
    fault: str | None = None
    """Why the model gave no usable answer."""
    recognised: Mapping[str, Any] = field(default_factory=dict)
    """Of words that were spoken: the recogniser's confidence."""


@dataclass(frozen=True, slots=True)
class Story:
    """A whole call."""

    lines: list[Line]
    happened: list[Told]
    """Newest first."""
    notes: list[Told]
    refusals: int


def story_of(
    messages: Sequence[Message],
    events: Sequence[Event],
    say: Callable[[str], str],
    naming: Naming,
) -> Story:
    """Return what is told of a call; say: translates."""
    told = [one for event in events if (one := tell(event, say, naming)) is not None]
    lines = [_line(message) for message in messages]
    _time(lines, messages, events)
    return Story(
        lines=lines,
        happened=sorted(told, key=lambda one: one.at, reverse=True),
        notes=[one for one in told if one.kind == "operator_note"],
        refusals=sum(len(line.refusals) for line in lines),
    )


def incident_of(events: Sequence[Event]) -> str | None:
    """Return the incident that a call's newest alert was for."""
    named = (event.details.get("incident") for event in reversed(events))
    return next((str(one) for one in named if one), None)


def _line(message: Message) -> Line:
    details = message.details
    total = details.get("total_ms")
    return Line(
        is_caller=message.role == "user",
        text=message.content,
        at=message.at,
        urgency=message.urgency,
        total_ms=total,
        is_late=total is not None and total > ENOUGH_MS.get(message.urgency, 1000),
        stages_ms=details.get("stages_ms") or {},
        sources=details.get("sources") or (),
        refusals=details.get("refusals") or (),
        fault=details.get("model_fault"),
        recognised=details.get("recognised") or {},
    )


def _time(lines: list[Line], messages: Sequence[Message], events: Sequence[Event]) -> None:
    """Give each answer by voice the stages that were timed after it was spoken."""
    answers = [number for number, message in enumerate(messages) if message.role == "assistant"]
    for event in events:
        if event.kind != TIMED:
            continue
        before = [number for number in answers if messages[number].at <= event.at]
        if before:
            line, stages = lines[before[-1]], event.details.get("stages_ms") or {}
            lines[before[-1]] = replace(line, stages_ms={**line.stages_ms, **stages})
