"""What a named operator does over the JSON API: urgency, drills, wind and exits."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import structlog
from fastapi import APIRouter, Depends
from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response

from aurora.accounts.person import Person, Role
from aurora.conditions.change import (
    Change,
    drill_announced,
    drill_cancelled,
    exit_change,
    wind_change,
)
from aurora.conditions.conditions import BlockedExit, Drill, Wind
from aurora.conditions.keeper import Keeper
from aurora.conditions.wind import degrees_of, point_of
from aurora.conversation.operators import Operators
from aurora.errors import NotConfirmed, RecordsError, UnknownCall
from aurora.levels import Urgency
from aurora.lines.api_guard import LONGEST_NAME, ApiGuard, ApiNeeds, acting
from aurora.lines.fields import json_response, read_fields
from aurora.lines.problems import Problem, not_found, unavailable, unprocessable
from aurora.site.model import Site

log = structlog.get_logger()

LONGEST_DRILL = timedelta(hours=24)
"""A window that never ends would make every call a drill."""

Clock = Callable[[], datetime]
Words = Annotated[str, Field(min_length=1, max_length=500)]


class _Asked(BaseModel):
    model_config = ConfigDict(extra="ignore", str_strip_whitespace=True)

    by: Annotated[str, Field(min_length=1, max_length=LONGEST_NAME)] | None = None
    """A person's name, for the record; whoever asks with a token of their own needs none."""


class UrgencyAsked(_Asked):
    urgency: Annotated[Urgency, BeforeValidator(lambda v: v.lower() if isinstance(v, str) else v)]
    reason: Words


class DrillAsked(_Asked):
    reason: Words
    starts_at: AwareDatetime
    ends_at: AwareDatetime
    zone: str | None = None


class WindAsked(_Asked):
    degrees: Annotated[float, BeforeValidator(degrees_of)] = Field(alias="from")


class ExitAsked(_Asked):
    is_blocked: bool
    reason: Words


def operator_routes(
    operators: Operators,
    keeper: Keeper,
    site: Site,
    guard: ApiGuard,
    clock: Clock = lambda: datetime.now(UTC),
) -> APIRouter:
    """Return the operator's routes; every route is behind the guard."""
    router = APIRouter(prefix="/api", dependencies=[Depends(ApiNeeds(guard, Role.VIEWER))])
    operator = Depends(ApiNeeds(guard, Role.OPERATOR))

    @router.post("/call/{call_id}/urgency")
    async def set_urgency(call_id: str, request: Request, asker: Person = operator) -> Response:
        asked = await read_fields(request, UrgencyAsked)
        who = acting(asker, asked.by)
        try:
            call = await operators.set_urgency(call_id, asked.urgency, who.name, asked.reason)
        except UnknownCall as error:
            raise not_found(f"call {call_id}") from error
        except NotConfirmed as error:
            unsure = {"urgency": asked.urgency.value, "reason": asked.reason, "is_confirmed": False}
            await guard.note(asker, who, "urgency.set", error.subject, unsure)
            raise _not_stored(error) from error
        except RecordsError as error:
            raise _not_stored(error) from error
        details = {"urgency": call.urgency.value, "reason": asked.reason}
        await guard.note(asker, who, "urgency.set", call.id, details)
        return json_response({"call_id": call.id, "urgency": call.urgency.value})

    @router.get("/conditions")
    async def conditions() -> Response:
        await keeper.refresh()
        now = clock()
        current = keeper.board.at(now)
        return json_response(
            {
                "wind": _wind_view(current.wind) if current.wind else None,
                "blocked_exits": [_exit_view(blocked) for blocked in current.blocked],
                "drills": [_drill_view(drill, now) for drill in current.drills],
            }
        )

    _add_drills(router, keeper, site, guard, clock)
    _add_conditions(router, keeper, site, guard, clock)
    return router


def _add_drills(
    router: APIRouter, keeper: Keeper, site: Site, guard: ApiGuard, clock: Clock
) -> None:
    operator = Depends(ApiNeeds(guard, Role.OPERATOR))

    @router.post("/drills")
    async def announce(request: Request, asker: Person = operator) -> Response:
        asked = await read_fields(request, DrillAsked)
        who = acting(asker, asked.by)
        now = clock()
        _check_drill(asked, site, now)
        change = drill_announced(
            who.name, asked.reason, asked.starts_at, asked.ends_at, asked.zone, now
        )
        await _order(keeper, change)
        await guard.note(asker, who, "drill.announced", change.key, {"reason": asked.reason})
        drill = keeper.board.at(now).drill(change.key)
        return json_response(_drill_view(drill, now) if drill else None, 201)

    @router.get("/drills")
    async def drills() -> Response:
        await keeper.refresh()
        now = clock()
        return json_response({"drills": [_drill_view(d, now) for d in keeper.board.at(now).drills]})

    @router.delete("/drills/{drill_id}")
    async def cancel(drill_id: str, request: Request, asker: Person = operator) -> Response:
        who = acting(asker, (await read_fields(request, _Asked)).by)
        await keeper.refresh()
        now = clock()
        drill = keeper.board.at(now).drill(drill_id)
        if drill is None:
            raise not_found(f"drill {drill_id} that is still to come or running")
        await _order(keeper, drill_cancelled(drill.id, who.name, drill.ends_at, now))
        await guard.note(asker, who, "drill.cancelled", drill.id)
        return json_response({"message": f"Drill {drill.id} is cancelled."})


