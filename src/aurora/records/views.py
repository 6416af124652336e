"""Calls in the shapes the original Aurora gave them; always made from the record, never kept."""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from aurora.conversation.call import Call
from aurora.conversation.record import Event, Message
from aurora.levels import Hazard, Urgency
from aurora.records.history import Transcript

SHOWN_AFTER_END = timedelta(hours=1)
"""How long an ended call stays among the active ones, so that nobody misses how it ended."""

View = dict[str, Any]

_TYPED_LINES = {"api"}


def active_view(transcripts: Iterable[Transcript], time_zone: str) -> View:
    """Return `{active_calls, active_conversations}` of these calls, in their order."""
    shown = [(item.call, call_view(item.call, item.messages, time_zone)) for item in transcripts]
    return {
        "active_calls": {call.id: view["call"] for call, view in shown},
        "active_conversations": {
            call.conversation_id: view["conversation"] for call, view in shown
        },
    }


def log_name(call: Call, time_zone: str) -> str:
    """Return `call_<sid>_<when it ended>.json`, safe as a file name whatever the line sent."""
    ended = (call.ended_at or call.started_at).astimezone(ZoneInfo(time_zone))
    sid = re.sub(r"[^A-Za-z0-9_-]", "_", call.provider_id or call.id.removeprefix("call_"))
    return f"call_{sid[:100]}_{ended:%Y%m%d_%H%M%S}.json"


def call_view(call: Call, messages: Sequence[Message], time_zone: str) -> View:
    """Return `{call, conversation}` of one call."""
    zone = ZoneInfo(time_zone)
    return {"call": _call(call, zone), "conversation": _conversation(call, messages, zone)}


def call_log(
    call: Call, messages: Sequence[Message], events: Sequence[Event], time_zone: str
) -> View:
    """Return the log of a call, for a file of its own once it has ended."""
    zone = ZoneInfo(time_zone)
    until = call.ended_at or call.last_message_at or call.started_at
    return {
        "call_sid": call.provider_id or call.id,
        "call_id": call.id,
        "started_at": _local(call.started_at, zone),
        "ended_at": _local_or_none(call.ended_at, zone),
        "end_reason": call.end_reason.value if call.end_reason else None,
        "duration_seconds": round((until - call.started_at).total_seconds(), 1),
        "exchanges": call.exchanges,
        "critical_alerts": sum(_is_critical_alert(event, call) for event in events),
        "urgency": call.urgency.value,
        "hazard": call.hazard.value,
        "zone": call.place.zone_id,
        "worker_id": call.worker_id,
        "worker_name": call.worker_name,
        "mobile_no": call.from_number,
        "language": call.language,
        "is_drill": call.is_drill,
        "roles_alerted": call.roles_alerted,
        "summary": _summary(call, events, until),
        "conversation": [
            {**_message(message, zone), "urgency": message.urgency} for message in messages
        ],
        "events": events_view(events, time_zone),
    }


def events_view(events: Sequence[Event], time_zone: str) -> list[View]:
    """Return what happened in a call besides words, in order."""
    zone = ZoneInfo(time_zone)
    return [
        {"kind": event.kind, "timestamp": _local(event.at, zone), "details": event.details}
        for event in events
    ]


def _call(call: Call, zone: ZoneInfo) -> View:
    return {
        "worker_id": call.worker_id,
        "mobile_no": call.from_number,
        "conversation_id": call.conversation_id,
        "urgency": call.urgency.value.upper(),
        "status": call.status.value.upper(),
        "timestamp": _local(call.started_at, zone),
        "medium": "Text" if call.line in _TYPED_LINES else "Voice",
        "last_message_at": _local(call.last_message_at or call.started_at, zone),
    }


def _conversation(call: Call, messages: Sequence[Message], zone: ZoneInfo) -> View:
    prefix = "msg_" + call.id.removeprefix("call_")
    return {
        "call_id": call.id,
        "messages": {
            f"{prefix}_{number:04}": _message(message, zone)
            for number, message in enumerate(messages, 1)
        },
    }


def _message(message: Message, zone: ZoneInfo) -> View:
    return {
        "role": message.role,
        "content": message.content,
        "timestamp": _local(message.at, zone),
    }


def _is_critical_alert(event: Event, call: Call) -> bool:
    is_alert = event.kind == "alert_requested"
    return is_alert and event.details.get("urgency", call.urgency) == Urgency.CRITICAL


def _summary(call: Call, events: Sequence[Event], until: datetime) -> str:
    """Return the summary made when the call ended, or one made of its plain facts."""
    for event in reversed(events):
        if isinstance(event.details.get("summary"), str):
            return str(event.details["summary"])
    hazard = "" if call.hazard is Hazard.NONE else f", {call.hazard.value.replace('_', ' ')}"
    place = call.place.zone_id or call.place.said
    seconds = round((until - call.started_at).total_seconds())
    return (
        f"{call.urgency.value.capitalize()} call{hazard}{f' in zone {place}' if place else ''}: "
        f"{call.exchanges} exchange{'s' * (call.exchanges != 1)} in {seconds} s"
    )


def _local(at: datetime, zone: ZoneInfo) -> str:
    return at.astimezone(zone).isoformat(timespec="seconds")


def _local_or_none(at: datetime | None, zone: ZoneInfo) -> str | None:
    return None if at is None else _local(at, zone)
