"""Calls and words for the records' integration tests."""

from datetime import UTC, datetime, timedelta

from aurora.conversation.call import Call
from aurora.conversation.record import Entry, Message, StoredAnswer

AT = datetime(2026, 11, 23, 8, 15, 12, tzinfo=UTC)


def a_call(number: int = 1) -> Call:
    return Call(
        id=f"call_{number}",
        line="gather",
        site="plant",
        worker_id="worker_unknown",
        language="en",
        started_at=AT + timedelta(seconds=number),
        provider_id=f"CA{number}",
    )


def a_turn(call: Call, text: str) -> Entry:
    words = [
        Message("user", text, AT, "urgent"),
        Message("assistant", f"answer to {text}", AT, "urgent"),
    ]
    return Entry(call, words, [], StoredAnswer(f"{call.id}/{text}", text))
