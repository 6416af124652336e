"""What the board knows of a call beside the call itself: the last words, the first line given."""

from dataclasses import dataclass
from datetime import datetime
from typing import Self

from aurora.conversation.call import Call
from aurora.conversation.foresight import FIRST_LINE
from aurora.conversation.turn import Turn
from aurora.records.history import Transcript


@dataclass(slots=True)
class SeenCall:
    """One call as it is looked on."""

    call: Call
    opening: str = ""
    """What the caller said first: mostly what has happened."""
    heard: str = ""
    """The caller's last words."""
    is_final: bool = True
    """False while they may still change."""
    said: str = ""
    """Aurora's last words."""
    first_line_at: datetime | None = None

    @classmethod
    def of(cls, transcript: Transcript) -> Self:
        """Return a call as its record shows it."""
        seen = cls(transcript.call)
        for message in transcript.messages:
            if message.role == "user":
                seen.hear(message.content, is_final=True)
                continue
            seen.said = message.content
            sources = message.details.get("sources", ())
            if seen.first_line_at is None and any(_is_first_line(one) for one in sources):
                seen.first_line_at = message.at
        return seen

    def hear(self, words: str, *, is_final: bool) -> None:
        self.heard, self.is_final = words, is_final
        if is_final and not self.opening:
            self.opening = words

    def take(self, turn: Turn, now: datetime) -> None:
        """Take in a finished turn."""
        if turn.heard is not None:
            self.hear(turn.heard.content, is_final=True)
        self.said = turn.message
        if self.first_line_at is None and any(_is_first_line(s.source) for s in turn.sentences):
            self.first_line_at = now


def _is_first_line(source: str) -> bool:
    return source.endswith(f":{FIRST_LINE}")
