"""The page of one call, its events, and what an operator does to the call."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from pydantic import Field
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from aurora.accounts.person import Person, Role
from aurora.console.board.refusals import refusal
from aurora.console.board.routes import Reason, Seen, streamed
from aurora.console.call.page import CallPage
from aurora.console.door import Door, Needs
from aurora.console.frame import Frame
from aurora.conversation.call import Call
from aurora.conversation.dialogue import Dialogue
from aurora.conversation.operator import Change, add_note, end_call, set_urgency, set_zone
from aurora.conversation.operators import Operators
from aurora.conversation.record import Event, Records
from aurora.errors import AuroraError
from aurora.levels import Urgency
from aurora.lines.fields import read_fields
from aurora.lines.problems import not_found, unprocessable
from aurora.records.audit import AuditTrail
from aurora.site.model import Site, spoken

FORMS = ("urgency", "zone", "note", "end")
RAISED = "raised at the console"
"""The reason on the record of a rise by one touch: nobody is asked why."""


class UrgencyAsked(Seen):
    urgency: Urgency
    reason: Annotated[str, Field(max_length=500)] = ""


class ZoneAsked(Seen):
    zone: str
    """A zone's id; "" when it is not known after all."""


class NoteAsked(Seen):
    text: Annotated[str, Field(min_length=1, max_length=2000)]


class EndAsked(Seen):
    reason: Reason


def call_routes(
    page: CallPage,
    operators: Operators,
    records: Records,
    frame: Frame,
    door: Door,
    site: Site,
    audit: AuditTrail,
) -> APIRouter:
    """Return the routes."""
    router = APIRouter(prefix="/console/calls")
    viewer, operator = Depends(Needs(door, Role.VIEWER)), Depends(Needs(door, Role.OPERATOR))

    async def found(call_id: str) -> Call:
        call = operators.switchboard.here(call_id) or await records.find(call_id)
        if call is None:
            raise not_found(f"call {call_id[:64]}")
        return call

    @router.get("/{call_id}")
    async def show(request: Request, person: Annotated[Person, viewer], call_id: str) -> Response:
        call = await found(call_id)
        parts = await page.parts(call, frame.language(request, person))
        return frame.page(request, person, "call/page.html", call=call, parts=parts)

    @router.get("/{call_id}/events")
    async def events(request: Request, person: Annotated[Person, viewer], call_id: str) -> Response:
        call = await found(call_id)
        following = page.follow(call, frame.language(request, person))
        return streamed(following, door, request)

    @router.get("/{call_id}/forms/{form}")
    async def form(
        request: Request, person: Annotated[Person, operator], call_id: str, form: str
    ) -> Response:
        if form not in FORMS:
            raise not_found(f"form {form[:40]}")
        call = await found(call_id)
        language = frame.language(request, person)
        zones = [(zone.id, spoken(zone.name, language)) for zone in site.zones]
        levels = sorted(Urgency, key=lambda one: -one.rank)
        values = {"call": call, "zones": zones, "levels": levels}
        return HTMLResponse(frame.fragment(request, person, f"call/{form}.html", **values))

    acts = CallActs(operators, frame, site, audit)
    _add_ratings(router, acts, operator)
    _add_acts(router, acts, operator, site)
    return router


class CallActs:
    """Does what an operator asks of a call, and puts it on the audit trail."""

    def __init__(self, operators: Operators, frame: Frame, site: Site, audit: AuditTrail) -> None:
        self._operators = operators
        self._frame = frame
        self._site = site
        self._audit = audit

    async def done(
        self,
        request: Request,
        person: Person,
        call_id: str,
        change: Change,
        seen: int,
        what: str | None,
        name: str,
        details: Mapping[str, Any],
    ) -> Response:
        """Make the change; what, name: in short for other operators, and for the audit trail.

        Raises Problem when it was refused.
        """
        counted = seen if what is not None else None
        try:
            call = await self._operators.act(call_id, what, person.name, change, counted)
        except AuroraError as error:
            language = self._frame.language(request, person)
            raise refusal(error, language, self._site.timezone) from error
        await self._audit.note(person, name, call.id, details)
        return Response(status_code=204)


def _add_ratings(router: APIRouter, acts: CallActs, operator: Any) -> None:
    async def rated(
        request: Request, person: Person, call_id: str, urgency: Urgency, reason: str, seen: int
    ) -> Response:
        def change(dialogue: Dialogue, call: Call, now: datetime) -> list[Event]:
            return set_urgency(dialogue, call, urgency, person.name, reason, now)

        details = {"after": urgency.value, "reason": reason}
        what = urgency.value
        return await acts.done(request, person, call_id, change, seen, what, "urgency.set", details)

    @router.post("/{call_id}/urgency")
    async def urgency(
        request: Request, person: Annotated[Person, operator], call_id: str
    ) -> Response:
        asked = await read_fields(request, UrgencyAsked)
        return await rated(request, person, call_id, asked.urgency, asked.reason, asked.seen)

    @router.post("/{call_id}/critical")
    async def critical(
        request: Request, person: Annotated[Person, operator], call_id: str
    ) -> Response:
        asked = await read_fields(request, Seen)
        return await rated(request, person, call_id, Urgency.CRITICAL, RAISED, asked.seen)


def _add_acts(router: APIRouter, acts: CallActs, operator: Any, site: Site) -> None:
    @router.post("/{call_id}/zone")
    async def zone(request: Request, person: Annotated[Person, operator], call_id: str) -> Response:
        asked = await read_fields(request, ZoneAsked)
        if asked.zone and site.zone(asked.zone) is None:
            known = ", ".join(one.id for one in site.zones)
            raise unprocessable(f"zone: no zone {asked.zone[:40]!r}; give one of {known}.", "zone")

        def change(dialogue: Dialogue, call: Call, now: datetime) -> list[Event]:
            return set_zone(dialogue, call, asked.zone or None, person.name, now)

        details = {"after": asked.zone or None}
        return await acts.done(
            request, person, call_id, change, asked.seen, "zone", "call.zone_set", details
        )

    @router.post("/{call_id}/note")
    async def note(request: Request, person: Annotated[Person, operator], call_id: str) -> Response:
        asked = await read_fields(request, NoteAsked)

        def change(dialogue: Dialogue, call: Call, now: datetime) -> list[Event]:
            return add_note(asked.text, person.name, now)

        return await acts.done(request, person, call_id, change, asked.seen, None, "note.added", {})

    @router.post("/{call_id}/end")
    async def end(request: Request, person: Annotated[Person, operator], call_id: str) -> Response:
        asked = await read_fields(request, EndAsked)

        def change(dialogue: Dialogue, call: Call, now: datetime) -> list[Event]:
            return end_call(dialogue, call, person.name, asked.reason, now)

        details = {"reason": asked.reason}
        return await acts.done(
            request, person, call_id, change, asked.seen, "ended", "call.ended", details
        )
