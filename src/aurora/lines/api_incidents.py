"""Incidents over the JSON API: who was alerted, who answered; a named person answers or closes."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, Literal, Protocol
from uuid import uuid4

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response

from aurora.accounts.person import Person, Role
from aurora.errors import Overtaken, RecordsError
from aurora.escalation.answers import AnswerDesk, Reply
from aurora.escalation.incident import Answer, Incident, Source
from aurora.escalation.ledger import AlertNote
from aurora.lines.api_guard import LONGEST_NAME, ApiGuard, ApiNeeds, acting
from aurora.lines.fields import json_response, read_fields
from aurora.lines.problems import Problem, not_found, unavailable

Clock = Callable[[], datetime]


class IncidentDesk(AnswerDesk, Protocol):
    """The escalation as an operator sees it; every method may raise RecordsError."""

    async def incidents(self) -> list[Incident]: ...

    async def incident(self, incident_id: str) -> Incident | None: ...

    async def alerts_of(self, incident_id: str) -> Sequence[AlertNote]: ...

    async def resolve(self, incident_id: str, by: str, reason: str) -> Incident | None:
        """Close an incident; raises Overtaken when it became part of another."""
        ...


class AnswerAsked(BaseModel):
    model_config = ConfigDict(extra="ignore", str_strip_whitespace=True)

    contact: Annotated[str, Field(min_length=1, max_length=100)]
    """The id of somebody who was alerted."""
    answer: Literal["accept", "decline", "arrived"] = "accept"


class ResolveAsked(BaseModel):
    model_config = ConfigDict(extra="ignore", str_strip_whitespace=True)

    by: Annotated[str, Field(min_length=1, max_length=LONGEST_NAME)] | None = None
    """A person's name, for the record; whoever asks with a token of their own needs none."""
    reason: Annotated[str, Field(min_length=1, max_length=500)]


def incident_routes(
    desk: IncidentDesk, guard: ApiGuard, clock: Clock = lambda: datetime.now(UTC)
) -> APIRouter:
    """Return the routes; each is behind the API's guard."""
    router = APIRouter(
        prefix="/api/incidents", dependencies=[Depends(ApiNeeds(guard, Role.VIEWER))]
    )
    operator = Depends(ApiNeeds(guard, Role.OPERATOR))

    @router.get("")
    async def every_incident() -> Response:
        incidents = await _kept(desk.incidents())
        return json_response({"incidents": [_shown(one) for one in incidents]})

    @router.get("/{incident_id}")
    async def one_incident(incident_id: str) -> Response:
        incident = await _kept(desk.incident(incident_id))
        if incident is None:
            raise not_found(f"incident {incident_id[:64]}")
        alerts = await _kept(desk.alerts_of(incident.id))
        return json_response(_shown(incident) | {"alerts": [_alert(one) for one in alerts]})

    @router.post("/{incident_id}/acknowledge")
    async def acknowledge(request: Request, incident_id: str, asker: Person = operator) -> Response:
        asked = await read_fields(request, AnswerAsked)
        person = await _kept(desk.asked(incident_id, asked.contact))
        if person is None:
            raise not_found(f"{asked.contact[:64]} among those alerted for {incident_id[:64]}")
        reply = Reply(
            f"console:{uuid4().hex}",
            person.incident_id,
            person.contact_id,
            person.meant(Answer(asked.answer)),
            Source.CONSOLE,
            clock(),
        )
        outcome = await _kept(desk.answer(reply))
        details = {"contact": asked.contact, "answer": asked.answer, "came": outcome.value}
        await guard.note(asker, asker, "incident.answered", person.incident_id, details)
        return json_response({"incident": person.incident_id, "outcome": outcome.value})

    @router.post("/{incident_id}/resolve")
    async def resolve(request: Request, incident_id: str, asker: Person = operator) -> Response:
        asked = await read_fields(request, ResolveAsked)
        who = acting(asker, asked.by)
        try:
            incident = await _kept(desk.resolve(incident_id, who.name, asked.reason))
        except Overtaken as overtaken:
            raise _merged(incident_id) from overtaken
        if incident is None:
            raise not_found(f"incident {incident_id[:64]}")
        await guard.note(asker, who, "incident.resolved", incident.id, {"reason": asked.reason})
        return json_response(_shown(incident))

    return router


def _merged(incident_id: str) -> Problem:
    name = incident_id[:64]
    detail = f"{name} became part of another incident, which goes on. Read /api/incidents/{name}"
    return Problem(409, "Nothing was changed", f"{detail} again, and close that one if it is over.")


async def _kept(work: Any) -> Any:
    try:
        return await work
    except RecordsError as error:
        raise unavailable(str(error)) from error


def _shown(incident: Incident) -> dict[str, Any]:
    return {
        "id": incident.id,
        "code": incident.code,
        "state": incident.state.value,
        "merged_into": incident.merged_into,
        "priority": incident.priority,
        "urgency": incident.urgency.value,
        "hazard": incident.hazard.value,
        "zone": incident.zone_id,
        "is_drill": incident.is_drill,
        "opened_at": incident.opened_at.isoformat(),
        "updated_at": incident.updated_at.isoformat(),
        "calls": list(incident.calls),
        "facts": incident.facts,
        "responders": [
            {
                "contact": one.contact_id,
                "name": one.name,
                "roles": list(one.roles),
                "reach": one.reach.value,
                "answer": incident.answer_of(one.contact_id),
            }
            for one in incident.responders.values()
        ],
    }


def _alert(note: AlertNote) -> dict[str, Any]:
    return {
        "id": note.id,
        "contact": note.contact_id,
        "channel": note.channel,
        "kind": note.kind,
        "state": note.state.value,
        "progress": note.progress.value if note.progress else None,
        "detail": note.detail,
        "at": note.at.isoformat(),
    }
