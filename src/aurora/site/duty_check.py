"""Whether a site's rosters and channels fit its people; what holds at a moment is escalation's."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, TypeVar

from aurora.site.duty import BY_TELEPHONE, DAYS, Roster, Shift

if TYPE_CHECKING:
    from aurora.site.model import Contact, Site

Item = TypeVar("Item")
DAY_MIN = 24 * 60
WEEK_MIN = 7 * DAY_MIN


def problems(site: "Site") -> Iterator[str]:
    """Yield what is wrong, as "field.path: what; fix"."""
    contacts = {contact.id: contact for contact in site.contacts}
    for contact in site.contacts:
        yield from _channel_problems(contact)
    for role in site.communication_test.roles if site.communication_test else ():
        if role not in site.roles:
            yield f"communication_test.roles: no role {role!r}; add it under roles"
    desk = contacts.get(site.control_room)
    if desk is not None and desk.phone is None:
        yield f"contacts.{desk.id}.phone: missing; the control room is dialled when anything fails"
    first: dict[tuple[str | None, str | None], str] = {}
    for roster in site.rosters:
        subject = (roster.role, roster.contact)
        if subject in first:
            yield (
                f"rosters.{roster.id}: {roster.role or roster.contact!r} has the roster "
                f"{first[subject]!r} already; put both into one"
            )
        first.setdefault(subject, roster.id)
        yield from (
            f"rosters.{roster.id}.{problem}"
            for problem in (
                _of_role(roster, site.roles, contacts)
                if roster.role is not None
                else _of_contact(roster, contacts)
            )
        )


def notes(site: "Site") -> Iterator[str]:
    """Yield what works and may not be meant, in the same form."""
    for roster in site.rosters:
        if roster.role is None or not roster.shifts:
            continue
        if gaps := _gaps(roster.shifts):
            spoken = ", ".join(f"{_moment(begins)} to {_moment(ends)}" for begins, ends in gaps)
            yield (
                f"rosters.{roster.id}.shifts: nobody is listed {spoken}; everyone who holds "
                f"{roster.role!r} is paged then, so add a shift if that is not meant"
            )
    held = {role for contact in site.contacts for role in contact.roles}
    for urgency, roles in site.escalation.items():
        for role in roles:
            if role not in held:
                yield (
                    f"escalation.{urgency}: nobody holds {role!r}; the control room is paged for "
                    "it, so give a contact the role"
                )


def _channel_problems(contact: "Contact") -> Iterator[str]:
    field = f"contacts.{contact.id}"
    if contact.phone is None and not contact.channels:
        yield f"{field}: nothing reaches it; give a phone or channels"
    for channel in contact.channels:
        if channel.kind in BY_TELEPHONE and channel.address is None and contact.phone is None:
            yield f"{field}.channels: {channel.kind} needs a number; give phone or an address"
    for channel in _repeated(contact.channels):
        yield f"{field}.channels: {channel.kind} is given twice; keep one"


def _of_role(
    roster: Roster, roles: Mapping[str, object], contacts: Mapping[str, "Contact"]
) -> Iterator[str]:
    if roster.role not in roles:
        yield f"role: no role {roster.role!r}; add it under roles or name another"
        return
    yield from _day_problems(roster)
    named = [(f"shifts.{at}.contacts", shift.contacts) for at, shift in enumerate(roster.shifts)]
    named += [
        (f"overrides.{at}.contacts", change.contacts) for at, change in enumerate(roster.overrides)
    ]
    for field, ids in named:
        if not ids:
            yield f"{field}: nobody is named; name who is on duty"
        for contact in _repeated(ids):
            yield f"{field}: {contact!r} is named twice; keep one"
        for contact in dict.fromkeys(ids):
            if contact not in contacts:
                yield f"{field}: no contact {contact!r}; add it under contacts"
            elif roster.role not in contacts[contact].roles:
                yield (
                    f"{field}: {contact!r} does not hold {roster.role!r}; add it to the roles of "
                    "that contact or name another"
                )


def _of_contact(roster: Roster, contacts: Mapping[str, "Contact"]) -> Iterator[str]:
    own = contacts.get(roster.contact or "")
    if own is None:
        yield f"contact: no contact {roster.contact!r}; add it under contacts or name another"
        return
    if roster.rotation == "round_robin":
        yield "rotation: one contact takes no turns; remove it"
    yield from _day_problems(roster)
    for at, shift in enumerate(roster.shifts):
        if shift.contacts:
            yield f"shifts.{at}.contacts: these are the shifts of {own.id!r} alone; remove it"
    for at, change in enumerate(roster.overrides):
        for contact in dict.fromkeys(change.contacts):
            field = f"overrides.{at}.contacts"
            if contact not in contacts:
                yield f"{field}: no contact {contact!r}; add it under contacts"
            elif contact == own.id:
                yield f"{field}: nobody stands in for themselves; name another or leave it empty"
            elif not set(own.roles) & set(contacts[contact].roles):
                yield f"{field}: {contact!r} holds no role of {own.id!r}; name one who does"


def _day_problems(roster: Roster) -> Iterator[str]:
    for at, shift in enumerate(roster.shifts):
        for day in _repeated(shift.days):
            yield f"shifts.{at}.days: {day} is given twice; keep one"


def _repeated(items: Sequence[Item]) -> list[Item]:
    return [item for at, item in enumerate(items) if items.index(item) < at]


def _gaps(shifts: Sequence[Shift]) -> list[tuple[int, int]]:
    """Stretches of the week in minutes that no shift covers; one over Sunday midnight is whole."""
    covered = bytearray(WEEK_MIN)
    for shift in shifts:
        begins, ends = (at.hour * 60 + at.minute for at in (shift.begins, shift.ends))
        length = (ends - begins - 1) % DAY_MIN + 1
        for day in shift.days:
            start = DAYS.index(day) * DAY_MIN + begins
            for minute in range(start, start + length):
                covered[minute % WEEK_MIN] = 1
    edges = [at for at in range(WEEK_MIN) if covered[at] != covered[at - 1]]
    opened = [at for at in edges if not covered[at]]
    closed = [at for at in edges if covered[at]]
    return [(at, next((end for end in closed if end > at), closed[0])) for at in opened]


def _moment(minute: int) -> str:
    return f"{DAYS[minute // DAY_MIN]} {minute % DAY_MIN // 60:02}:{minute % 60:02}"
