"""The JSON API of the queue: callers who wait for a human, the most urgent first."""

from typing import Annotated, Any, Protocol

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response

from aurora.accounts.person import Person, Role
from aurora.conversation.call import Call
from aurora.conversation.hand_off import Stage, Way
from aurora.conversation.handing_off import in_queue_order
from aurora.conversation.operators import Operators
from aurora.errors import HandOffTaken, RecordsError, UnknownCall
from aurora.lines.api_guard import ApiGuard, ApiNeeds, acting
from aurora.lines.fields import json_response, read_fields
from aurora.lines.problems import Problem, not_found, unavailable
from aurora.site.model import Site, spoken


class OpenCalls(Protocol):
    async def open_calls(self) -> list[Call]: ...


class TakenBy(BaseModel):
    model_config = ConfigDict(extra="ignore", str_strip_whitespace=True)

    by: Annotated[str, Field(min_length=1, max_length=100)]
    """A person's name, for the record."""


def hand_off_queue_routes(
    operators: Operators, records: OpenCalls, site: Site, guard: ApiGuard
) -> APIRouter:
    """Return the queue's routes; every route is behind the guard."""
    router = APIRouter(
        prefix="/api/hand-offs", dependencies=[Depends(ApiNeeds(guard, Role.VIEWER))]
    )
    operator = Depends(ApiNeeds(guard, Role.OPERATOR))

    @router.get("")
    async def queue() -> Response:
        waiting = in_queue_order(await records.open_calls())
        return json_response({"hand_offs": [queue_view(call, site) for call in waiting]})

    @router.post("/{call_id}/take")
    async def take(call_id: str, request: Request, asker: Person = operator) -> Response:
        who = acting(asker, (await read_fields(request, TakenBy)).by)
        try:
            call = await operators.brief(call_id, who.name, Way.CONSOLE)
        except HandOffTaken as taken:
            raise Problem(409, "Somebody was first", str(taken)) from taken
        except UnknownCall as error:
            raise not_found(f"call {call_id}") from error
        except RecordsError as error:
            raise unavailable("It was not stored; nobody has taken it.") from error
        await guard.note(asker, who, "call.taken", call.id, {"way": Way.CONSOLE.value})
        return json_response(queue_view(call, site))

    @router.post("/{call_id}/release")
    async def release(call_id: str, request: Request, asker: Person = operator) -> Response:
        who = acting(asker, (await read_fields(request, TakenBy)).by)
        try:
            call = await operators.call(call_id)
            hand_off = call.hand_off
            is_theirs = hand_off is not None and hand_off.person == who.name
            if hand_off is None or hand_off.stage is not Stage.BRIEFING or not is_theirs:
                raise Problem(409, "Not yours", f"{who.name} has not taken this caller.")
            call = await operators.pass_on(
                call_id, f"released by {who.name}", attempt=hand_off.attempt
            )
        except UnknownCall as error:
            raise not_found(f"call {call_id}") from error
        except RecordsError as error:
            raise unavailable("It was not stored; you still have this caller.") from error
        await guard.note(asker, who, "call.released", call.id, {})
        return json_response(queue_view(call, site))

    return router


def queue_view(call: Call, site: Site) -> dict[str, Any]:
    """Return one place of the queue."""
    zone, hand_off = site.zone(call.place.zone_id), call.hand_off
    return {
        "call_id": call.id,
        "line": call.line,
        "urgency": call.urgency.value,
        "hazard": call.hazard.value,
        "zone": spoken(zone.name, site.languages[0]) if zone else None,
        "language": call.language,
        "caller": call.worker_name or call.from_number,
        "is_drill": call.is_drill,
        "stage": hand_off.stage.value if hand_off else None,
        "asked_by": hand_off.asked_by if hand_off else None,
        "asked_at": hand_off.asked_at.isoformat() if hand_off else None,
        "person": hand_off.person if hand_off else None,
        "way": hand_off.way.value if hand_off and hand_off.way else None,
    }
