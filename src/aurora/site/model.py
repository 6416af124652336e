"""A plant as its own people describe it; read by every room, changed by none."""

from collections.abc import Iterator
from typing import Annotated, Literal, get_args
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from aurora.levels import Urgency
from aurora.site import duty_check, plan_check
from aurora.site.duty import (
    BY_TELEPHONE,
    Channel,
    ChannelName,
    CommunicationTest,
    Identifier,
    Paging,
    Roster,
    TelephoneNumber,
)
from aurora.site.plan import Outline, Plan, Point

LANGUAGES = ("en", "es", "fr", "de")
"""Languages Aurora has triage rules and procedures for."""

Language = Literal["en", "es", "fr", "de"]
CompassPoint = Literal[
    "north", "north_east", "east", "south_east", "south", "south_west", "west", "north_west"
]
COMPASS_POINTS: tuple[CompassPoint, ...] = get_args(CompassPoint)
"""Clockwise, an eighth of a turn apart."""
LocalText = str | dict[Language, str]
"""The same words in every language, or the words by language."""


def _time_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ValueError("no such time zone; give an IANA name such as Europe/Madrid") from error
    return name


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Feature(_Strict):
    """Something with a name in a zone: an exit, a valve, a piece of equipment."""

    id: Identifier
    name: LocalText
    """As it is to be spoken, with its article: "the east door"."""


class Exit(Feature):
    """A way out of a zone."""

    at: Point | None = None
    """Where it is on the site's plan."""
    faces: CompassPoint | None = None
    """Which way one walks when leaving by it; with the wind known, people leave into the wind."""


class Zone(_Strict):
    """One part of the plant that a caller can be in."""

    id: Identifier
    name: LocalText
    """As spoken back to the caller: "Zone B"."""
    aliases: dict[Language, list[str]] = Field(default_factory=dict)
    """Other ways people say it, in lower case: "gas line corridor"."""
    description: LocalText
    hazards: list[LocalText] = Field(default_factory=list)
    outline: Outline | None = None
    """Its corners on the site's plan, in order round it."""
    exits: Annotated[list[Exit], Field(min_length=1)]
    muster_point: Identifier
    valves: list[Feature] = Field(default_factory=list)
    equipment: list[Feature] = Field(default_factory=list)
    """Machines and plant a caller may name."""
    aed: LocalText | None = None
    """Where the nearest defibrillator is, as spoken: "by the east door"."""
    eyewash: LocalText | None = None
    shower: LocalText | None = None


class MusterPoint(_Strict):
    id: Identifier
    name: LocalText
    at: Point | None = None
    """Where it is on the site's plan."""


class Contact(_Strict):
    """A person or desk that can be reached."""

    id: Identifier
    name: str
    roles: Annotated[list[Identifier], Field(min_length=1)]
    phone: TelephoneNumber | None = None
    languages: list[Language] = Field(default_factory=list)
    """The first is what alerts are written in; without it the site's first."""
    channels: list[Channel] = Field(default_factory=list)
    """Tried in this order, the next when one fails; without any the phone is called and texted."""
    is_desk: bool = False
    """Acts from where it is: an acceptance does not mean that anybody comes."""
    is_outside: bool = False
    """Not of this site: no drill reaches it."""

    @property
    def number(self) -> str:
        """The telephone of a contact that has one, as the control room must."""
        assert self.phone is not None, f"{self.id} has no telephone"  # noqa: S101 - checked
        return self.phone

    def ways(self, *, ring_first: bool) -> list[tuple[ChannelName, str]]:
        """Return kind and address of every channel, in order.

        ring_first: whether a contact without channels of their own is called before texted.
        """
        if self.channels:
            return [(one.kind, one.address or self._own(one.kind)) for one in self.channels]
        names: list[ChannelName] = ["voice", "sms"] if ring_first else ["sms", "voice"]
        return [(name, self.phone) for name in names] if self.phone else []

    def _own(self, kind: ChannelName) -> str:
        return self.phone or "" if kind in BY_TELEPHONE else ""


class Worker(_Strict):
    """A known caller."""

    phone: TelephoneNumber
    name: str
    site: str | None = None
    language: Language | None = None


class PhoneLine(_Strict):
    """A telephone number that leads to this site."""

    number: TelephoneNumber
    language: Language


class Voice(_Strict):
    """How Twilio speaks a language."""

    voice: str
    """A Twilio voice name such as "Polly.Joanna"."""
    locale: str
    """A BCP 47 tag for both speech and recognition, such as "en-US"."""


