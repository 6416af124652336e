"""An incident on a responder's telephone: what is known, and their own answer to it."""

import secrets
from typing import Annotated, Literal

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from aurora.accounts.person import Person, Role
from aurora.console.board.naming import Naming
from aurora.console.door import Needs
from aurora.console.phone.incident_view import IncidentView, view_of
from aurora.console.phone.parts import PhoneParts
from aurora.escalation.answer_words import words_in
from aurora.escalation.answers import Reply
from aurora.escalation.incident import Answer, Incident, Source
from aurora.lines.fields import read_fields
from aurora.lines.problems import forbidden, not_found
from aurora.site.model import Language


class OwnAnswer(BaseModel):
    model_config = ConfigDict(extra="ignore")

    answer: Literal["accept", "decline", "arrived"]
    form: Annotated[str, Field(pattern=r"^[0-9a-f]{16}$")]
    """Of the page it was pressed on: pressed twice, it is one answer."""


def incident_page_routes(parts: PhoneParts) -> APIRouter:
    """Return the routes."""
    router = APIRouter(prefix="/console/incidents")
    anyone = Depends(Needs(parts.door, Role.VIEWER))
    desk = parts.site.contact(parts.site.control_room)

    def shown(incident: Incident, language: Language) -> IncidentView:
        naming = Naming(language, parts.site, parts.library)
        conditions = parts.conditions.at(parts.clock())
        return view_of(incident, parts.site, naming, language, conditions)

    @router.get("")
    async def every(request: Request, person: Annotated[Person, anyone]) -> Response:
        language = parts.frame.language(request, person)
        live = [one for one in await parts.answers.incidents() if one.is_live]
        views = [shown(one, language) for one in live]
        return parts.frame.page(
            request, person, "phone/incidents.html", incidents=views, desk=desk, now=parts.clock()
        )

    @router.get("/{incident_id}")
    async def one(
        request: Request, person: Annotated[Person, anyone], incident_id: str
    ) -> Response:
        incident = await parts.answers.incident(incident_id)
        if incident is None:
            raise not_found(f"incident {incident_id[:64]}")
        contact_id = await _contact_of(parts, person)
        asked = await parts.answers.asked(incident.id, contact_id) if contact_id else None
        language = parts.frame.language(request, person)
        return parts.frame.page(
            request,
            person,
            "phone/incident.html",
            incident=shown(incident, language),
            desk=desk,
            asked=asked,
            words=words_in(language),
            form=secrets.token_hex(8),
            now=parts.clock(),
        )

    @router.post("/{incident_id}/answer")
    async def give_answer(
        request: Request, person: Annotated[Person, anyone], incident_id: str
    ) -> Response:
        asked = await read_fields(request, OwnAnswer)
        contact_id = await _contact_of(parts, person)
        if contact_id is None or await parts.answers.asked(incident_id, contact_id) is None:
            raise forbidden("Only who was alerted answers, each for themselves.")
        key = f"console:{asked.form}:{contact_id}:{asked.answer}"
        answer = Answer(asked.answer)
        reply = Reply(key, incident_id, contact_id, answer, Source.CONSOLE, parts.clock())
        await parts.answers.answer(reply)
        details = {"contact": contact_id, "answer": asked.answer}
        await parts.audit.note(person, "alert.answered", incident_id, details)
        return RedirectResponse(f"/console/incidents/{incident_id}", 303)

    return router


async def _contact_of(parts: PhoneParts, person: Person) -> str | None:
    """The contact that an admin granted this person to be."""
    links = await parts.phones.links()
    return next((link.contact_id for link in links if link.account_id == person.id), None)
