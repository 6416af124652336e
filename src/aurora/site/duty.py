"""Who is on duty when, as a site writes it down; working out the answer is escalation's."""

from datetime import datetime, time
from typing import Annotated, Literal, Self, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from aurora.levels import Urgency

Identifier = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_]*$")]
Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
DAYS: tuple[Day, ...] = get_args(Day)
"""Monday first, as `date.weekday()` counts."""


def _clock_time(value: object) -> object:
    if isinstance(value, int) and not isinstance(value, bool):
        # YAML 1.1 reads an unquoted 22:30 as 22 times 60 plus 30.
        value = f"{value // 60:02}:{value % 60:02}"
    if isinstance(value, str):
        value = "00:00" if value == "24:00" else value
        try:
            read = time.fromisoformat(value)
        except ValueError:
            read = None
        if read is not None and read.tzinfo is None and not (read.second or read.microsecond):
            return read
    raise ValueError('not a time of day; write it as "06:00", in the site\'s time zone')


def _wall_time(value: object) -> object:
    try:
        read = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        read = None
    if read is None or read.tzinfo is not None:
        raise ValueError('not a time; write it as "2026-12-24 18:00", in the site\'s time zone')
    return read


ClockTime = Annotated[time, BeforeValidator(_clock_time)]
WallTime = Annotated[datetime, BeforeValidator(_wall_time)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


ChannelName = Literal["sms", "voice", "console"]


class Channel(_Strict):
    """A way to a contact at an address of its own."""

    kind: Literal["sms", "voice", "apprise", "webhook", "cap"]
    address: Annotated[str, Field(min_length=1)]
    """A telephone number, a URL, or the name of a URL in the settings (URLs hold secrets)."""


class Paging(_Strict):
    """How long to wait for an answer, and how often to begin again."""

    wait_s: dict[Urgency, Annotated[float, Field(gt=0, le=3600)]] = Field(
        default_factory=lambda: {Urgency.CRITICAL: 30.0, Urgency.URGENT: 120.0}
    )
    repeats: dict[Urgency, Annotated[int, Field(ge=0, le=10)]] = Field(
        default_factory=lambda: {Urgency.CRITICAL: 2, Urgency.URGENT: 1}
    )


class Shift(_Strict):
    """A stretch of the week; it ends the next day when `to` is not after `from`."""

    days: Annotated[list[Day], Field(min_length=1)]
    """The days on which it begins."""
    begins: Annotated[ClockTime, Field(alias="from")]
    ends: Annotated[ClockTime, Field(alias="to")]
    contacts: list[Identifier] = Field(default_factory=list)
    """First to last; in a roster of a role only."""

    @property
    def crosses_midnight(self) -> bool:
        return self.ends <= self.begins


class Override(_Strict):
    """Other people for a while: leave, sickness, a shutdown."""

    begins: Annotated[WallTime, Field(alias="from")]
    ends: Annotated[WallTime, Field(alias="to")]
    contacts: list[Identifier] = Field(default_factory=list)
    """Who is on duty instead; for a contact's roster, who stands in (may be nobody)."""
    reason: str

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        if self.ends <= self.begins:
            raise ValueError("ends before it begins; put `to` after `from`")
        return self


class Roster(_Strict):
    """Who of a role is on duty, or when one contact is."""

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
            raise ValueError("give either role or contact")
        if not self.shifts and not self.overrides:
            raise ValueError("nothing in it; give shifts or overrides")
        return self
