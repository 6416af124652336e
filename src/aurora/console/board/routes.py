"""The live board: its page, its events, and what an operator does to an incident."""

from datetime import timedelta
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends
from pydantic import Field
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from aurora.accounts.person import Person, Role
from aurora.console.acts import OperatorActs, Reason, Seen
from aurora.console.board.board import Board
from aurora.console.board.stream import streamed
from aurora.console.door import Door, Needs
from aurora.console.frame import Frame
from aurora.errors import NotPossible
from aurora.escalation.incident import Answer
from aurora.escalation.operator_desk import OperatorDesk
from aurora.lines.fields import read_fields
from aurora.lines.problems import not_found


class ShelvingAsked(Seen):
    reason: Reason
    minutes: Annotated[int, Field(ge=1, le=480)]


class ClosingAsked(Seen):
    reason: Reason


class AnswerAsked(Seen):
    contact: Annotated[str, Field(min_length=1, max_length=100)]
    answer: Literal["accept", "decline", "arrived"] = "accept"


def board_routes(
    board: Board, desk: OperatorDesk, acts: OperatorActs, frame: Frame, door: Door
) -> APIRouter:
    """Return the routes."""
    router = APIRouter(prefix="/console")
    viewer, operator = Depends(Needs(door, Role.VIEWER)), Depends(Needs(door, Role.OPERATOR))

    @router.get("")
    async def page(request: Request, person: Annotated[Person, viewer]) -> Response:
        # Whoever pressed and loads the page anew sees what they did.
        if board.watch.is_behind or not board.is_watched:
            await board.watch.look()
        language = frame.language(request, person)
        whole = board.whole(language)
        since = board.stream(language).position
        return await frame.page_apart(
            request, person, "board/page.html", whole=whole, since=since, drafts=board.drafts
        )

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
        if form == "shelve" and not card.can_be_shelved:
            # Before a reason is typed, not after.
            raise acts.refused(request, person, NotPossible("not_accepted"))
        body = frame.fragment(request, person, f"board/{form}.html", card=card)
        return HTMLResponse(body)

    _add_acts(router, acts, desk, operator)
    _add_shelf(router, acts, desk, operator)
    return router


def _add_acts(router: APIRouter, acts: OperatorActs, desk: OperatorDesk, operator: Any) -> None:
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


def _add_shelf(router: APIRouter, acts: OperatorActs, desk: OperatorDesk, operator: Any) -> None:
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