def _add_conditions(
    router: APIRouter, keeper: Keeper, site: Site, guard: ApiGuard, clock: Clock
) -> None:
    operator = Depends(ApiNeeds(guard, Role.OPERATOR))

    @router.put("/wind")
    async def set_wind(request: Request, asker: Person = operator) -> Response:
        asked = await read_fields(request, WindAsked)
        who = acting(asker, asked.by)
        now = clock()
        await _order(keeper, wind_change(asked.degrees, who.name, now))
        await guard.note(asker, who, "wind.set", site.id, {"degrees": asked.degrees})
        wind = keeper.board.at(now).wind
        return json_response(_wind_view(wind) if wind else None)

    @router.put("/zones/{zone_id}/exits/{exit_id}")
    async def set_exit(
        zone_id: str, exit_id: str, request: Request, asker: Person = operator
    ) -> Response:
        zone = site.zone(zone_id)
        if zone is None or exit_id not in {way.id for way in zone.exits}:
            raise not_found(f"exit {exit_id} of a zone {zone_id}")
        asked = await read_fields(request, ExitAsked)
        who = acting(asker, asked.by)
        change = exit_change(
            zone_id,
            exit_id,
            is_blocked=asked.is_blocked,
            by=who.name,
            reason=asked.reason,
            now=clock(),
        )
        await _order(keeper, change)
        details = {"zone": zone_id, "is_blocked": asked.is_blocked, "reason": asked.reason}
        await guard.note(asker, who, "exit.set", exit_id, details)
        return json_response(
            {
                "zone": zone_id,
                "exit": exit_id,
                "is_blocked": asked.is_blocked,
                "expires_at": change.expires_at.isoformat() if asked.is_blocked else None,
            }
        )


async def _order(keeper: Keeper, change: Change) -> None:
    try:
        await keeper.order(change)
    except RecordsError as error:
        raise _not_stored(error) from error
    log.info("conditions_changed", kind=change.kind.value, key=change.key)


def _not_stored(error: RecordsError) -> Problem:
    log.error("operators_act_not_stored", error=str(error))
    if isinstance(error, NotConfirmed):
        return unavailable("It is not confirmed and may take effect; look again before you repeat.")
    return unavailable("It was not stored, so nothing has changed; ask again.")


def _check_drill(asked: DrillAsked, site: Site, now: datetime) -> None:
    if asked.ends_at <= max(asked.starts_at, now):
        raise unprocessable("ends_at: give a time to come, after starts_at.", "ends_at")
    if asked.ends_at - asked.starts_at > LONGEST_DRILL:
        hours = LONGEST_DRILL.total_seconds() / 3600
        raise unprocessable(f"ends_at: a drill lasts {hours:g} hours at most.", "ends_at")
    if asked.zone is not None and site.zone(asked.zone) is None:
        known = ", ".join(zone.id for zone in site.zones)
        raise unprocessable(f"zone: no zone {asked.zone[:40]!r}; give one of {known}.", "zone")


def _drill_view(drill: Drill, now: datetime) -> dict[str, Any]:
    return {
        "id": drill.id,
        "by": drill.by,
        "reason": drill.reason,
        "starts_at": drill.starts_at.isoformat(),
        "ends_at": drill.ends_at.isoformat(),
        "zone": drill.zone_id,
        "is_running": drill.is_running(now),
    }


def _wind_view(wind: Wind) -> dict[str, Any]:
    return {
        "from": point_of(wind.degrees),
        "degrees": wind.degrees,
        "by": wind.by,
        "expires_at": wind.expires_at.isoformat(),
    }


def _exit_view(blocked: BlockedExit) -> dict[str, Any]:
    return {
        "zone": blocked.zone_id,
        "exit": blocked.exit_id,
        "by": blocked.by,
        "reason": blocked.reason,
        "at": blocked.at.isoformat(),
        "expires_at": blocked.expires_at.isoformat(),
    }
