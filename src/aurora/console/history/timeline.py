"""A call's words and happenings in one order of time, as the record page and the PDF show them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from aurora.console.board.naming import Naming
from aurora.console.call.telling import tell
from aurora.conversation.record import Event, Message
from aurora.conversation.timing import TIMED
from aurora.records.call_record import WholeCall


@dataclass(frozen=True, slots=True)
class Moment:
    """One thing that was said or happened."""

    at: datetime
    kind: str
    """user, assistant or event."""
    text: str
    """Words as they were said; of an event a sentence in the reader's language."""
    urgency: str = ""
    details: Sequence[tuple[str, str]] = ()
    """Name and value, as on record."""
    stages_ms: Mapping[str, float] = field(default_factory=dict)
    total_ms: float | None = None
    sources: Sequence[str] = ()
    refusals: Sequence[tuple[str, str]] = ()
    """Sentences of the model that were not spoken, each with the reason."""


def timeline(whole: WholeCall, say: Callable[[str], str], naming: Naming) -> list[Moment]:
    """Return everything in the order it happened; what happened in a turn is before its answer."""
    said = [
        (message.at, 1 if message.role == "assistant" else -1, number, _said(message))
        for number, message in enumerate(whole.messages)
    ]
    happened = [
        (event.at, 0, number, _happened(event, say, naming))
        for number, event in enumerate(whole.events)
    ]
    ordered = sorted([*said, *happened], key=lambda item: item[:3])
    return [moment for *_, moment in ordered]


def _said(message: Message) -> Moment:
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


def _happened(event: Event, say: Callable[[str], str], naming: Naming) -> Moment:
    stages = event.details.get("stages_ms") if event.kind == TIMED else None
    if isinstance(stages, Mapping):
        return Moment(event.at, "event", say("Stages of the turn"), stages_ms=stages)
    own_name = event.kind.replace("_", " ")
    told = tell(event, say, naming)
    if told is not None and told.text != own_name:
        return Moment(event.at, "event", told.text)
    # A record leaves nothing out: what has no sentence is shown as it was written down.
    shown = [
        (name.replace("_", " "), _plain(value))
        for name, value in event.details.items()
        if value not in (None, "", [], {})
    ]
    name = say("First line spoken ahead") if event.kind == "spoken_ahead" else own_name
    return Moment(event.at, "event", name, details=shown)


def _plain(value: object) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(map(_plain, value))
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {_plain(item)}" for name, item in value.items())
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)
