"""How people are reached and who is on duty when, as a site writes it down."""

import re
from datetime import datetime, time, timedelta
from typing import Annotated, Any, Literal, Self, get_args
from zoneinfo import ZoneInfo

import phonenumbers
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from aurora.levels import Urgency

Identifier = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_]*$")]
Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
DAYS: tuple[Day, ...] = get_args(Day)
"""Monday first, as `date.weekday()` counts."""
ChannelName = Literal["sms", "voice", "apprise", "webhook", "cap", "console", "push"]
BY_TELEPHONE: tuple[ChannelName, ...] = ("sms", "voice")
WITHOUT_ADDRESS: tuple[ChannelName, ...] = ("console", "push")
_URL_OR_NAME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://\S+|[a-z0-9][a-z0-9_]*")


def telephone_number(number: str) -> str:
    """Return a telephone number as E.164; raises ValueError."""
    try:
        parsed = phonenumbers.parse(number, None)
    except phonenumbers.NumberParseException:
        parsed = None
    if parsed is None or not phonenumbers.is_possible_number(parsed):
        raise ValueError("not a telephone number; write it as +<country code><number>")
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def _clock_time(value: object) -> object:
    if isinstance(value, time):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        # YAML reads an unquoted 22:30 as 22 times 60 plus 30.
        value = f"{value // 60:02}:{value % 60:02}"
    if isinstance(value, str) and re.fullmatch(r"\d?\d:\d\d(?::00)?", value):
        hour, minute = map(int, ("0:00" if value == "24:00" else value).split(":")[:2])
        if hour < 24 and minute < 60:
            return time(hour, minute)
    raise ValueError('not a time of day; write it as "06:00", in the site\'s time zone')


def _wall_time(value: object) -> object:
    try:
        read = datetime.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        read = None
    if not isinstance(read, datetime) or read.tzinfo is not None:
        raise ValueError('not a time; write it as "2026-12-24 18:00", in the site\'s time zone')
    return read


ClockTime = Annotated[time, BeforeValidator(_clock_time)]
WallTime = Annotated[datetime, BeforeValidator(_wall_time)]
TelephoneNumber = Annotated[str, AfterValidator(telephone_number)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Channel(_Strict):
    """One way to a contact: its kind alone, or with an address of its own."""

    kind: ChannelName
    address: str | None = None
    """A telephone number for sms and voice (else the contact's own). For apprise, webhook and cap
    a URL, or the name that the settings know a URL by: URLs hold secrets."""

    @model_validator(mode="before")
    @classmethod
    def _of_its_kind_alone(cls, value: Any) -> Any:
        return {"kind": value} if isinstance(value, str) else value

    @model_validator(mode="after")
    def _can_be_reached(self) -> Self:
        if self.kind in BY_TELEPHONE:
            if self.address is not None:
                telephone_number(self.address)
        elif self.kind in WITHOUT_ADDRESS:
            if self.address is not None:
                raise ValueError(f"{self.kind} has no address; remove it")
        elif self.address is None or not _URL_OR_NAME.fullmatch(self.address):
            raise ValueError(
                f"{self.kind} needs an address: a URL, or the name the settings know it by"
            )
        return self


class Paging(_Strict):
    """How long to wait for an answer, and how often to begin again."""

    wait_s: dict[Urgency, Annotated[float, Field(gt=0, le=3600)]] = Field(default_factory=dict)
    """Seconds until the next ones are paged; without an entry critical 30, urgent 120."""
    repeats: dict[Urgency, Annotated[int, Field(ge=0, le=10)]] = Field(default_factory=dict)
    """How often all are paged again before everyone is; without an entry critical 2, urgent 1."""

    quiet_s: dict[Urgency, Annotated[float, Field(gt=0, le=86_400)]] = Field(default_factory=dict)
    """Seconds without a sign after which whoever accepted is reminded, and their roles are paged
    anew two minutes later; without an entry critical 300, urgent 900."""

    def wait_for(self, urgency: Urgency) -> float:
        return self.wait_s.get(urgency, _WAIT_S.get(urgency, 0.0))

    def repeats_for(self, urgency: Urgency) -> int:
        return self.repeats.get(urgency, _REPEATS.get(urgency, 0))

    def quiet_for(self, urgency: Urgency) -> float:
        return self.quiet_s.get(urgency, _QUIET_S.get(urgency, 3_600.0))


_WAIT_S = {Urgency.CRITICAL: 30.0, Urgency.URGENT: 120.0}
_QUIET_S = {Urgency.CRITICAL: 300.0, Urgency.URGENT: 900.0}
_REPEATS = {Urgency.CRITICAL: 2, Urgency.URGENT: 1}


class CommunicationTest(_Strict):
    """A weekly test of whether people can be reached."""

    day: Day
    at: ClockTime
    roles: list[Identifier] = Field(default_factory=list)
    """Whose holders are asked to confirm; without any, everybody of the site."""
    wait_s: Annotated[float, Field(ge=1, le=3600)] = 300.0
    """For confirmations."""


def scheduled_at(weekly: CommunicationTest, timezone: str, now: datetime) -> datetime:
    """Return the newest time, now or before, at which a weekly test is due; by the wall clock."""
    zone = ZoneInfo(timezone)
    today = now.astimezone(zone).date()
    back = (today.weekday() - DAYS.index(weekly.day)) % 7
    for days in (back, back + 7):
        day = today - timedelta(days=days)
        at = datetime.combine(day, weekly.at, zone)
        if at <= now:
            break
    return at


class Shift(_Strict):
    """A stretch of the week; it ends the next day when `to` is not after `from`."""

    days: Annotated[list[Day], Field(min_length=1)]
    """Those on which it begins."""
    begins: Annotated[ClockTime, Field(alias="from")]
    ends: Annotated[ClockTime, Field(alias="to")]
    contacts: list[Identifier] = Field(default_factory=list)
    """First to last; only in the roster of a role."""

    @property
    def crosses_midnight(self) -> bool:
        return self.ends <= self.begins


class Override(_Strict):
    """Other people for a while: leave, sickness, a shutdown."""

    begins: Annotated[WallTime, Field(alias="from")]
    ends: Annotated[WallTime, Field(alias="to")]
    contacts: list[Identifier] = Field(default_factory=list)
    """Who is on duty instead. In a contact's roster: who stands in, which may be nobody."""
    reason: Annotated[str, Field(min_length=1)]

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        if self.ends <= self.begins:
            raise ValueError("ends before it begins; put `to` after `from`")
        return self


class Roster(_Strict):
    """Who of a role is on duty when, or when one contact is."""

    id: Identifier
    role: Identifier | None = None
    contact: Identifier | None = None
    shifts: list[Shift] = Field(default_factory=list)
    overrides: list[Override] = Field(default_factory=list)
    rotation: Literal["listed", "round_robin"] = "listed"
    """listed: the first of a shift is always called first. round_robin: the next one each time
    that the shift comes round."""

    @model_validator(mode="after")
    def _is_of_one_thing(self) -> Self:
        if (self.role is None) is (self.contact is None):
            raise ValueError("give either role or contact, not both")
        if not self.shifts and not self.overrides:
            raise ValueError("nothing in it; give shifts or overrides")
        return self
