"""The console's routes of a hand-off: an operator's socket, and their acts on one call."""

from collections.abc import Awaitable
from typing import Annotated, TypeVar

import structlog
from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response
from starlette.websockets import WebSocket, WebSocketState

from aurora.accounts.person import Person, Role
from aurora.console.door import Door, Needs
from aurora.console.frame import Frame
from aurora.console.handoff.ear import OperatorsEar
from aurora.console.handoff.room import HandOffRoom
from aurora.conversation.operators import MAX_WORDS_CHARS
from aurora.errors import HandOffTaken, RecordsError, UnknownCall
from aurora.lines.access import is_same_origin
from aurora.lines.fields import json_response, read_fields
from aurora.lines.open_lines import OpenLines
from aurora.lines.problems import Problem, forbidden, not_found, unavailable

log = structlog.get_logger()

EarId = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{8,64}$")]
"""Chosen by the page for its own socket."""
ENDED = 4000
Result = TypeVar("Result")


class _Asked(BaseModel):
    model_config = ConfigDict(extra="ignore", str_strip_whitespace=True)


class WordsTyped(_Asked):
    words: Annotated[str, Field(min_length=1, max_length=MAX_WORDS_CHARS)]


class EarNamed(_Asked):
    ear: EarId


def handoff_routes(
    room: HandOffRoom, open_lines: OpenLines, frame: Frame, door: Door, public_url: str | None
) -> APIRouter:
    """Return the routes; every one needs an operator."""
    router = APIRouter(prefix="/console/calls/{call_id}")
    operator = Needs(door, Role.OPERATOR)

    @router.websocket("/listen")
    async def listen(socket: WebSocket, call_id: str, ear: str = "") -> None:
        person = await _let_in(socket, door, public_url)
        if person is None:
            return
        await socket.accept()
        try:
            call = await room.operators.call(call_id)
        except UnknownCall:
            await socket.close(ENDED)
            return
        bridge = open_lines.bridge(call.id)
        operators_ear = OperatorsEar(socket, bridge, person.name)
        await room.operators.switchboard.note(call.id, "listened_to", {"by": person.name})
        with room.listening(ear, operators_ear):
            await operators_ear.hold()
        if socket.application_state is WebSocketState.CONNECTED:
            await socket.close()

    @router.post("/take-over")
    async def take_over(
        request: Request, call_id: str, person: Annotated[Person, Depends(operator)]
    ) -> Response:
        asked = await read_fields(request, EarNamed)
        call = await done(room.take_over(call_id, asked.ear, person.name))
        return json_response({"call_id": call.id, "person": person.name})

    @router.post("/release")
    async def release(call_id: str, person: Annotated[Person, Depends(operator)]) -> Response:
        call = await done(room.release(call_id, person.name))
        stage = call.hand_off.stage.value if call.hand_off else None
        return json_response({"call_id": call.id, "stage": stage})

    @router.post("/say")
    async def say(
        request: Request, call_id: str, person: Annotated[Person, Depends(operator)]
    ) -> Response:
        asked = await read_fields(request, WordsTyped)
        is_now = await done(room.type(call_id, asked.words, person.name))
        return json_response({"call_id": call_id, "is_said_now": is_now})

    return router


async def _let_in(socket: WebSocket, door: Door, public_url: str | None) -> Person | None:
    """Return the operator who opens a socket from a page of this console; None when refused."""
    try:
        if not is_same_origin(socket, public_url):
            raise forbidden("Open it from a page of this console.")
        person = await door.person(socket)
        if person is None or not person.role.covers(Role.OPERATOR):
            raise forbidden("This is for operators.")
    except Problem as problem:
        await socket.send_denial_response(problem.response())
        return None
    return person


async def done(act: Awaitable[Result]) -> Result:
    """Return what an act comes to; raises Problem for what an operator can mend or has to know."""
    try:
        return await act
    except UnknownCall as error:
        raise not_found(f"such call on this line, or its sound is not here: {error}") from error
    except HandOffTaken as taken:
        raise Problem(409, "Somebody was first", str(taken)) from taken
    except TimeoutError as error:
        raise Problem(
            504, "Not in time", "The call did not answer; look at it and try again."
        ) from error
    except RecordsError as error:
        log.error("hand_off_not_stored", error=str(error))
        raise unavailable("It was not stored, so nothing has changed; try again.") from error