class Site(_Strict):
    """A whole plant, cross-checked: every name that one part gives another exists."""

    id: Identifier
    name: str
    timezone: Annotated[str, AfterValidator(_time_zone)] = "UTC"
    """An IANA name, such as Europe/Madrid."""
    languages: Annotated[list[Language], Field(min_length=1)]
    """The first is what Aurora answers in when nothing else says."""
    emergency_number: str
    """What a caller dials for the public emergency services: "112"."""
    plan: Plan | None = None
    """What outlines and places are drawn on; needed as soon as there is one of them."""
    zones: Annotated[list[Zone], Field(min_length=1)]
    muster_points: Annotated[list[MusterPoint], Field(min_length=1)]
    roles: dict[Identifier, LocalText]
    """Every role that can be alerted, with its name as spoken."""
    contacts: Annotated[list[Contact], Field(min_length=1)]
    control_room: Identifier
    """The contact dialled when anything inside fails."""
    emergency_line: Identifier | None = None
    """The contact that is dialled for the public emergency services when the control room asks for
    it; None has nobody dialled. It never replaces a direct call to `emergency_number`."""
    escalation: dict[Urgency, list[Identifier]]
    """Roles alerted for each urgency, first to last."""
    rosters: list[Roster] = Field(default_factory=list)
    """Who is on duty when; a role without one has everyone who holds it on duty at all times."""
    paging: Paging = Field(default_factory=Paging)
    communication_test: CommunicationTest | None = None
    """A weekly test of the call tree; none unless the site asks for it."""
    phone_lines: list[PhoneLine] = Field(default_factory=list)
    workers: list[Worker] = Field(default_factory=list)
    voices: dict[Language, Voice]

    @model_validator(mode="after")
    def _every_name_exists(self) -> "Site":
        problems = list(self._dangling_names())
        if problems:
            raise ValueError("\n".join(problems))
        return self

    def _dangling_names(self) -> Iterator[str]:
        for what, ids in (
            ("zones", [zone.id for zone in self.zones]),
            ("muster_points", [point.id for point in self.muster_points]),
            ("contacts", [contact.id for contact in self.contacts]),
            ("rosters", [roster.id for roster in self.rosters]),
        ):
            for repeated in sorted({one for one in ids if ids.count(one) > 1}):
                yield f"{what}: id {repeated!r} is used twice; give each its own"
        points = {point.id for point in self.muster_points}
        for zone in self.zones:
            if zone.muster_point not in points:
                yield (
                    f"zones.{zone.id}.muster_point: no muster point {zone.muster_point!r}; "
                    f"add it or name one of {sorted(points)}"
                )
        for contact in self.contacts:
            for role in contact.roles:
                if role not in self.roles:
                    yield f"contacts.{contact.id}.roles: no role {role!r}; add it under roles"
        for urgency, roles in self.escalation.items():
            for role in roles:
                if role not in self.roles:
                    yield f"escalation.{urgency}: no role {role!r}; add it under roles"
        for urgency in Urgency:
            if urgency not in self.escalation:
                yield f"escalation.{urgency}: missing; give a list of roles (it may be empty)"
        if self.control_room not in {contact.id for contact in self.contacts}:
            yield f"control_room: no contact {self.control_room!r}; add it under contacts"
        line = next((one for one in self.contacts if one.id == self.emergency_line), None)
        if self.emergency_line is not None and (line is None or line.phone is None):
            yield (
                f"emergency_line: no contact {self.emergency_line!r} with a phone; "
                "add it under contacts, or leave the line out"
            )
        for language in self.languages:
            if language not in self.voices:
                yield f"voices.{language}: missing; every language of the site needs a voice"
        yield from duty_check.problems(self)
        yield from plan_check.problems(self)

    def zone(self, zone_id: str | None) -> Zone | None:
        """Return the zone with this id, or None."""
        return next((zone for zone in self.zones if zone.id == zone_id), None)

    def muster_point(self, point_id: str) -> MusterPoint:
        """Return the muster point with this id; raises StopIteration for an unchecked id."""
        return next(point for point in self.muster_points if point.id == point_id)

    def contact(self, contact_id: str) -> Contact:
        """Return the contact with this id; raises StopIteration for an unchecked id."""
        return next(contact for contact in self.contacts if contact.id == contact_id)

    def worker(self, number: str | None) -> Worker | None:
        """Return the worker whose telephone this is, or None."""
        return next((worker for worker in self.workers if worker.phone == number), None)


def spoken(text: LocalText, language: str) -> str:
    """Return a text in this language, else in English, else in whichever language it has."""
    if isinstance(text, str):
        return text
    by_language = {str(key): words for key, words in text.items()}
    return by_language.get(language) or by_language.get("en") or next(iter(by_language.values()))
