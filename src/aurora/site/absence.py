"""Somebody who is off for a while, said at the console: laid over the rosters of the site."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from aurora.site.duty import Override, Roster
from aurora.site.model import Site


@dataclass(frozen=True, slots=True)
class Absence:
    """A contact is off duty from one moment to another; others may stand in."""

    id: str
    contact: str
    begins_at: datetime
    ends_at: datetime
    stand_ins: tuple[str, ...]
    """First to last; empty when nobody does."""
    reason: str
    by: str
    at: datetime
    ended_by: str | None = None
    ended_at: datetime | None = None
    """When it was taken back; nothing of it holds from then on."""

    @property
    def is_taken_back(self) -> bool:
        return self.ended_at is not None


def with_absences(site: Site, absences: Iterable[Absence]) -> Site:
    """Return the site with these absences as overrides of its people's rosters."""
    zone = ZoneInfo(site.timezone)
    known = {contact.id for contact in site.contacts}
    rosters = {roster.id: roster for roster in site.rosters}
    for absence in absences:
        if absence.is_taken_back or absence.contact not in known:
            continue
        own = next((one for one in rosters.values() if one.contact == absence.contact), None)
        override = _override(absence, known, zone)
        if own is None:
            own = Roster(
                id=_free_id(absence, rosters), contact=absence.contact, overrides=[override]
            )
        else:
            own = own.model_copy(update={"overrides": [*own.overrides, override]})
        rosters[own.id] = own
    return site.model_copy(update={"rosters": list(rosters.values())})


def problems_of(site: Site, absence: Absence) -> Iterator[tuple[str, str]]:
    """Yield (field, what is wrong and how to mend it) of an absence that somebody asks for."""
    contacts = {contact.id: contact for contact in site.contacts}
    own = contacts.get(absence.contact)
    if own is None:
        yield "contact", f"contact: no contact {absence.contact[:40]!r}; choose one of the list."
        return
    if absence.ends_at <= max(absence.begins_at, absence.at):
        yield "ends", "ends: give a time to come, after the beginning."
    for one in absence.stand_ins:
        if one not in contacts:
            yield "stand_ins", f"stand_ins: no contact {one[:40]!r}; choose one of the list."
        elif one == own.id:
            yield "stand_ins", "stand_ins: nobody stands in for themselves; choose another."
        elif not set(own.roles) & set(contacts[one].roles):
            yield "stand_ins", f"stand_ins: {contacts[one].name} holds no role of {own.name}."


def _override(absence: Absence, known: set[str], zone: ZoneInfo) -> Override:
    stand_ins: Sequence[str] = [one for one in absence.stand_ins if one in known]
    return Override.model_construct(
        begins=absence.begins_at.astimezone(zone).replace(tzinfo=None),
        ends=absence.ends_at.astimezone(zone).replace(tzinfo=None),
        contacts=list(stand_ins),
        reason=absence.reason or "absence",
    )


def _free_id(absence: Absence, rosters: Iterable[str]) -> str:
    wanted = f"absence_{absence.contact}"
    while wanted in rosters:
        wanted += "_"
    return wanted
