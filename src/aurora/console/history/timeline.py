"""A call's words and happenings in one order of time, as the record page and the PDF show them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from aurora.console.terms import event_name
from aurora.conversation.timing import TIMED
from aurora.records.call_record import WholeCall

_SELF_EVIDENT = {"is_drill", "state"}


@dataclass(frozen=True, slots=True)
class Moment:
    """One thing that was said or happened."""

    at: datetime
    kind: str
    """user, assistant or event."""
    text: str
    """Words as they were said; of an event its English name."""
    urgency: str = ""
    details: Sequence[tuple[str, str]] = ()
    """Name and value, as on record."""
    stages_ms: Mapping[str, float] = field(default_factory=dict)
    total_ms: float | None = None
    sources: Sequence[str] = ()
    refusals: Sequence[tuple[str, str]] = ()
    """Sentences of the model that were not spoken, each with the reason."""


def timeline(whole: WholeCall) -> list[Moment]:
    """Return everything in the order it happened; what happened in a turn is before its answer."""
    said = [
        (message.at, 1 if message.role == "assistant" else -1, number, _said(message))
        for number, message in enumerate(whole.messages)
    ]
    happened = [
        (event.at, 0, number, _happened(event.kind, event.at, event.details))
        for number, event in enumerate(whole.events)
    ]
    ordered = sorted([*said, *happened], key=lambda item: item[:3])
    return [moment for *_, moment in ordered]


def _said(message: Any) -> Moment:
    details = message.details
    stages = details.get("stages_ms")
    total = details.get("total_ms")
    return Moment(
        at=message.at,
        kind=message.role,
        text=message.content,
        urgency=str(message.urgency),
        stages_ms=stages if isinstance(stages, Mapping) else {},
        total_ms=float(total) if isinstance(total, int | float) else None,
        sources=[str(source) for source in details.get("sources", ())],
        refusals=[
            (str(refusal.get("sentence", "")), str(refusal.get("reason", "")))
            for refusal in details.get("refusals", ())
            if isinstance(refusal, Mapping)
        ],
    )


def _happened(kind: str, at: datetime, details: Mapping[str, Any]) -> Moment:
    name = "Stages of the turn" if kind == TIMED else event_name(kind)
    stages = details.get("stages_ms") if kind == TIMED else None
    if isinstance(stages, Mapping):
        return Moment(at, "event", name, stages_ms=stages)
    shown = [
        (name.replace("_", " "), _plain(value))
        for name, value in details.items()
        if name not in _SELF_EVIDENT and value not in (None, "", [], {})
    ]
    return Moment(at, "event", name, details=shown)


def _plain(value: object) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(map(_plain, value))
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {_plain(item)}" for name, item in value.items())
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)
