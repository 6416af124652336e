"""The console's routes of a hand-off: an operator's socket, and their acts on one call."""

from collections.abc import Awaitable
from typing import Annotated, TypeVar

import structlog
from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.websockets import WebSocket

from aurora.accounts.person import Person, Role
from aurora.console.door import Door, Needs
from aurora.console.frame import Frame
from aurora.console.handoff.ear import SENT_AWAY, OperatorsEar
from aurora.console.handoff.room import HandOffRoom
from aurora.console.headers import page_headers
from aurora.console.refusals import NOT_CONFIRMED
from aurora.console.words import _
from aurora.conversation.operators import MAX_WORDS_CHARS
from aurora.errors import (
    ChannelFault,
    HandOffTaken,
    NotConfirmed,
    RecordsError,
    UnknownCall,
    WhisperRefused,
)
from aurora.lines.fields import json_response, read_fields
from aurora.lines.open_lines import OpenLines
from aurora.lines.problems import Problem, unavailable, unprocessable
from aurora.lines.web_socket import close
from aurora.records.audit import AuditTrail

log = structlog.get_logger()

EarId = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{8,64}$")]
"""Chosen by the page for its own socket."""
ENDED = 4000


NOT_ASKED = _(
    "Aurora may not ask this as her own (%(reason)s); say it yourself. Approved: %(questions)s"
)
WHY = {
    "no_such_question": _(
        "No approved question is about this. Write a whole question, with ?. "
        "Approved: %(questions)s"
    ),
    "language": _("Write it in the caller's language. Approved: %(questions)s"),
    "unapproved": _(
        "Ask only what can be observed, in the caller's language, or say it yourself. "
        "Approved: %(questions)s"
    ),
    "unknown_place": _(
        "It names a place or thing that this site does not have. Approved: %(questions)s"
    ),
}
Result = TypeVar("Result")


class _Asked(BaseModel):
    model_config = ConfigDict(extra="ignore", str_strip_whitespace=True)


class WordsTyped(_Asked):
    words: Annotated[str, Field(min_length=1, max_length=MAX_WORDS_CHARS)]


class EarNamed(_Asked):
    ear: EarId


class PersonWanted(_Asked):
    contact: Annotated[str, Field(max_length=64)] | None = None
    """A contact of the site; whoever is next when left out."""
    is_blind: bool = False
    """Put through at once, without a brief."""


class ListenerWanted(_Asked):
    contact: Annotated[str, Field(max_length=64)]
    is_coaching: bool = False


class HoldAsked(_Asked):
    is_on: bool


def handoff_routes(
    room: HandOffRoom, open_lines: OpenLines, frame: Frame, door: Door, trail: AuditTrail
) -> APIRouter:
    """Return the routes; every one needs an operator."""
    router = APIRouter(prefix="/console/calls/{call_id}")
    operator = Needs(door, Role.OPERATOR)
    _add_listening(router, room, open_lines, door, operator, trail)
    _add_panel(router, room, frame, operator)
    _add_speaking(router, room, operator, trail)
    _add_handing(router, room, operator, trail)
    _add_telephone(router, room, operator, trail)
    return router


def _add_listening(
    router: APIRouter,
    room: HandOffRoom,
    open_lines: OpenLines,
    door: Door,
    operator: Needs,
    trail: AuditTrail,
) -> None:
    @router.websocket("/listen")
    async def listen(
        socket: WebSocket,
        call_id: str,
        person: Annotated[Person, Depends(operator)],
        ear: str = "",
    ) -> None:
        await socket.accept()
        try:
            call = await room.operators.call(call_id)
        except UnknownCall:
            await close(socket, ENDED)
            return
        bridge = open_lines.bridge(call.id)

        async def is_let_in() -> bool:
            now = await door.still(socket)
            return now is not None and now.role.covers(Role.OPERATOR)

        operators_ear = OperatorsEar(socket, bridge, call.id, person.name, is_let_in)
        await room.operators.switchboard.note(call.id, "listened_to", {"by": person.name})
        await trail.note(person, "call.listened_to", call.id)
        async with room.far.reaching(call.id, bridge):
            with room.listening(ear, operators_ear):
                reason = await operators_ear.hold()
        if reason is SENT_AWAY:
            await room.operators.switchboard.note(call.id, reason, {"by": person.name})
            await trail.note(person, "call.listener_sent_away", call.id)


def _add_panel(router: APIRouter, room: HandOffRoom, frame: Frame, operator: Needs) -> None:
    @router.get("/voice")
    async def page(
        request: Request, call_id: str, person: Annotated[Person, Depends(operator)]
    ) -> Response:
        panel = await done(room.panel(call_id, person))
        return frame.page(request, person, "handoff/page.html", panel=panel)

    @router.get("/hand-off")
    async def whole_panel(
        request: Request, call_id: str, person: Annotated[Person, Depends(operator)]
    ) -> Response:
        panel = await done(room.panel(call_id, person))
        body = frame.fragment(request, person, "handoff/panel.html", panel=panel)
        return HTMLResponse(body, headers=page_headers())

    @router.get("/hand-off/state")
    async def state(
        request: Request, call_id: str, person: Annotated[Person, Depends(operator)]
    ) -> Response:
        panel = await done(room.panel(call_id, person))
        body = frame.fragment(request, person, "handoff/state.html", panel=panel)
        return HTMLResponse(body, headers=page_headers())


