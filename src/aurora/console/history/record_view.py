"""The values that one call's record is shown from, on the page and in the PDF; pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from aurora.console.board.naming import Naming
from aurora.console.call.telling import ENDINGS
from aurora.console.history.rows import place_of
from aurora.console.history.timeline import Moment, timeline
from aurora.console.terms import HAZARDS, LANGUAGES, LINES, URGENCIES
from aurora.console.words import words_in
from aurora.conversation.call import Call
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
    detail: str


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """One answer to the alerts."""

    at: datetime
    who: str
    answer: str
    source: str


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
    summary: str
    """Made when the call ended; empty before."""
    procedures: Sequence[str]
    incidents: Sequence[IncidentView]
    moments: Sequence[Moment]
    sha256: str


def record_view(whole: WholeCall, site: Site, library: Library, language: Language) -> RecordView:
    """Return one call's record for a reader of this language."""
    call, say = whole.call, words_in(language).gettext
    naming = Naming(language, site, library)
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
        summary=_summary(whole),
        procedures=whole.procedures,
        incidents=[_incident(one, site) for one in whole.incidents],
        moments=timeline(whole, say, naming),
        sha256=digest(content_of(whole)),
    )


def _summary(whole: WholeCall) -> str:
    summaries = [
        event.details["summary"]
        for event in whole.events
        if isinstance(event.details.get("summary"), str)
    ]
    return summaries[-1] if summaries else ""


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
                note.channel,
                note.kind,
                (note.progress or note.state).value,
                note.detail,
            )
            for note in alerts
        ],
        answers=[
            AnswerRow(
                given.at,
                names.get(given.contact_id, given.contact_id),
                given.answer.value,
                given.source.value,
            )
            for given in incident.acknowledgements
        ],
    )
