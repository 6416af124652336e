"""Duty at the console: who is paged when, who is off, and where nobody is on duty."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, TypeVar
from uuid import uuid4
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from aurora.accounts.person import Person, Role
from aurora.console.door import Door, Needs
from aurora.console.duty.view import gaps_ahead, held_roles, plan_at
from aurora.console.frame import Frame
from aurora.console.review.fields import moment_in, pairs_of, reason_in
from aurora.console.review.routes import went_to
from aurora.errors import RecordsError
from aurora.guidance.library import Library
from aurora.levels import Urgency
from aurora.lines.problems import not_found, unavailable, unprocessable
from aurora.records.absences import Absences
from aurora.records.audit import AuditTrail
from aurora.site.absence import Absence, problems_of
from aurora.site.model import Site, spoken

T = TypeVar("T")
ADDRESS = "/console/duty"
MOST_STAND_INS = 5


@dataclass(frozen=True, slots=True)
class DutyDesk:
    """What the duty page is given."""

    frame: Frame
    door: Door
    library: Library
    absences: Absences
    site: Callable[[], Site]
    """The site with the contacts and rosters of now."""
    refresh: Callable[[], Awaitable[None]]
    trail: AuditTrail
    clock: Callable[[], datetime]


def duty_routes(desk: DutyDesk) -> APIRouter:
    """Return /console/duty; everybody reads, operators say who is off."""
    router = APIRouter(prefix=ADDRESS)
    reader, operator = Needs(desk.door, Role.VIEWER), Needs(desk.door, Role.OPERATOR)

    @router.get("")
    async def duty(request: Request, person: Annotated[Person, Depends(reader)]) -> Response:
        shown = await _shown(desk, request.query_params, person)
        return desk.frame.page(request, person, "duty/duty.html", **shown)

    @router.post("/absences")
    async def be_off(request: Request, person: Annotated[Person, Depends(operator)]) -> Response:
        absence = _absence(await pairs_of(request), desk.site(), person, desk.clock())
        await _stored(desk.absences.add(absence))
        details = {
            "from": absence.begins_at.isoformat(),
            "until": absence.ends_at.isoformat(),
            "stand_ins": list(absence.stand_ins),
            "reason": absence.reason,
        }
        await desk.trail.note(person, "duty.off", absence.contact, details)
        await desk.refresh()
        return went_to(ADDRESS)

    @router.post("/absences/{absence_id}/end")
    async def be_back(
        request: Request, absence_id: str, person: Annotated[Person, Depends(operator)]
    ) -> Response:
        if not await _stored(desk.absences.end(absence_id, person.name, desk.clock())):
            raise not_found(f"absence {absence_id[:40]} that still holds")
        await desk.trail.note(person, "duty.back", absence_id, {})
        await desk.refresh()
        return went_to(ADDRESS)

    return router


async def _shown(desk: DutyDesk, asked: Mapping[str, str], person: Person) -> dict[str, Any]:
    """What the page shows of who is paged when; raises Problem for what it cannot be asked."""
    site, now = desk.site(), desk.clock()
    zone = ZoneInfo(site.timezone)
    at = moment_in(asked.get("at", ""), zone)
    urgency = _urgency(asked.get("urgency", Urgency.CRITICAL.value))
    procedure_id = asked.get("procedure", "")
    procedure = desk.library.procedure(procedure_id, site.languages[0])
    is_drill = asked.get("drill") == "yes"
    roles = procedure.alert if procedure else []
    titles = desk.library.titles(person.language)
    return {
        "plan": plan_at(site, urgency, roles, at or now, is_drill=is_drill),
        "urgency": urgency.value,
        "urgencies": [one.value for one in sorted(Urgency, key=lambda one: -one.rank)],
        "procedures": sorted(titles.items(), key=lambda one: one[1].casefold()),
        "procedure_id": procedure_id,
        "is_drill": is_drill,
        "at": at,
        "at_wall": _wall(at, zone),
        "now_wall": _wall(now, zone),
        "roles": held_roles(site, at or now, person.language),
        "role_names": {one: spoken(name, person.language) for one, name in site.roles.items()},
        "absences": [one for one in await desk.absences.since(now) if not one.is_taken_back],
        "now": now,
        "contacts": site.contacts,
        "names": {one.id: one.name for one in site.contacts},
        "gaps": await asyncio.to_thread(gaps_ahead, site, now),
        "may_act": person.role.covers(Role.OPERATOR),
    }


def _absence(pairs: list[tuple[str, str]], site: Site, person: Person, now: datetime) -> Absence:
    form, zone = dict(pairs), ZoneInfo(site.timezone)
    ends_at = moment_in(form.get("ends", ""), zone)
    if ends_at is None:
        raise unprocessable("Say until when.", "ends")
    stand_ins = [value for name, value in pairs if name == "stand_in" and value]
    absence = Absence(
        uuid4().hex,
        form.get("contact", ""),
        moment_in(form.get("begins", ""), zone) or now,
        ends_at,
        tuple(dict.fromkeys(stand_ins[:MOST_STAND_INS])),
        reason_in(form),
        person.name,
        now,
    )
    for field, problem in problems_of(site, absence):
        raise unprocessable(problem, field)
    return absence


async def _stored(storing: Awaitable[T]) -> T:
    try:
        return await storing
    except RecordsError as error:
        raise unavailable("It was not stored, so nothing has changed; try again.") from error


def _urgency(text: str) -> Urgency:
    try:
        return Urgency(text)
    except ValueError as error:
        raise unprocessable("Choose an urgency of the list.", "urgency") from error


def _wall(at: datetime | None, zone: ZoneInfo) -> str:
    return at.astimezone(zone).strftime("%Y-%m-%dT%H:%M") if at else ""
