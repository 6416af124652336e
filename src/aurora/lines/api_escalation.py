"""Tests of the call tree over the JSON API: begun by a named person, read by whoever may."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response

from aurora.accounts.person import Person, Role
from aurora.errors import RecordsError
from aurora.escalation.call_tree_report import PersonTested, Report
from aurora.escalation.communication_test import CommunicationTests, Order
from aurora.lines.api_guard import ApiGuard, ApiNeeds, acting
from aurora.lines.fields import json_response, read_fields
from aurora.lines.problems import not_found, unavailable, unprocessable
from aurora.site.model import Site


class WalkAsked(BaseModel):
    model_config = ConfigDict(extra="ignore", str_strip_whitespace=True)

    by: Annotated[str, Field(min_length=1, max_length=100)]
    """A person's name, for the record."""
    roles: list[str] = Field(default_factory=list)
    """Those whose holders are tested; without any, everybody of the site."""
    wait_s: Annotated[float, Field(ge=1, le=3600)] = 300.0
    """For confirmations."""


def escalation_routes(tests: CommunicationTests, site: Site, guard: ApiGuard) -> APIRouter:
    """Return the routes; each is behind the API's guard."""
    viewer, operator = (
        Depends(ApiNeeds(guard, Role.VIEWER)),
        Depends(ApiNeeds(guard, Role.OPERATOR)),
    )
    router = APIRouter(prefix="/api/escalation/tests", dependencies=[viewer])

    @router.post("")
    async def begin(request: Request, asker: Person = operator) -> Response:
        asked = await read_fields(request, WalkAsked)
        who = acting(asker, asked.by)
        for role in asked.roles:
            if role not in site.roles:
                known = ", ".join(site.roles)
                raise unprocessable(f"roles: no role {role[:64]!r}; there are {known}.", "roles")
        order = Order(who.name, tuple(asked.roles), asked.wait_s)
        try:
            test_id = await tests.begin(order)
        except RuntimeError as error:
            raise unavailable("This line alerts nobody yet; try again in a moment.") from error
        await guard.note(asker, who, "call_tree.tested", test_id, {"roles": asked.roles})
        return json_response({"id": test_id}, 202)

    @router.get("")
    async def every_test() -> Response:
        try:
            return json_response({"tests": [_shown(one) for one in await tests.results()]})
        except RecordsError as error:
            raise unavailable(str(error)) from error

    @router.get("/{test_id}")
    async def one_test(test_id: str) -> Response:
        try:
            found = await tests.result(test_id)
        except RecordsError as error:
            raise unavailable(str(error)) from error
        if found is None:
            raise not_found(f"test {test_id[:64]}")
        return json_response(_shown(found))

    return router


def _shown(one: Report) -> dict[str, Any]:
    return {
        "id": one.id,
        "by": one.by,
        "started_at": one.started_at.isoformat(),
        "ended_at": one.ended_at.isoformat() if one.ended_at else None,
        "is_passed": one.is_passed if one.ended_at else None,
        "unreachable": [person.contact_id for person in one.unreachable],
        "not_tested": list(one.not_tested),
        "people": [_person(person) for person in one.people],
    }


def _person(one: PersonTested) -> dict[str, Any]:
    return {
        "contact": one.contact_id,
        "name": one.name,
        "roles": list(one.roles),
        "is_critical": one.is_critical,
        "is_reached": one.is_reached,
        "answer": one.answer.value if one.answer else None,
        "by": one.by.value if one.by else None,
        "after_s": one.after_s,
        "routes": [
            {"channel": way.channel, "result": way.result, "detail": way.detail}
            for way in one.routes
        ],
    }
