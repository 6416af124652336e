"""Twilio's conferences as their REST API and their callbacks show them; nobody's sound is mixed."""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime
from typing import Any

from aurora.rehearsal.twilio_resources import Form

ENDS = "conference-end"


@dataclass(slots=True)
class Participant:
    """One call in a conference."""

    call_sid: str
    begins: bool = True
    """startConferenceOnEnter"""
    ends: bool = False
    """endConferenceOnExit"""
    is_muted: bool = False
    is_on_hold: bool = False
    is_coaching: bool = False
    call_sid_to_coach: str | None = None
    wait_url: str = ""
    hold_url: str = ""
    urls_due: list[str] = field(default_factory=list)
    """What Twilio has still to fetch and speak to this one alone: waiting, hold, announcements."""
    heard: list[str] = field(default_factory=list)
    """What was spoken to this one alone."""

    def may_hear(self, other: "Participant") -> bool:
        """Whether what the other says reaches this one."""
        is_whisper = other.is_coaching and other.call_sid_to_coach != self.call_sid
        return not (self.is_on_hold or other.is_on_hold or other.is_muted or is_whisper)


@dataclass(slots=True)
class Conference:
    """One conference, from its first participant to its end."""

    account_sid: str
    friendly_name: str
    created_at: datetime
    status_callback: str | None = None
    events: frozenset[str] = frozenset()
    status: str = "init"
    participants: dict[str, Participant] = field(default_factory=dict)
    sequence: int = 0
    sid: str = field(default_factory=lambda: f"CF{secrets.token_hex(16)}")

    def callback(self, event: str, now: datetime, who: Participant | None = None) -> Form:
        """Return what the status callback of an event carries."""
        self.sequence += 1
        form = [
            ("ConferenceSid", self.sid),
            ("FriendlyName", self.friendly_name),
            ("AccountSid", self.account_sid),
            ("SequenceNumber", str(self.sequence)),
            ("Timestamp", format_datetime(now)),
            ("StatusCallbackEvent", event),
        ]
        if who is not None:
            form += [
                ("CallSid", who.call_sid),
                ("Muted", _word(who.is_muted)),
                ("Hold", _word(who.is_on_hold)),
                ("Coaching", _word(who.is_coaching)),
                ("EndConferenceOnExit", _word(who.ends)),
                ("StartConferenceOnEnter", _word(who.begins)),
            ]
        return form

    def resource(self) -> dict[str, Any]:
        return {
            "sid": self.sid,
            "account_sid": self.account_sid,
            "api_version": "2010-04-01",
            "call_sid_ending_conference": None,
            "date_created": format_datetime(self.created_at),
            "date_updated": format_datetime(self.created_at),
            "friendly_name": self.friendly_name,
            "reason_conference_ended": None,
            "region": "us1",
            "status": self.status,
            "subresource_uris": {},
            "uri": f"/2010-04-01/Accounts/{self.account_sid}/Conferences/{self.sid}.json",
        }

    def participant(self, who: Participant) -> dict[str, Any]:
        """Return one of its participants as a resource."""
        return {
            "account_sid": self.account_sid,
            "call_sid": who.call_sid,
            "call_sid_to_coach": who.call_sid_to_coach,
            "coaching": who.is_coaching,
            "conference_sid": self.sid,
            "date_created": format_datetime(self.created_at),
            "date_updated": format_datetime(self.created_at),
            "end_conference_on_exit": who.ends,
            "hold": who.is_on_hold,
            "label": None,
            "muted": who.is_muted,
            "queue_time": None,
            "start_conference_on_enter": who.begins,
            "status": "connected",
            "uri": f"/2010-04-01/Accounts/{self.account_sid}/Conferences/{self.sid}"
            f"/Participants/{who.call_sid}.json",
        }


class Conferences:
    """All conferences of one account."""

    def __init__(self, account_sid: str, clock: Callable[[], datetime]) -> None:
        self._account_sid = account_sid
        self._clock = clock
        self.all: list[Conference] = []
        """Oldest first; ended ones too."""
        self.callbacks: list[tuple[str, Form]] = []
        """Status callbacks that Twilio has still to send: address and form."""
        self.left: list[str] = []
        """Calls that a conference's end put out of it, and that have still to go on."""

    def named(self, name: str) -> Conference | None:
        """Return the conference under way that has this name or sid, or None."""
        found = (one for one in self.all if name in (one.friendly_name, one.sid))
        return next((one for one in found if one.status != "completed"), None)

    def of(self, call_sid: str) -> tuple[Conference, Participant] | None:
        """Return where a call is, or None."""
        for conference in self.all:
            if call_sid in conference.participants:
                return conference, conference.participants[call_sid]
        return None

    def enter(
        self, name: str, who: Participant, callback: str | None = None, events: str = ""
    ) -> Conference:
        """Let a call enter; the conference begins once somebody is there who may begin it."""
        conference = self.named(name)
        if conference is None:
            conference = Conference(self._account_sid, name, self._clock())
            self.all.append(conference)
        if conference.status_callback is None and callback:
            conference.status_callback, conference.events = callback, frozenset(events.split())
        conference.participants[who.call_sid] = who
        self._tell(conference, "participant-join", "join", who)
        present = conference.participants.values()
        if conference.status == "init" and len(present) > 1 and any(p.begins for p in present):
            conference.status = "in-progress"
            self._tell(conference, "conference-start", "start")
        elif conference.status == "init" and who.wait_url:
            who.urls_due.append(who.wait_url)
        return conference

    def leave(self, call_sid: str) -> None:
        """Let a call leave; where that ends the conference, everybody else is put out."""
        found = self.of(call_sid)
        if found is None:
            return
        conference, who = found
        del conference.participants[call_sid]
        self._tell(conference, "participant-leave", "leave", who)
        if who.ends or not conference.participants:
            self.end(conference)

    def end(self, conference: Conference) -> None:
        conference.status = "completed"
        for call_sid, who in list(conference.participants.items()):
            del conference.participants[call_sid]
            self._tell(conference, "participant-leave", "leave", who)
            self.left.append(call_sid)
        self._tell(conference, ENDS, "end")

    def wait_on(self) -> None:
        """Let time pass: what those hear who wait, or are on hold, is asked for again."""
        for conference in self.all:
            for who in conference.participants.values():
                waits = who.wait_url if conference.status == "init" else ""
                who.urls_due += [url] if (url := who.hold_url if who.is_on_hold else waits) else []

    def _tell(
        self, conference: Conference, event: str, asked: str, who: Participant | None = None
    ) -> None:
        if conference.status_callback and asked in conference.events:
            form = conference.callback(event, self._clock(), who)
            self.callbacks.append((conference.status_callback, form))


def as_entering(call_sid: str, attributes: Mapping[str, str]) -> Participant:
    """Return a participant as the attributes of <Conference> have it."""
    return Participant(
        call_sid,
        begins=attributes.get("startConferenceOnEnter", "true") == "true",
        ends=attributes.get("endConferenceOnExit") == "true",
        is_muted=attributes.get("muted") == "true",
        is_coaching="coach" in attributes,
        call_sid_to_coach=attributes.get("coach"),
        wait_url=attributes.get("waitUrl", ""),
    )


def _word(value: bool) -> str:
    return "true" if value else "false"
