"""The page of one call, its events, and what an operator does to the call."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from pydantic import Field
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from aurora.accounts.person import Person, Role
from aurora.console.acts import OperatorActs, Reason, Seen
from aurora.console.board.stream import streamed
from aurora.console.call.page import CallPage
from aurora.console.door import Door, Needs
from aurora.console.frame import Frame
from aurora.conversation.call import Call
from aurora.conversation.dialogue import Dialogue
from aurora.conversation.operator import add_note, end_call, set_urgency, set_zone
from aurora.conversation.operators import Operators
from aurora.conversation.record import Event, Records
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
    page: CallPage,
    operators: Operators,
    records: Records,
    acts: OperatorActs,
    frame: Frame,
    door: Door,
    site: Site,
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
        can_act = person.role.covers(Role.OPERATOR)
        template = "call/page.html"
        return frame.page(request, person, template, call=call, parts=parts, can_act=can_act)

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

    _add_ratings(router, acts, operators, operator)
    _add_acts(router, acts, operators, operator, site)
    return router


def _add_ratings(
    router: APIRouter, acts: OperatorActs, operators: Operators, operator: Any
) -> None:
    async def rated(
        request: Request, person: Person, call_id: str, urgency: Urgency, reason: str, seen: int
    ) -> Response:
        def change(dialogue: Dialogue, call: Call, now: datetime) -> list[Event]:
            return set_urgency(dialogue, call, urgency, person.name, reason, now)

        details = {"after": urgency.value, "reason": reason}
        act = operators.act(call_id, urgency.value, person.name, change, seen)
        return await acts.done(request, person, act, "urgency.set", details)

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


def _add_acts(
    router: APIRouter, acts: OperatorActs, operators: Operators, operator: Any, site: Site
) -> None:
    @router.post("/{call_id}/zone")
    async def zone(request: Request, person: Annotated[Person, operator], call_id: str) -> Response:
        asked = await read_fields(request, ZoneAsked)
        if asked.zone and site.zone(asked.zone) is None:
            known = ", ".join(one.id for one in site.zones)
            raise unprocessable(f"zone: no zone {asked.zone[:40]!r}; give one of {known}.", "zone")

        def change(dialogue: Dialogue, call: Call, now: datetime) -> list[Event]:
            return set_zone(dialogue, call, asked.zone or None, person.name, now)

        details = {"after": asked.zone or None}
        act = operators.act(call_id, "zone", person.name, change, asked.seen)
        return await acts.done(request, person, act, "call.zone_set", details)

    @router.post("/{call_id}/note")
    async def note(request: Request, person: Annotated[Person, operator], call_id: str) -> Response:
        asked = await read_fields(request, NoteAsked)

        def change(dialogue: Dialogue, call: Call, now: datetime) -> list[Event]:
            return add_note(asked.text, person.name, now)

        act = operators.act(call_id, None, person.name, change)
        return await acts.done(request, person, act, "note.added")

    @router.post("/{call_id}/end")
    async def end(request: Request, person: Annotated[Person, operator], call_id: str) -> Response:
        asked = await read_fields(request, EndAsked)

        def change(dialogue: Dialogue, call: Call, now: datetime) -> list[Event]:
            return end_call(dialogue, call, person.name, asked.reason, now)

        details = {"reason": asked.reason}
        act = operators.act(call_id, "ended", person.name, change, asked.seen)
        return await acts.done(request, person, act, "call.ended", details)
