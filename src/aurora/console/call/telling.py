"""What happened in a call, told in the reader's words: one sentence an event."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from aurora.console.board.naming import Naming
from aurora.console.words import _
from aurora.conversation.record import Event
from aurora.conversation.timing import TIMED

UNSAID = frozenset({TIMED, "spoken_ahead"})
"""Told beside the words they belong to, or of no use to an operator."""
PLAIN = {
    "acknowledger_quiet": _("%(contact)s accepted and was not heard of again: others are alerted"),
    "acknowledger_reminded": _("%(contact)s was reminded of having accepted"),
    "call_back_answered": _("The caller answered when called back"),
    "call_back_failed": _("Calling back failed: %(why)s"),
    "called_back": _("The caller is being called back, attempt %(attempt)s"),
    "caller_found": _("The lost caller is safe"),
    "caller_lost": _("The caller was lost: %(how)s"),
    "search_requested": _("A search for the caller was asked for"),
    "conference": _("The caller is in a conference"),
    "emergency_services_dialled": _("%(by)s had the emergency services dialled: %(contact)s"),
    "hand_off_added": _("%(contact)s speaks with them as well"),
    "hand_off_briefing": _("%(contact)s is being told what happened"),
    "hand_off_dropped_back": _("The person is gone: Aurora goes on"),
    "hand_off_ended": _("The hand-off is over"),
    "hand_off_joined": _("%(contact)s speaks with the caller"),
    "hand_off_left": _("%(contact)s has left; somebody else is still with the caller"),
    "hand_off_rung": _("A person is being called, attempt %(attempt)s"),
    "held": _("%(by)s put the caller on hold, or took them off it"),
    "listened_to": _("%(by)s listened"),
    "operator_sent_away": _("%(by)s is no longer signed in as an operator: their sound was closed"),
    "operator_typed": _("%(by)s had said to the caller: %(text)s"),
    "put_through": _("%(by)s had the caller put through to %(contact)s"),
    "whispered": _("%(by)s had Aurora ask: %(text)s"),
    "alert_requested": _("Help asked for: %(roles)s"),
    "alerted_again": _("%(by)s had everybody alerted again"),
    "caller_known": _("The caller must stay quiet, or is a child"),
    "drill_begun": _("It is a drill"),
    "drill_ended": _("It is no drill: %(source)s"),
    "ended": _("The call ended: %(ending)s"),
    "exit_blocked": _("An exit cannot be used: %(exit)s, %(zone)s"),
    "hand_off_requested": _("A person was asked for: %(contact)s"),
    "incident_resolved": _("Closed by %(by)s: %(why)s"),
    "incident_shelved": _("Shelved by %(by)s for %(minutes)s minutes: %(why)s"),
    "incident_unshelved": _("%(by)s put it back"),
    "interrupted": _("The caller spoke over Aurora"),
    "language_chosen": _("The caller chose the language: %(language)s"),
    "operator_note": _("Note by %(by)s: %(text)s"),
    "procedure_started": _("Procedure: %(procedure)s"),
    "rejoined": _("The caller came back"),
    "reopened": _("The caller spoke again after the end: the call goes on"),
    "silence": _("Silence, %(in_a_row)s in a row"),
    "speech_unavailable": _("Aurora could not make out speech: %(why)s"),
    "spoken_in_another_language": _("The procedure was spoken in another language"),
    "voice_unavailable": _("Aurora could not say: %(unsaid)s"),
    "spoken_over": _("The caller may not have heard: %(unheard)s"),
    "turn_failed": _("Something failed inside; the safe line was spoken: %(error)s"),
    "urgency_lowered": _("%(by)s lowered it from %(from)s to %(to)s: %(why)s"),
    "urgency_rose": _("Rose from %(from)s to %(to)s (%(source)s)"),
    "zone_set": _("%(by)s changed the zone from %(from)s to %(to)s"),
}
ACCEPTED = _("%(who)s accepted (%(way)s)")
ARRIVED = _("%(who)s is there (%(way)s)")
ARRIVED_FOR = _("%(by)s entered: %(who)s is there")
DECLINED = _("%(who)s cannot come (%(way)s)")
ACCEPTED_FOR = _("%(by)s entered: %(who)s accepted")
DECLINED_FOR = _("%(by)s entered: %(who)s cannot come")
ANSWERED = {"accept": (ACCEPTED, ACCEPTED_FOR), "arrived": (ARRIVED, ARRIVED_FOR)}
SENT = _("Alerted: %(names)s")
FAILED = _("Not reached: %(names)s")
SENT_AND_FAILED = _("Alerted: %(names)s. Not reached: %(lost)s")
RAISED = _("%(by)s raised it from %(from)s to %(to)s: %(why)s")
ENDED_BY = _("%(by)s ended the call: %(why)s")
ENDINGS = {
    "hung_up": _("the caller hung up"),
    "said_goodbye": _("the caller said goodbye"),
    "wrong_number": _("wrong number"),
    "turn_limit": _("it was long and nothing was wrong"),
    "silence": _("nobody said anything"),
    "handed_off": _("a person took over"),
    "ended_by_api": _("ended by a program"),
    "idle": _("no word for half an hour"),
}
LOST = {
    "hung_up": _("hung up without a word of how they are"),
    "connection": _("the connection broke"),
    "silence": _("silent on an open line"),
}
WAYS = {
    "voice": _("by telephone"),
    "sms": _("by text message"),
    "link": _("by the link"),
    "console": _("at the console"),
}
LEVELS = {
    "critical": _("critical"),
    "urgent": _("urgent"),
    "normal": _("normal"),
    "assistive": _("question"),
}
UNKNOWN_PLACE = _("unknown")
GRAVE = frozenset(
    {"urgency_rose", "turn_failed", "speech_unavailable", "exit_blocked", "reopened"}
    | {"voice_unavailable"}
    | {"caller_lost", "acknowledger_quiet", "call_back_failed", "hand_off_dropped_back"}
)
BY_PEOPLE = frozenset(
    {"urgency_lowered", "zone_set", "operator_note", "alert_answered", "incident_resolved"}
    | {"incident_shelved", "incident_unshelved", "alerted_again", "hand_off_joined"}
)


@dataclass(frozen=True, slots=True)
class Told:
    """One thing that happened."""

    at: datetime
    text: str
    kind: str
    tone: str
    """grave, person or plain: what a mark in front of it says."""


def tell(event: Event, say: Callable[[str], str], naming: Naming) -> Told | None:
    """Return what an event says; None for what is not told by itself.

    say: translates. A kind without words is told by its own name: nothing is left out.
    """
    if event.kind in UNSAID:
        return None
    template = _template(event)
    values = _values(event, say, naming)
    text = say(template) % values if template else event.kind.replace("_", " ")
    by_person = event.kind in BY_PEOPLE or "by" in event.details
    tone = "person" if by_person else "grave" if event.kind in GRAVE else "plain"
    return Told(event.at, text, event.kind, tone)


def _template(event: Event) -> str | None:
    details = event.details
    if event.kind == "alert_answered":
        given = str(details.get("answer"))
        own, entered = ANSWERED.get(given, (DECLINED, DECLINED_FOR))
        return entered if details.get("by") else own
    if event.kind == "alerted":
        if details.get("sent") and details.get("failed"):
            return SENT_AND_FAILED
        return SENT if details.get("sent") else FAILED
    if event.kind == "ended" and details.get("by"):
        return ENDED_BY
    if event.kind == "urgency_rose" and details.get("by"):
        return RAISED
    return PLAIN.get(event.kind)


def _values(event: Event, say: Callable[[str], str], naming: Naming) -> Mapping[str, Any]:
    details = event.details
    sent, failed = (_names(details.get(key), naming) for key in ("sent", "failed"))

    def change(value: Any) -> str:
        if event.kind == "zone_set":
            return naming.zone(value) or say(UNKNOWN_PLACE)
        return say(LEVELS[value]) if value in LEVELS else str(value)

    return _Blank(
        dict(details)
        | {
            "roles": ", ".join(naming.role(one) for one in details.get("roles") or ()),
            "who": naming.contact(str(details.get("contact"))),
            "contact": details.get("person") or naming.contact(str(details.get("contact") or "")),
            "way": say(WAYS.get(str(details.get("source")), str(details.get("source")))),
            "names": sent or failed,
            "lost": failed,
            "from": change(details.get("from")),
            "to": change(details.get("to")),
            "why": details.get("operators_reason") or details.get("reason") or "",
            "how": say(LOST.get(str(details.get("how")), str(details.get("how")))),
            "ending": say(ENDINGS.get(str(details.get("reason")), str(details.get("reason")))),
            "procedure": _procedure(details.get("procedure"), naming),
            "zone": naming.zone(details.get("zone")) or "",
            "unheard": " ".join(str(one) for one in details.get("unheard") or ())
            if isinstance(details.get("unheard"), list)
            else "",
            "minutes": round(details.get("minutes") or 0),
        }
    )


class _Blank(dict[str, Any]):
    """An old record may lack what newer ones say: then nothing stands there."""

    def __missing__(self, key: str) -> str:
        return ""


def _names(contacts: Any, naming: Naming) -> str:
    return ", ".join(naming.contact(str(one)) for one in contacts or ())


def _procedure(reference: Any, naming: Naming) -> str:
    """ "fire.en@1" as its title with that reference."""
    name = str(reference or "").partition(".")[0]
    return f"{naming.happening(name)} ({reference})" if name else ""
