"""The page of a muster: each says for themselves that they are safe; operators see the roll."""

import secrets
from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from aurora.accounts.person import Person, Role
from aurora.console.board.naming import Naming
from aurora.console.door import Needs
from aurora.console.phone.incident_view import view_of
from aurora.console.phone.muster_view import MusterNow, places_of
from aurora.console.phone.parts import PhoneParts
from aurora.console.words import _
from aurora.escalation.attempt_limit import AttemptLimit
from aurora.lines.fields import json_response, read_fields
from aurora.lines.problems import Problem, not_found, unprocessable
from aurora.muster.check_in import CheckIn, Fix, Standing
from aurora.muster.people import expected, key_of, role_names

SIGNED_IN_WITHIN = timedelta(hours=12)
"""A shift: whoever used the console in it may be on the site."""
LOOKED_BACK = timedelta(hours=24)
MOST_CHECK_INS = 20
"""Of one account in ten minutes: enough for an unsure thumb, too little for a flood."""


class OwnWord(BaseModel):
    """Says nothing of whom it is about: that is whoever is signed in."""

    model_config = ConfigDict(extra="forbid")

    standing: Standing
    key: Annotated[str, Field(pattern=r"^[0-9a-f]{16}$")]
    """Of the page it was pressed on."""
    place: str = ""
    latitude: Annotated[float, Field(ge=-90, le=90)] | None = None
    longitude: Annotated[float, Field(ge=-180, le=180)] | None = None
    accuracy_m: Annotated[float, Field(ge=0, le=1e7)] | None = None

    @property
    def fix(self) -> Fix | None:
        if self.latitude is None or self.longitude is None or self.accuracy_m is None:
            return None
        return Fix(self.latitude, self.longitude, self.accuracy_m)


def muster_routes(parts: PhoneParts) -> APIRouter:
    """Return the routes of the page and of a person's own word."""
    router = APIRouter(prefix="/console/muster")
    anyone = Depends(Needs(parts.door, Role.VIEWER))
    operator = Depends(Needs(parts.door, Role.OPERATOR))
    pressed = AttemptLimit(MOST_CHECK_INS)
    places = places_of(parts.site)

    @router.get("")
    async def page(request: Request, person: Annotated[Person, anyone]) -> Response:
        muster, key = await now(parts), key_of(person.id, await parts.phones.links())
        live = await parts.answers.incidents() if person.role.covers(Role.OPERATOR) else []
        language = parts.frame.language(request, person)
        naming = Naming(language, parts.site, parts.library)
        conditions = parts.conditions.at(parts.clock())
        return parts.frame.page(
            request,
            person,
            "phone/muster.html",
            muster=muster.muster,
            roll=muster.roll,
            role_names=muster.role_names,
            at=parts.clock(),
            own=muster.last_of(key),
            spots=places,
            incidents=[
                view_of(one, parts.site, naming, language, conditions)
                for one in live
                if one.is_live
            ],
            form=secrets.token_hex(8),
            is_operator=person.role.covers(Role.OPERATOR),
        )

    @router.get("/roll")
    async def roll(request: Request, person: Annotated[Person, operator]) -> Response:
        return await roll_fragment(parts, request, person)

    @router.post("/check-in")
    async def check_in(request: Request, person: Annotated[Person, anyone]) -> Response:
        asked = await read_fields(request, OwnWord)
        if asked.standing is Standing.MISSING:
            raise unprocessable("Say that you are safe or away.", "standing")
        if asked.place and asked.place not in places:
            raise unprocessable("Choose a place of the list.", "place")
        at = parts.clock()
        if not pressed.may_try(person.id, at):
            detail = _("You are checked in already. Wait ten minutes before you change it again.")
            raise Problem(429, "Too often", detail)
        said = CheckIn(
            id=f"own:{person.id}:{asked.key}:{asked.standing.value}",
            person_key=key_of(person.id, await parts.phones.links()),
            name=person.name,
            standing=asked.standing,
            at=at,
            by=person.name,
            is_own=True,
            place=asked.place or None,
            fix=asked.fix,
        )
        await parts.musters.check_in(said)
        pressed.note(person.id, at)  # a page tries on where nothing can be recorded
        return json_response({"at": at.isoformat()}, 201)

    return router


async def now(parts: PhoneParts) -> MusterNow:
    """Return the muster as it stands; raises RecordsError."""
    at = parts.clock()
    muster = await parts.musters.newest()
    since = muster.counts_from if muster else at - LOOKED_BACK
    signed_in = await parts.musters.signed_in(
        (muster.opened_at if muster else at) - SIGNED_IN_WITHIN
    )
    sites = await parts.sites(muster)
    people = expected(sites, await parts.phones.links(), signed_in)
    return MusterNow(muster, people, await parts.musters.since(since), role_names(sites))


async def roll_fragment(parts: PhoneParts, request: Request, person: Person) -> Response:
    """Return the roll as it stands, for the page to put in place of what it shows."""
    muster = await now(parts)
    if muster.muster is None:
        raise not_found("muster; none was ever opened")
    body = parts.frame.fragment(
        request,
        person,
        "phone/roll.html",
        muster=muster.muster,
        roll=muster.roll,
        role_names=muster.role_names,
        at=parts.clock(),
        spots=places_of(parts.site),
    )
    return HTMLResponse(body)
