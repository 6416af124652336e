"""Where Twilio calls back about a caller and a person who are brought together."""

from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import quote

from aurora.conversation.call import Call
from aurora.errors import LinkRefused
from aurora.escalation.acknowledgement import Purpose, Tokens

PREFIX = "/hand-off-"
"""No directory: what a turn's TwiML leads to is relative to the line's own address."""


class Step(StrEnum):
    """What Twilio asks about."""

    KEY = "key"
    """The person pressed a key, or none."""
    STATUS = "status"
    """How far the call to the person is."""
    ADDED = "added"
    """The public services are to enter whichever conference there is by then."""
    ADDED_STATUS = "added-status"
    """How far the call to them is."""
    ADDED_OVER = "added-over"
    """The conference that they entered is over for them."""
    ANSWERED_BY = "answered-by"
    CONFERENCE = "conference"
    """Who came to the conference, and who left."""
    OVER = "over"
    """The person's conference is over."""
    ENTER = "enter"
    """The caller is to enter the conference."""
    WAIT = "wait"
    """The caller waits in it alone."""
    BACK = "back"
    """The caller's conference is over: Aurora has them again."""
    SAY = "say"
    """Something is kept for the caller."""
    BLIND = "blind"
    """The caller is put through without a brief."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What an address was made for."""

    call_id: str
    attempt: int
    round_: int = 1
    """How often the brief was read."""


@dataclass(frozen=True, slots=True)
class Addresses:
    """Absolute addresses, each saying in a signed token which call and attempt it is about."""

    public_url: str
    tokens: Tokens

    def of(self, step: Step, call: Call, round_: int = 1) -> str:
        """Return the address of a step of a call's present hand-off."""
        attempt = call.hand_off.attempt if call.hand_off else 0
        token = self.tokens.make(Purpose.HAND_OFF, call.id, str(attempt))
        round_part = f"&round={round_}" if round_ > 1 else ""
        return f"{self.public_url}{PREFIX}{step}?of={quote(token, safe=':')}{round_part}"

    def read(self, token: str, round_: str = "") -> Asked:
        """Return what an address says; raises LinkRefused."""
        parts = self.tokens.read(Purpose.HAND_OFF, token)
        if len(parts) != 2 or not parts[1].isdecimal():
            raise LinkRefused("forged")
        return Asked(parts[0], int(parts[1]), int(round_) if round_.isdecimal() else 1)


def room_of(call: Call) -> str:
    """Return the name of the conference of a call's present hand-off."""
    return f"{call.id}-{call.hand_off.attempt if call.hand_off else 0}"
