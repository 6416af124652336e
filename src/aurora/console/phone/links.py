"""Who an account is at the plant: its owner asks, an admin grants; pages go where this says."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from aurora.accounts.link import Link, LinkState
from aurora.accounts.person import Person, Role
from aurora.console.door import Needs
from aurora.console.phone.parts import PhoneParts
from aurora.lines.fields import read_fields
from aurora.lines.problems import Problem, unprocessable
from aurora.muster.people import claimable

PAGE = "/console/phone"


class PersonAsked(BaseModel):
    model_config = ConfigDict(extra="ignore")

    person: Annotated[str, Field(max_length=120)]
    """The key of one of the site's people; "" for none."""


class Decision(PersonAsked):
    decision: Literal["grant", "refuse"]
    """Of what the page showed: asked for something else meanwhile, nothing is granted."""


def link_routes(parts: PhoneParts) -> APIRouter:
    """Return the routes."""
    router = APIRouter(prefix="/console/phone")
    anyone = Depends(Needs(parts.door, Role.VIEWER))
    admin = Depends(Needs(parts.door, Role.ADMIN))

    @router.post("/person")
    async def ask(request: Request, person: Annotated[Person, anyone]) -> Response:
        asked = await read_fields(request, PersonAsked)
        if not asked.person:
            await parts.phones.unlink(person.id)
            await parts.audit.note(person, "link.ended", person.id)
            return RedirectResponse(PAGE, 303)
        site = (await parts.sites(None))[0]
        if asked.person not in {one.key for one in claimable(site)}:
            raise unprocessable("Choose a person of the list.", "person")
        # An admin says so of themselves as well as of others.
        state = LinkState.GRANTED if person.role is Role.ADMIN else LinkState.ASKED
        await parts.phones.ask(
            Link(person.id, person.name, asked.person, state, person.name, parts.clock())
        )
        await parts.audit.note(person, f"link.{state.value}", person.id, {"person": asked.person})
        return RedirectResponse(PAGE, 303)

    @router.post("/links/{account_id}")
    async def decide(
        request: Request, person: Annotated[Person, admin], account_id: str
    ) -> Response:
        asked = await read_fields(request, Decision)
        links = await parts.phones.links()
        link = next((one for one in links if one.account_id == account_id), None)
        if link is None or link.person_key != asked.person:
            raise Problem(409, "Changed meanwhile", "Reload the page and look again.", "person")
        if asked.decision == "grant":
            is_done, act = await parts.phones.grant(link, person.name), "link.granted"
        else:
            is_done, act = await parts.phones.unlink(account_id), "link.refused"
        if not is_done:
            raise Problem(409, "Changed meanwhile", "Reload the page and look again.", "person")
        details = {"person": asked.person, "account": link.account_name}
        await parts.audit.note(person, act, account_id, details)
        return RedirectResponse(PAGE, 303)

    return router
