"""The audit trail for admins: filtered, page by page, and as CSV."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends
from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from aurora.accounts.audit import Link, Sought, details_text
from aurora.accounts.person import Person, Role
from aurora.console.door import Door, Needs
from aurora.console.frame import Frame
from aurora.console.history.files import csv_text
from aurora.lines.problems import unprocessable
from aurora.records.audit import AuditTrail
from aurora.records.seals import ACT as SEALED
from aurora.site.model import Site

TRAIL = "/console/audit"
ON_A_PAGE = 100
AT_ONCE = 1_000
COLUMNS = ("number", "at", "who", "role", "address", "act", "subject", "details", "account", "hash")


def audit_routes(audit: AuditTrail, door: Door, frame: Frame, site: Site) -> APIRouter:
    """Return the routes; both are for admins."""
    router = APIRouter()
    admin = Depends(Needs(door, Role.ADMIN))
    zone = ZoneInfo(site.timezone)

    @router.get(TRAIL)
    async def show(request: Request, person: Person = admin) -> Response:
        query = request.query_params
        sought, before = sought_in(query, zone), _number(query.get("before", ""))
        if not sought.act:
            # The line's own, every half minute of a call, would hide what people did.
            sought = replace(sought, without=SEALED)
        found = await audit.find(sought, before=before, limit=ON_A_PAGE + 1)
        older = found[ON_A_PAGE - 1].number if len(found) > ON_A_PAGE else None
        filters = {name: value for name, value in query.items() if name != "before" and value}
        values: dict[str, Any] = {
            "links": found[:ON_A_PAGE],
            "acts": await audit.acts(),
            "filters": filters,
            "csv": f"{TRAIL}.csv?{urlencode(filters)}",
            "older": f"{TRAIL}?{urlencode({**filters, 'before': older})}" if older else None,
            "details_text": details_text,
        }
        return await frame.page_apart(request, person, "accounts/trail.html", **values)

    @router.get(f"{TRAIL}.csv")
    async def export(request: Request, person: Person = admin) -> Response:
        sought = sought_in(request.query_params, zone)
        await audit.note(person, "audit.exported", "", dict(request.query_params))
        headers = {"Content-Disposition": 'attachment; filename="audit.csv"'}
        return StreamingResponse(
            _lines(audit, sought), media_type="text/csv; charset=utf-8", headers=headers
        )

    return router


def sought_in(query: QueryParams, zone: ZoneInfo) -> Sought:
    """Return what a filter asks for; its days are whole days of the site; raises Problem 422."""
    until = _day(query, "until")
    return Sought(
        who=query.get("who", "")[:200],
        act=query.get("act", "")[:200],
        subject=query.get("subject", "").strip()[:200],
        since=_start_of(_day(query, "since"), zone),
        until=_start_of(until + timedelta(days=1), zone) if until else None,
    )


async def _lines(audit: AuditTrail, sought: Sought) -> AsyncIterator[str]:
    yield csv_text([COLUMNS], is_first=True)
    before: int | None = None
    while found := await audit.find(sought, before=before, limit=AT_ONCE):
        yield csv_text(map(_cells, found))
        before = found[-1].number


def _cells(link: Link) -> tuple[str, ...]:
    entry = link.entry
    return (
        str(link.number),
        entry.at.isoformat(),
        entry.who,
        entry.role,
        entry.address,
        entry.act,
        entry.subject,
        details_text(entry.details),
        entry.account_id,
        link.hash,
    )


def _day(query: QueryParams, name: str) -> date | None:
    text = query.get(name, "")
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise unprocessable(f"{name}: give a day such as 2026-11-26.", name) from error


def _start_of(day: date | None, zone: ZoneInfo) -> datetime | None:
    return datetime.combine(day, time(), zone) if day else None


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 15 else None