def _add_speaking(router: APIRouter, room: HandOffRoom, operator: Needs, trail: AuditTrail) -> None:
    @router.post("/take-over")
    async def take_over(
        request: Request, call_id: str, person: Annotated[Person, Depends(operator)]
    ) -> Response:
        asked = await read_fields(request, EarNamed)
        call = await done(room.take_over(call_id, asked.ear, person.name))
        await trail.note(person, "call.taken_over", call.id)
        return json_response({"call_id": call.id, "person": person.name})

    @router.post("/release")
    async def release(call_id: str, person: Annotated[Person, Depends(operator)]) -> Response:
        call = await done(room.release(call_id, person.name))
        stage = call.hand_off.stage.value if call.hand_off else None
        await trail.note(person, "call.given_back", call.id)
        return json_response({"call_id": call.id, "stage": stage})

    @router.post("/say")
    async def say(
        request: Request, call_id: str, person: Annotated[Person, Depends(operator)]
    ) -> Response:
        asked = await read_fields(request, WordsTyped)
        is_now = await done(room.type(call_id, asked.words, person.name))
        await trail.note(person, "call.typed_to", call_id)
        return json_response({"call_id": call_id, "is_said_now": is_now})

    @router.post("/whisper")
    async def whisper(
        request: Request, call_id: str, person: Annotated[Person, Depends(operator)]
    ) -> Response:
        asked = await read_fields(request, WordsTyped)
        question, is_now = await done(room.whisper(call_id, asked.words, person.name))
        await trail.note(person, "call.whispered", call_id, {"question": question})
        return json_response({"call_id": call_id, "question": question, "is_asked_now": is_now})


def _add_handing(router: APIRouter, room: HandOffRoom, operator: Needs, trail: AuditTrail) -> None:
    @router.post("/take")
    async def take(call_id: str, person: Annotated[Person, Depends(operator)]) -> Response:
        call = await done(room.take(call_id, person.name))
        await trail.note(person, "call.taken", call.id)
        return json_response({"call_id": call.id, "person": person.name})

    @router.post("/hand-off")
    async def hand_off(
        request: Request, call_id: str, person: Annotated[Person, Depends(operator)]
    ) -> Response:
        asked = await read_fields(request, PersonWanted)
        if asked.is_blind:
            call = await done(room.put_through(call_id, person.name, asked.contact or ""))
            await trail.note(person, "call.put_through", call.id, {"contact": asked.contact})
            return json_response({"call_id": call.id, "is_rung": True})
        call, is_rung = await done(room.hand_off(call_id, person.name, asked.contact))
        await trail.note(person, "call.handed_off", call.id, {"contact": asked.contact})
        return json_response({"call_id": call.id, "is_rung": is_rung})


def _add_telephone(
    router: APIRouter, room: HandOffRoom, operator: Needs, trail: AuditTrail
) -> None:
    @router.post("/hold")
    async def hold(
        request: Request, call_id: str, person: Annotated[Person, Depends(operator)]
    ) -> Response:
        asked = await read_fields(request, HoldAsked)
        call = await done(room.hold(call_id, person.name, is_on=asked.is_on))
        await trail.note(person, "call.held", call.id, {"is_on": asked.is_on})
        return json_response({"call_id": call.id, "is_on_hold": asked.is_on})

    @router.post("/listen-in")
    async def listen_in(
        request: Request, call_id: str, person: Annotated[Person, Depends(operator)]
    ) -> Response:
        asked = await read_fields(request, ListenerWanted)
        call = await done(
            room.listen_by_telephone(
                call_id, person.name, asked.contact, is_coaching=asked.is_coaching
            )
        )
        await trail.note(
            person,
            "call.listener_rung",
            call.id,
            {"contact": asked.contact, "is_coaching": asked.is_coaching},
        )
        return json_response({"call_id": call.id, "contact": asked.contact})

    @router.post("/emergency-services")
    async def emergency_services(
        call_id: str, person: Annotated[Person, Depends(operator)]
    ) -> Response:
        whom = await done(room.dial_emergency_services(call_id, person.name))
        await trail.note(person, "call.emergency_services_dialled", call_id, {"with": whom})
        return json_response({"call_id": call_id, "with": whom})


async def done(act: Awaitable[Result]) -> Result:
    """Return what an act comes to; raises Problem for what an operator can mend or has to know."""
    try:
        return await act
    except UnknownCall as error:
        detail = _("There is no such call on this line, or its sound is not here.")
        raise Problem(404, "Not found", detail) from error
    except HandOffTaken as taken:
        detail = _("%(person)s has this caller already; look again before you act.")
        raise Problem(409, "Somebody was first", detail, person=taken.person) from taken
    except WhisperRefused as refused:
        why = WHY.get(refused.reason, NOT_ASKED)
        questions = " / ".join(refused.questions) or "–"
        values = {"reason": refused.reason, "questions": questions}
        raise unprocessable(why, "words", **values) from refused
    except ChannelFault as fault:
        log.error("hand_off_not_rung", reason=fault.reason)
        detail = _("The telephone network refused it (%(reason)s); dial yourself.")
        raise Problem(502, "Not rung", detail, reason=fault.reason) from fault
    except TimeoutError as error:
        raise Problem(
            504, "Not in time", "The call did not answer; look at it and try again."
        ) from error
    except NotConfirmed as error:
        log.error("hand_off_not_confirmed", error=str(error))
        raise unavailable(NOT_CONFIRMED) from error
    except RecordsError as error:
        log.error("hand_off_not_stored", error=str(error))
        raise unavailable("It was not stored, so nothing has changed; try again.") from error
