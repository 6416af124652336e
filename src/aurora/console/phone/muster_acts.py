"""What operators do at a muster: open it, mark people they have seen, take a mark back, end it."""

import asyncio
import json
import secrets
from datetime import timedelta
from typing import Annotated, Any

import structlog
from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from aurora.accounts.person import Person, Role
from aurora.console.door import Needs
from aurora.console.phone.muster import now, roll_fragment
from aurora.console.phone.parts import PhoneParts
from aurora.console.words import _, words_in
from aurora.errors import ChannelFault, RecordsError
from aurora.escalation.phones import Phone
from aurora.lines.fields import read_fields
from aurora.lines.problems import Problem, not_found, unprocessable
from aurora.muster.check_in import CheckIn, Muster, Standing
from aurora.site.model import Language

log = structlog.get_logger()

LEAD = timedelta(minutes=10)
"""People leave, and check in, before anybody opens a muster."""
AT_ONCE = 10
"""Telephones that are told of a muster at the same time."""
TRIED_FOR_S = 30.0
PAGE = "/console/muster"


class Opening(BaseModel):
    model_config = ConfigDict(extra="ignore", str_strip_whitespace=True)

    reason: Annotated[str, Field(min_length=3, max_length=200)]
    is_drill: bool = False
    incident: str = ""


class Closing(BaseModel):
    model_config = ConfigDict(extra="ignore")

    muster: Annotated[str, Field(max_length=64)]


class Mark(Closing):
    """Of the muster that the page showed."""

    person: Annotated[str, Field(max_length=120)]
    standing: Standing


class Visitor(Closing):
    model_config = ConfigDict(extra="ignore", str_strip_whitespace=True)

    name: Annotated[str, Field(min_length=2, max_length=80)]


def muster_act_routes(parts: PhoneParts) -> APIRouter:
    """Return the routes."""
    router = APIRouter(prefix="/console/muster")
    operator = Depends(Needs(parts.door, Role.OPERATOR))

    @router.post("/open")
    async def open_(request: Request, person: Annotated[Person, operator]) -> Response:
        asked = await read_fields(request, Opening)
        muster = await _new(parts, asked, person)
        opened = await parts.musters.open(muster)
        if opened is not muster and opened.id != muster.id:
            detail = _("%(by)s has opened one already. Reload the page.")
            raise Problem(409, "Open already", detail, by=opened.opened_by)
        details = {"reason": asked.reason, "is_drill": asked.is_drill, "incident": asked.incident}
        await parts.audit.note(person, "muster.opened", muster.id, details)
        return RedirectResponse(PAGE, 303, background=BackgroundTask(tell, parts, muster))

    @router.post("/close")
    async def close(request: Request, person: Annotated[Person, operator]) -> Response:
        asked = await read_fields(request, Closing)
        if not await parts.musters.close(asked.muster, person.name, parts.clock()):
            raise Problem(409, "Closed already", "Somebody has ended it. Reload the page.")
        await parts.audit.note(person, "muster.closed", asked.muster)
        return RedirectResponse(PAGE, 303)

    @router.post("/mark")
    async def mark(request: Request, person: Annotated[Person, operator]) -> Response:
        asked = await read_fields(request, Mark)
        standing = await now(parts)
        _check_open(standing.muster, asked.muster)
        name = standing.name_of(asked.person)
        if name is None:
            raise unprocessable("This person is not on the roll.", "person")
        await _say(parts, person, asked.person, name, asked.standing)
        return await roll_fragment(parts, request, person)

    @router.post("/visitor")
    async def visitor(request: Request, person: Annotated[Person, operator]) -> Response:
        asked = await read_fields(request, Visitor)
        _check_open((await now(parts)).muster, asked.muster)
        key = f"visitor:{secrets.token_hex(8)}"
        await _say(parts, person, key, asked.name, Standing.SAFE)
        return await roll_fragment(parts, request, person)

    return router


def _check_open(muster: Muster | None, shown: str) -> None:
    if muster is None or muster.id != shown or not muster.is_open:
        raise Problem(409, "Closed already", "This muster is over. Reload the page.")


async def _say(parts: PhoneParts, by: Person, key: str, name: str, standing: Standing) -> None:
    said = CheckIn(secrets.token_hex(12), key, name, standing, parts.clock(), by.name, False)
    await parts.musters.check_in(said)
    details = {"person": key, "standing": standing.value}
    await parts.audit.note(by, "muster.marked", key, details)


async def _new(parts: PhoneParts, asked: Opening, by: Person) -> Muster:
    at = parts.clock()
    counts_from = at - LEAD
    if asked.incident:
        incident = await parts.answers.incident(asked.incident)
        if incident is None:
            raise not_found(f"incident {asked.incident[:64]}")
        counts_from = min(counts_from, incident.opened_at)
    return Muster(
        id=f"muster_{secrets.token_hex(8)}",
        reason=asked.reason,
        is_drill=asked.is_drill,
        incident_id=asked.incident or None,
        counts_from=counts_from,
        opened_at=at,
        opened_by=by.name,
    )


async def tell(parts: PhoneParts, muster: Muster) -> None:
    """Ask everybody with a telephone to check in; whoever is not reached is missed on the roll."""
    few = asyncio.Semaphore(AT_ONCE)

    async def ask(phone: Phone, language: Language) -> None:
        async with few:
            try:
                body = asking(parts.site.name, muster, language)
                await parts.push.channel.send_to(phone, body, muster.id, TRIED_FOR_S)
            except ChannelFault as fault:
                log.warning("muster_not_told", reason=fault.reason)

    try:
        phones = await parts.phones.of_everybody()
    except RecordsError as error:
        log.error("muster_told_nobody", error=str(error))
        return
    async with asyncio.TaskGroup() as group:
        for phone, language in phones:
            group.create_task(ask(phone, language))


def asking(site_name: str, muster: Muster, language: Language) -> bytes:
    """Return the notification that asks to check in."""
    words = words_in(language)
    title = words.gettext("Muster: check in now")
    shown: dict[str, Any] = {
        "title": f"{words.gettext('DRILL')}. {title}" if muster.is_drill else title,
        "body": f"{site_name}: {muster.reason}",
        "language": language,
        "incident": muster.id,
        "at": int(muster.opened_at.timestamp() * 1000),
        "is_urgent": True,
        "page": PAGE,
        "answer": None,
    }
    return json.dumps(shown, ensure_ascii=False).encode()
