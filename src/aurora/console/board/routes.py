"""The live board: its page, its events, and what an operator does to an incident."""

from collections.abc import AsyncGenerator, Awaitable, Mapping
from datetime import timedelta
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field
from sse_starlette.sse import EventSourceResponse
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from aurora.accounts.person import Person, Role
from aurora.console.board.board import Board
from aurora.console.board.refusals import refusal
from aurora.console.board.stream import while_welcome
from aurora.console.door import Door, Needs
from aurora.console.frame import Frame
from aurora.errors import AuroraError
from aurora.escalation.incident import Answer, Incident
from aurora.escalation.operator_desk import OperatorDesk
from aurora.lines.fields import read_fields
from aurora.lines.problems import not_found
from aurora.records.audit import AuditTrail
from aurora.site.model import Site

Reason = Annotated[str, Field(min_length=3, max_length=500)]


class Seen(BaseModel):
    """What every act carries."""

    model_config = ConfigDict(extra="ignore", str_strip_whitespace=True)

    seen: Annotated[int, Field(ge=0)]
    """How many acts of operators the page showed when this one was decided."""


class ShelvingAsked(Seen):
    reason: Reason
    minutes: Annotated[int, Field(ge=1, le=480)]


class ClosingAsked(Seen):
    reason: Reason


class AnswerAsked(Seen):
    contact: Annotated[str, Field(min_length=1, max_length=100)]
    answer: Literal["accept", "decline", "arrived"] = "accept"


def board_routes(
    board: Board, desk: OperatorDesk, frame: Frame, door: Door, site: Site, audit: AuditTrail
) -> APIRouter:
    """Return the routes."""
    router = APIRouter(prefix="/console")
    viewer, operator = Depends(Needs(door, Role.VIEWER)), Depends(Needs(door, Role.OPERATOR))

    @router.get("")
    async def page(request: Request, person: Annotated[Person, viewer]) -> Response:
        if not board.is_watched:
            await board.watch.look()
        language = frame.language(request, person)
        whole = board.whole(language)
        since = board.stream(language).position
        return await frame.page_apart(request, person, "board/page.html", whole=whole, since=since)

    @router.get("/board/events")
    async def events(request: Request, person: Annotated[Person, viewer]) -> Response:
        since = request.headers.get("last-event-id") or request.query_params.get("since")
        following = board.stream(frame.language(request, person)).follow(since)
        return streamed(following, door, request)

    @router.get("/board/incidents/{incident_id}/forms/{form}")
    async def form(
        request: Request, person: Annotated[Person, operator], incident_id: str, form: str
    ) -> Response:
        if form not in ("shelve", "resolve", "answer"):
            raise not_found(f"form {form[:40]}")
        card = board.card_of(frame.language(request, person), incident_id)
        if card is None:
            raise not_found(f"incident {incident_id[:64]}")
        body = frame.fragment(request, person, f"board/{form}.html", card=card)
        return HTMLResponse(body)

    acts = IncidentActs(board, desk, frame, site, audit)
    _add_acts(router, acts, operator)
    _add_shelf(router, acts, operator)
    return router


def streamed(following: AsyncGenerator[bytes], door: Door, request: Request) -> Response:
    """Return events to whoever asked, for as long as they are signed in.

    The stream's own beat is an event, which a page can see; a comment it could not.
    """

    async def is_welcome() -> bool:
        return await door.still(request) is not None

    return EventSourceResponse(while_welcome(following, is_welcome), ping=0)


class IncidentActs:
    """Does what an operator asks, puts it on the audit trail, and has every board look at once."""

    def __init__(
        self, board: Board, desk: OperatorDesk, frame: Frame, site: Site, audit: AuditTrail
    ) -> None:
        self.desk = desk
        self._board = board
        self._frame = frame
        self._site = site
        self._audit = audit

    async def done(
        self,
        request: Request,
        person: Person,
        act: Awaitable[Incident],
        name: str,
        details: Mapping[str, Any] | None = None,
    ) -> Response:
        """Await the act; name: as the audit trail has it. Raises Problem when it was refused."""
        try:
            incident = await act
        except AuroraError as error:
            language = self._frame.language(request, person)
            raise refusal(error, language, self._site.timezone) from error
        finally:
            self._board.watch.nudge()
        await self._audit.note(person, name, incident.id, details)
        return Response(status_code=204)


def _add_acts(router: APIRouter, acts: IncidentActs, operator: Any) -> None:
    desk = acts.desk

    @router.post("/board/incidents/{incident_id}/take")
    async def take(
        request: Request, person: Annotated[Person, operator], incident_id: str
    ) -> Response:
        asked = await read_fields(request, Seen)
        act = desk.take(incident_id, person.name, asked.seen)
        return await acts.done(request, person, act, "incident.taken")

    @router.post("/board/incidents/{incident_id}/answer")
    async def answer(
        request: Request, person: Annotated[Person, operator], incident_id: str
    ) -> Response:
        asked = await read_fields(request, AnswerAsked)
        given = Answer(asked.answer)
        act = desk.answer_for(incident_id, asked.contact, given, person.name, asked.seen)
        details = {"contact": asked.contact, "answer": asked.answer}
        return await acts.done(request, person, act, "incident.answered", details)

    @router.post("/board/incidents/{incident_id}/alert-again")
    async def alert_again(
        request: Request, person: Annotated[Person, operator], incident_id: str
    ) -> Response:
        asked = await read_fields(request, Seen)
        act = desk.alert_again(incident_id, person.name, asked.seen)
        return await acts.done(request, person, act, "incident.alerted_again")

    @router.post("/board/incidents/{incident_id}/resolve")
    async def resolve(
        request: Request, person: Annotated[Person, operator], incident_id: str
    ) -> Response:
        asked = await read_fields(request, ClosingAsked)
        act = desk.close(incident_id, person.name, asked.reason, asked.seen)
        details = {"reason": asked.reason}
        return await acts.done(request, person, act, "incident.resolved", details)


def _add_shelf(router: APIRouter, acts: IncidentActs, operator: Any) -> None:
    desk = acts.desk

    @router.post("/board/incidents/{incident_id}/shelve")
    async def shelve(
        request: Request, person: Annotated[Person, operator], incident_id: str
    ) -> Response:
        asked = await read_fields(request, ShelvingAsked)
        lasting = timedelta(minutes=asked.minutes)
        act = desk.shelve(incident_id, lasting, asked.reason, person.name, asked.seen)
        details = {"reason": asked.reason, "minutes": asked.minutes}
        return await acts.done(request, person, act, "incident.shelved", details)

    @router.post("/board/incidents/{incident_id}/unshelve")
    async def unshelve(
        request: Request, person: Annotated[Person, operator], incident_id: str
    ) -> Response:
        asked = await read_fields(request, Seen)
        act = desk.unshelve(incident_id, person.name, asked.seen)
        return await acts.done(request, person, act, "incident.unshelved")
