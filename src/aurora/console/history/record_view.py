"""The values that one call's record is shown from, on the page and in the PDF; pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from aurora.console.board.naming import Naming
from aurora.console.call.telling import ENDINGS, WAYS
from aurora.console.history.rows import place_of
from aurora.console.history.timeline import Moment, timeline
from aurora.console.terms import (
    ALERT_KINDS,
    ANSWERS_GIVEN,
    CHANNELS,
    HAZARDS,
    HOW_FAR,
    LANGUAGES,
    LINES,
    SHOWN,
    URGENCIES,
)
from aurora.console.words import words_in
from aurora.conversation.call import Call
from aurora.escalation.incident import YES
from aurora.escalation.ledger import AlertNote, AlertState
from aurora.escalation.plan import ChannelKind
from aurora.guidance.library import Library
from aurora.records.call_record import IncidentRecord, WholeCall, content_of, digest
from aurora.site.model import Language, Site


@dataclass(frozen=True, slots=True)
class AlertRow:
    """One alert that was sent."""

    at: datetime
    who: str
    channel: str
    kind: str
    state: str
    """Like channel and kind in English, to be translated."""
    detail: str


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """One answer to the alerts."""

    at: datetime
    who: str
    answer: str
    source: str
    """Like answer in English, to be translated; empty when none came in."""
    entered_by: str | None


@dataclass(frozen=True, slots=True)
class IncidentView:
    id: str
    code: str
    state: str
    calls: Sequence[str]
    alerts: Sequence[AlertRow]
    answers: Sequence[AnswerRow]


@dataclass(frozen=True, slots=True)
class RecordView:
    """A call as its record is read; texts named here are English, to be translated."""

    call: Call
    urgency: str
    hazard: str
    line: str
    language: str
    place: str
    end_reason: str
    roles: Sequence[str]
    """Asked for, in the reader's words."""
    facts: Sequence[str]
    """Sentences in the reader's words."""
    accepted_first: AnswerRow | None
    """Of all its incidents."""
    procedures: Sequence[str]
    incidents: Sequence[IncidentView]
    moments: Sequence[Moment]
    sha256: str


def record_view(whole: WholeCall, site: Site, library: Library, language: Language) -> RecordView:
    """Return one call's record for a reader of this language."""
    call, say = whole.call, words_in(language).gettext
    naming = Naming(language, site, library)
    incidents = [_incident(one, site) for one in whole.incidents]
    return RecordView(
        call=call,
        urgency=URGENCIES[call.urgency],
        hazard=HAZARDS[call.hazard],
        line=LINES.get(call.line, call.line),
        language=LANGUAGES.get(call.language, call.language),
        place=place_of(call, site, language),
        end_reason=ENDINGS.get(call.end_reason or "", ""),
        roles=[naming.role(role) for role in call.roles_alerted],
        facts=naming.facts(call.facts),
        accepted_first=_accepted_first(incidents),
        procedures=whole.procedures,
        incidents=incidents,
        moments=timeline(whole, say, naming),
        sha256=digest(content_of(whole)),
    )


def _accepted_first(incidents: Sequence[IncidentView]) -> AnswerRow | None:
    yes = {ANSWERS_GIVEN[one] for one in YES}
    given = [one for incident in incidents for one in incident.answers if one.answer in yes]
    return min(given, key=lambda one: one.at, default=None)


def _how_far(note: AlertNote) -> str:
    # What stands on the board reached nobody: the record must not read as if it had.
    is_only_shown = note.channel == ChannelKind.CONSOLE and note.state is AlertState.SENT
    return SHOWN if is_only_shown else HOW_FAR[note.progress or note.state]


def _incident(one: IncidentRecord, site: Site) -> IncidentView:
    incident, alerts = one.incident, one.alerts
    names = {contact.id: contact.name for contact in site.contacts}
    names |= {who.contact_id: who.name for who in incident.responders.values()}
    return IncidentView(
        id=incident.id,
        code=incident.code,
        state=incident.state.value,
        calls=list(incident.calls),
        alerts=[
            AlertRow(
                note.at,
                names.get(note.contact_id, note.contact_id),
                CHANNELS.get(note.channel, note.channel),
                ALERT_KINDS.get(note.kind, note.kind),
                _how_far(note),
                note.detail,
            )
            for note in alerts
        ],
        answers=[
            AnswerRow(
                given.at,
                names.get(given.contact_id, given.contact_id),
                ANSWERS_GIVEN[given.answer],
                WAYS.get(given.source, ""),
                given.by,
            )
            for given in incident.acknowledgements
        ],
    )
