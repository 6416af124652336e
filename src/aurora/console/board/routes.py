"""The live board: its page, its events, and what an operator does to an incident."""

from collections.abc import Awaitable
from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field
from sse_starlette.sse import EventSourceResponse
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from aurora.accounts.person import Person, Role
from aurora.console.board.board import Board
from aurora.console.board.refusals import refusal
from aurora.console.door import Door, Needs
from aurora.console.frame import Frame
from aurora.errors import AuroraError
from aurora.escalation.incident import Answer
from aurora.escalation.operator_desk import OperatorDesk
from aurora.lines.fields import read_fields
from aurora.lines.problems import not_found
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
    answer: Answer = Answer.ACCEPT


def board_routes(
    board: Board, desk: OperatorDesk, frame: Frame, door: Door, site: Site
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
        return frame.page(request, person, "board/page.html", whole=whole, since=since)

    @router.get("/board/events")
    async def events(request: Request, person: Annotated[Person, viewer]) -> Response:
        since = request.headers.get("last-event-id") or request.query_params.get("since")
        stream = board.stream(frame.language(request, person))
        # The stream's own beat is an event, which a page can see; a comment it could not.
        return EventSourceResponse(stream.follow(since), ping=0)

    @router.get("/board/incidents/{incident_id}/{form}")
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

    _add_acts(router, board, desk, frame, operator, site)
    return router


def _add_acts(
    router: APIRouter, board: Board, desk: OperatorDesk, frame: Frame, operator: Any, site: Site
) -> None:
    async def done(request: Request, person: Person, act: Awaitable[object]) -> Response:
        try:
            await act
        except AuroraError as error:
            language = frame.language(request, person)
            raise refusal(error, language, site.timezone) from error
        finally:
            board.watch.nudge()
        return Response(status_code=204)

    @router.post("/board/incidents/{incident_id}/take")
    async def take(
        request: Request, person: Annotated[Person, operator], incident_id: str
    ) -> Response:
        asked = await read_fields(request, Seen)
        return await done(request, person, desk.take(incident_id, person.name, asked.seen))

    @router.post("/board/incidents/{incident_id}/answer")
    async def answer(
        request: Request, person: Annotated[Person, operator], incident_id: str
    ) -> Response:
        asked = await read_fields(request, AnswerAsked)
        given = (incident_id, asked.contact, asked.answer, person.name, asked.seen)
        return await done(request, person, desk.answer_for(*given))

    @router.post("/board/incidents/{incident_id}/alert-again")
    async def alert_again(
        request: Request, person: Annotated[Person, operator], incident_id: str
    ) -> Response:
        asked = await read_fields(request, Seen)
        return await done(request, person, desk.alert_again(incident_id, person.name, asked.seen))

    @router.post("/board/incidents/{incident_id}/shelve")
    async def shelve(
        request: Request, person: Annotated[Person, operator], incident_id: str
    ) -> Response:
        asked = await read_fields(request, ShelvingAsked)
        lasting = timedelta(minutes=asked.minutes)
        act = desk.shelve(incident_id, lasting, asked.reason, person.name, asked.seen)
        return await done(request, person, act)

    @router.post("/board/incidents/{incident_id}/unshelve")
    async def unshelve(
        request: Request, person: Annotated[Person, operator], incident_id: str
    ) -> Response:
        asked = await read_fields(request, Seen)
        return await done(request, person, desk.unshelve(incident_id, person.name, asked.seen))

    @router.post("/board/incidents/{incident_id}/resolve")
    async def resolve(
        request: Request, person: Annotated[Person, operator], incident_id: str
    ) -> Response:
        asked = await read_fields(request, ClosingAsked)
        act = desk.close(incident_id, person.name, asked.reason, asked.seen)
        return await done(request, person, act)
