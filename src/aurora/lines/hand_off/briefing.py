"""What a person is told before they speak with a caller: from the call's facts, nothing else."""

from datetime import datetime

from aurora.conversation.call import Call
from aurora.conversation.facts import facts_of
from aurora.escalation.brief import AlertKind, Brief
from aurora.escalation.happening import open_incident
from aurora.guidance.library import Library
from aurora.lines.hand_off.words import words_in
from aurora.site.model import Site

MAX_QUOTE_CHARS = 160


def brief_of(site: Site, library: Library, call: Call, language: str, now: datetime) -> list[str]:
    """Return the sentences of a brief in a person's language; DRILL opens it in a drill."""
    words = words_in(language)
    brief = _brief(site, library, call, language, now)
    what = brief.body(is_spoken=True) if call.urgency.is_emergency else [words.no_emergency]
    said = " ".join((call.recent_words or [""])[-1].split())[:MAX_QUOTE_CHARS].rstrip(" .!?")
    quoted = [words.last_words.format(words=said)] if said else []
    drill = [f"{brief.words.drill}."] if call.is_drill and not call.urgency.is_emergency else []
    return [brief.this_is(), *drill, words.waiting, *what, *quoted]


def brief_for_services(
    site: Site, library: Library, call: Call, language: str, now: datetime
) -> list[str]:
    """Return the brief to the public emergency services."""
    opening = words_in(language).services.format(site=site.name, number=site.emergency_number)
    brief = _brief(site, library, call, language, now)
    direct = brief.words.call_direct.format(number=site.emergency_number)
    return [opening, *(line for line in brief.body(is_spoken=True) if line != direct)]


def _brief(site: Site, library: Library, call: Call, language: str, now: datetime) -> Brief:
    incident = open_incident(call.id, "", facts_of(call, now))
    procedure = library.procedure(call.guidance.procedure, language)
    is_native = procedure is not None and procedure.language == language
    titles = {procedure.procedure: procedure.title} if procedure and is_native else {}
    return Brief(site, incident, language, AlertKind.PAGE, (), titles)
