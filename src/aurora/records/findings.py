"""What a turn shows besides its words: refused sentences, questions answered or not; pure."""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any

from aurora.conversation.call import Call
from aurora.conversation.record import Entry, Message

HANDBOOK = "handbook."
NO_ANSWER = (
    *("cannot_answer", "do_not_know_in_emergency", "only_what_i_say"),
    "handbook_other_language",
)
LONGEST_TEXT = 500

Row = dict[str, Any]


class FindingKind(StrEnum):
    REFUSED = "refused"
    """Grounding did not let a sentence of the model be spoken: its subject is the reason."""
    ANSWERED = "answered"
    """A question was answered from the handbook: its subject is the passage."""
    UNANSWERED = "unanswered"
    """A question had no approved answer."""


def findings_of(entry: Entry) -> Iterator[Row]:
    """Yield a row for each finding; `offset` counts the entry's messages from 0."""
    asked = ""
    for offset, message in enumerate(entry.messages):
        if message.role == "user":
            asked = message.content
            continue
        for kind, subject, text in _of_answer(message, asked or _last_words(entry.call)):
            yield {
                "offset": offset,
                "kind": kind.value,
                "at_s": int(message.at.timestamp()),
                "subject": subject[:LONGEST_TEXT],
                "text": text[:LONGEST_TEXT],
            }


def _of_answer(message: Message, asked: str) -> Iterator[tuple[FindingKind, str, str]]:
    for refusal in _list(message.details, "refusals"):
        if isinstance(refusal, Mapping):
            sentence = refusal.get("sentence", refusal.get("text", ""))
            yield FindingKind.REFUSED, str(refusal.get("reason", "")), str(sentence)
    sources = [str(source) for source in _list(message.details, "sources")]
    passage = next((source for source in sources if source.startswith(HANDBOOK)), None)
    if passage is not None:
        yield FindingKind.ANSWERED, passage, asked
    elif asked and any(source.rpartition(":")[2] in NO_ANSWER for source in sources):
        yield FindingKind.UNANSWERED, "", asked


def _list(details: Mapping[str, Any], key: str) -> list[Any]:
    value = details.get(key)
    return list(value) if isinstance(value, list | tuple) else []


def _last_words(call: Call) -> str:
    """The words went on the record before the model was asked, in an entry of their own."""
    return call.recent_words[-1] if call.recent_words else ""
