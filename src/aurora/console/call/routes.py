"""The page of one call, its events, and what an operator does to the call."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends
from pydantic import Field
from sse_starlette.sse import EventSourceResponse
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from aurora.accounts.person import Person, Role
from aurora.console.board.refusals import refusal
from aurora.console.board.routes import Reason, Seen
from aurora.console.call.page import CallPage
from aurora.console.door import Door, Needs
from aurora.console.frame import Frame
from aurora.conversation.operator import Change, add_note, end_call, set_urgency, set_zone
from aurora.conversation.operators import Operators
from aurora.conversation.record import Records
from aurora.errors import AuroraError
from aurora.levels import Urgency
from aurora.lines.fields import read_fields
from aurora.lines.problems import not_found, unprocessable
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
    page: CallPage, operators: Operators, records: Records, frame: Frame, door: Door, site: Site
) -> APIRouter:
    """Return the routes."""
    router = APIRouter(prefix="/console/calls")
    viewer, operator = Depends(Needs(door, Role.VIEWER)), Depends(Needs(door, Role.OPERATOR))

    async def found(call_id: str) -> Any:
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
        return EventSourceResponse(following, ping=0)

    @router.get("/{call_id}/{form}")
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

    _add_acts(router, operators, frame, operator, site)
    return router


def _add_acts(
    router: APIRouter, operators: Operators, frame: Frame, operator: Any, site: Site
) -> None:
    async def act(
        request: Request, person: Person, call_id: str, what: str | None, change: Change, seen: int
    ) -> Response:
        try:
            counted = seen if what is not None else None
            await operators.act(call_id, what, person.name, change, counted)
        except AuroraError as error:
            raise refusal(error, frame.language(request, person), site.timezone) from error
        return Response(status_code=204)

    @router.post("/{call_id}/urgency")
    async def urgency(
        request: Request, person: Annotated[Person, operator], call_id: str
    ) -> Response:
        asked = await read_fields(request, UrgencyAsked)
        return await act(
            request,
            person,
            call_id,
            asked.urgency.value,
            lambda dialogue, call, now: set_urgency(
                dialogue, call, asked.urgency, person.name, asked.reason, now
            ),
            asked.seen,
        )

    @router.post("/{call_id}/critical")
    async def critical(
        request: Request, person: Annotated[Person, operator], call_id: str
    ) -> Response:
        asked = await read_fields(request, Seen)
        return await act(
            request,
            person,
            call_id,
            Urgency.CRITICAL.value,
            lambda dialogue, call, now: set_urgency(
                dialogue, call, Urgency.CRITICAL, person.name, RAISED, now
            ),
            asked.seen,
        )

    @router.post("/{call_id}/zone")
    async def zone(request: Request, person: Annotated[Person, operator], call_id: str) -> Response:
        asked = await read_fields(request, ZoneAsked)
        if asked.zone and site.zone(asked.zone) is None:
            known = ", ".join(one.id for one in site.zones)
            raise unprocessable(f"zone: no zone {asked.zone[:40]!r}; give one of {known}.", "zone")
        return await act(
            request,
            person,
            call_id,
            "zone",
            lambda dialogue, call, now: set_zone(
                dialogue, call, asked.zone or None, person.name, now
            ),
            asked.seen,
        )

    @router.post("/{call_id}/note")
    async def note(request: Request, person: Annotated[Person, operator], call_id: str) -> Response:
        asked = await read_fields(request, NoteAsked)
        return await act(
            request,
            person,
            call_id,
            None,
            lambda dialogue, call, now: add_note(asked.text, person.name, now),
            asked.seen,
        )

    @router.post("/{call_id}/end")
    async def end(request: Request, person: Annotated[Person, operator], call_id: str) -> Response:
        asked = await read_fields(request, EndAsked)
        return await act(
            request,
            person,
            call_id,
            "ended",
            lambda dialogue, call, now: end_call(dialogue, call, person.name, asked.reason, now),
            asked.seen,
        )
