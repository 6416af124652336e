"""The values that a list of found calls is shown from; pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from aurora.console.history.excerpt import Piece, excerpt
from aurora.console.terms import ANSWERS, HAZARDS, LANGUAGES, LINES
from aurora.conversation.call import Call
from aurora.levels import Hazard
from aurora.records.search import FoundCall
from aurora.records.search_words import Wanted
from aurora.site.model import Site, spoken


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """A call in the list."""

    call_id: str
    started_at: datetime
    urgency: str
    hazard: str
    """In English, to be translated; empty when none was named."""
    place: str
    caller: str
    """Empty when nothing is known of who called."""
    line: str
    language: str
    is_drill: bool
    is_open: bool
    answer: str
    answer_state: str
    lasted_s: int
    excerpt: Sequence[Piece]


def history_row(
    found: FoundCall, wanted: Sequence[Wanted], site: Site, language: str
) -> HistoryRow:
    """Return how a call is listed for a reader of this language."""
    call = found.call
    until = call.ended_at or call.last_message_at or call.started_at
    return HistoryRow(
        call_id=call.id,
        started_at=call.started_at,
        urgency=call.urgency.value,
        hazard="" if call.hazard is Hazard.NONE else HAZARDS[call.hazard],
        place=place_of(call, site, language),
        caller=call.worker_name or call.from_number or "",
        line=LINES.get(call.line, call.line),
        language=LANGUAGES.get(call.language, call.language),
        is_drill=call.is_drill,
        is_open=call.ended_at is None,
        answer=ANSWERS[found.answer],
        answer_state=found.answer.value,
        lasted_s=max(0, round((until - call.started_at).total_seconds())),
        excerpt=excerpt(found.messages, wanted),
    )


def place_of(call: Call, site: Site, language: str) -> str:
    """Return where a call is from: the zone's name, or the caller's own words in quotes."""
    zone = site.zone(call.place.zone_id)
    if zone is not None:
        return spoken(zone.name, language)
    if call.place.zone_id:
        return call.place.zone_id
    return f"“{call.place.said}”" if call.place.said else ""
