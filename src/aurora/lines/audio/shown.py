"""What a caller's screen is shown of a call, where there is one: sentences, turns, what is kept."""

from typing import Any

from aurora.conversation.turn import Turn
from aurora.lines.audio.mouth import Line


def as_read(line: Line) -> dict[str, Any]:
    """A sentence that is being said, or can only be read."""
    return {"kind": "sentence", "sentence": line.sentence, "language": line.language}


def as_taken(turn: Turn) -> dict[str, Any]:
    """A turn that was taken: the caller's words, and how the call stands after it."""
    heard = turn.heard.content if turn.heard else None
    return {
        "kind": "turn",
        "heard": heard,
        "said": [sentence.text for sentence in turn.sentences],
        "urgency": turn.call.urgency.value,
        "hazard": turn.call.hazard.value,
        "zone": turn.call.place.zone_id,
        "action": turn.action.value,
    }


def as_kept(key: str) -> dict[str, Any]:
    """What was sent under this key is on the record."""
    return {"kind": "kept", "key": key}
