"""One call: what is known, how urgent it is, where it stands. Pure state; time is passed in."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from aurora.accounts.acts import Act
from aurora.conversation.hand_off import HandOff
from aurora.escalation.incident import Lost
from aurora.guidance.state import GuidanceState
from aurora.levels import Hazard, Urgency
from aurora.triage.assessment import Fact


class CallStatus(StrEnum):
    ACTIVE = "active"
    ENDED = "ended"


class EndReason(StrEnum):
    """Why a call ended, for the record and the call log."""

    HUNG_UP = "hung_up"
    SAID_GOODBYE = "said_goodbye"
    WRONG_NUMBER = "wrong_number"
    TURN_LIMIT = "turn_limit"
    SILENCE = "silence"
    HANDED_OFF = "handed_off"
    ENDED_BY_API = "ended_by_api"
    ENDED_BY_OPERATOR = "ended_by_operator"
    IDLE = "idle"


@dataclass(frozen=True, slots=True)
class OperatorsWords:
    """Words that somebody at the console typed, to be said to the caller."""

    text: str
    by: str
    at: datetime
    is_aurora: bool = False
    """Asked by Aurora as her own question; else said as the operator's, word for word."""


@dataclass(slots=True)
class CallPlace:
    """Where the call is from, as far as it is known."""

    said: str | None = None
    zone_id: str | None = None
    """Where it is happening. Confirmed: said clearly, or confirmed by the caller."""
    caller_zone_id: str | None = None
    """Where the caller is, when they said that they are elsewhere: what they are told of ways out
    and equipment is of this zone."""
    unconfirmed_zone_id: str | None = None
    """It only sounded like this zone; the caller is being asked."""
    times_asked: int = 0

    @property
    def callers_zone_id(self) -> str | None:
        """The zone the caller is in, as far as it is known."""
        return self.caller_zone_id or self.zone_id


@dataclass(slots=True)
class CallLoss:
    """The caller is missing: gone from an emergency, and nobody knows how they are."""

    number: int
    """1 for the first time in this call."""
    how: Lost
    at: datetime
    tries: int = 0
    """Call-backs that were asked for."""
    failed: int = 0
    """Of those, the newest that came to nothing."""
    is_searched: bool = False
    """People were asked to look for them."""


@dataclass(slots=True)
class Call:
    """The state of a call between two turns; everything here survives a restart."""

    id: str
    line: str
    site: str
    worker_id: str
    language: str
    started_at: datetime
    from_number: str | None = None
    """E.164, or the caller's own words for it; None when withheld."""
    to_number: str | None = None
    provider_id: str | None = None
    """The line's own id of the call: Twilio's CallSid."""
    worker_name: str | None = None
    last_message_at: datetime | None = None
    ended_at: datetime | None = None
    end_reason: EndReason | None = None
    urgency: Urgency = Urgency.ASSISTIVE
    hazard: Hazard = Hazard.NONE
    place: CallPlace = field(default_factory=CallPlace)
    facts: dict[str, Fact] = field(default_factory=dict)
    guidance: GuidanceState = field(default_factory=GuidanceState)
    turns: int = 0
    """Turns taken in all, silent ones and the greeting included."""
    exchanges: int = 0
    """Turns of the caller that were answered."""
    silences: int = 0
    """Silent turns in a row."""
    is_drill: bool = False
    drill_id: str | None = None
    """The announced drill that it was taken for; None for one announced in the call itself."""
    is_for_real: bool = False
    """A live sign was heard: no words make this call a drill again."""
    urgency_lowered_at: datetime | None = None
    """When an operator last did."""
    floor_lifted: str | None = None
    """The procedure whose own urgency an operator overruled; new facts bring it back."""
    blocked_exits: list[str] = field(default_factory=list)
    """ "zone/exit" of those that this caller said cannot be used."""
    is_keypad_only: bool = False
    """The caller cannot speak; yes/no comes by key."""
    is_quiet: bool = False
    """The caller must not be heard by somebody near; never asked to speak up."""
    is_child: bool = False
    is_hand_off_due: bool = False
    """A person was asked for, and the caller has not been put through yet."""
    has_taken_leave: bool = False
    """The last words were a goodbye, thanks, or that they are out of it."""
    loss: CallLoss | None = None
    """None while the caller is there, or went as callers do."""
    losses: int = 0
    newest_provider_id: str | None = None
    """Of the connection that the call goes on by after it was called back."""
    hand_off: HandOff | None = None
    """The newest way to a human; None when nobody was wanted so far."""
    operators_words: list[OperatorsWords] = field(default_factory=list)
    """What people at the console typed for the caller, not said yet; oldest first."""
    phrases_due: list[str] = field(default_factory=list)
    """Phrases that became due between two turns, by name; the next turn says them."""
    is_menu_open: bool = False
    """The keypad menu was read out; the next key picks from it."""
    recent_words: list[str] = field(default_factory=list)
    """The caller's last utterances, oldest first: facts add up over turns."""
    roles_alerted: list[str] = field(default_factory=list)
    """Asked for; whether anybody was reached the incident knows."""
    told_of_alerts: list[str] = field(default_factory=list)
    """What the caller was told of those alerted, oldest first: "alerted:supervisor"."""
    refusals: int = 0
    """Sentences of the model that grounding refused."""
    acts: list[Act] = field(default_factory=list)
    """What operators did to it, oldest first."""
    revision: int = 0
    """Raised by one with every stored change; the store refuses to overwrite a newer one."""

    @property
    def takes_keys(self) -> bool:
        """Whether a yes or no may come by key at any time."""
        return self.is_keypad_only or self.is_quiet

    @property
    def connection_id(self) -> str:
        """The line's own id of the connection that the caller is on."""
        return self.newest_provider_id or self.provider_id or self.id

    @property
    def status(self) -> CallStatus:
        return CallStatus.ENDED if self.ended_at else CallStatus.ACTIVE

    @property
    def conversation_id(self) -> str:
        return "conv_" + self.id.removeprefix("call_")
