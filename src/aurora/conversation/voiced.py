"""Take words that came by voice: how a recogniser read them, and what was spoken before the end."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from aurora.conversation.call import Call
from aurora.conversation.dialogue import Dialogue
from aurora.conversation.drill import end_drill
from aurora.conversation.foresight import Foreseen
from aurora.conversation.in_part import hear_in_part
from aurora.conversation.overheard import only_rate
from aurora.conversation.record import Event
from aurora.conversation.turn import Turn


@dataclass(frozen=True, slots=True)
class Voiced:
    """How words were heard."""

    spoken_ahead: Foreseen | None = None
    """The line that the caller heard before these words were finished."""
    doubts_place: bool = False
    """A place in them may be another one: it has to be read back."""
    details: Mapping[str, Any] = field(default_factory=dict)
    """For the record: the recogniser's own words, how sure it was, which model."""
    missing: str | None = None
    """Why these words are not all that was said; None when they are."""
    is_overtaken: bool = False
    """They come so late that the call has gone on: they may raise it, and are not answered."""


TYPED = Voiced()
"""Words that no recogniser read."""


def hear(dialogue: Dialogue, call: Call, words: str, voiced: Voiced, now: datetime) -> Turn:
    """Take the caller's words, as `Dialogue.hear` does."""
    turn = _heard(dialogue, call, words, voiced, now)
    if turn.heard is not None and voiced.details:
        turn.heard = replace(turn.heard, details={**turn.heard.details, **voiced.details})
    return turn


def _heard(dialogue: Dialogue, call: Call, words: str, voiced: Voiced, now: datetime) -> Turn:
    if voiced.is_overtaken:
        return only_rate(dialogue, call, words, now)
    turn = dialogue.open_turn(call, now)
    is_told = voiced.spoken_ahead is not None
    if voiced.spoken_ahead is not None:
        _count_as_heard(dialogue, turn, voiced.spoken_ahead, now)
    if voiced.missing is not None:
        hear_in_part(dialogue, turn, words, voiced.missing, now, is_told=is_told)
    else:
        dialogue.take_words(turn, words, now, doubts_place=voiced.doubts_place)
    return turn


def _count_as_heard(dialogue: Dialogue, turn: Turn, foreseen: Foreseen, now: datetime) -> None:
    """Take a line that was spoken early for what it is: said for words that counted then.

    They count as heard, even when they turn out milder in the end.
    """
    turn.spoken_ahead = foreseen.first_line
    turn.events.append(Event("spoken_ahead", now, foreseen.as_record()))
    if not foreseen.is_drill:
        end_drill(turn, "spoken_ahead", now)
    dialogue.raise_urgency(turn, foreseen.urgency, "spoken_ahead", now)
    dialogue.alert(turn, now)
