"""The acts of review for one kind of text: draft, save, check, submit, approve, put back."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Protocol, TypeVar

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from aurora.accounts.person import Person, Role
from aurora.console.door import Door, Needs
from aurora.console.frame import Frame
from aurora.console.review.diff import side_by_side
from aurora.console.review.fields import form_of, pairs_of, problem_of, reason_in
from aurora.errors import RecordsError, SiteError
from aurora.lines.problems import not_found, unavailable, unprocessable
from aurora.records.audit import AuditTrail
from aurora.review.reviewing import Reviewing, Standing
from aurora.review.rules import Refusal, Refused, refusal_to
from aurora.review.versions import Act, Kind, Step, Version, check_of
from aurora.site.yaml_text import require_plain

T = TypeVar("T")


class Editor(Protocol):
    """How one kind of text is edited."""

    template: str
    """Of a version's page."""

    def values(self, request: Request, standing: Standing) -> Mapping[str, Any]:
        """Return what the template needs beside the version itself."""

    def content(self, version: Version, pairs: Sequence[tuple[str, str]]) -> str:
        """Return the words that a form's fields ask for; raises SiteError, Problem."""


@dataclass(frozen=True, slots=True)
class Desk:
    """What the pages of one kind of text share."""

    frame: Frame
    door: Door
    reviewing: Reviewing
    kind: Kind
    address: str
    """Of the room: "/console/procedures"."""
    trail: AuditTrail


def review_routes(desk: Desk, editor: Editor) -> APIRouter:
    """Return a version's page and the acts on it; everybody reads, administrators act."""
    router = APIRouter(prefix=desk.address)
    reader, admin = Needs(desk.door, Role.VIEWER), Needs(desk.door, Role.ADMIN)
    reviewing = desk.reviewing

    @router.get("/versions/{version_id}")
    async def version(
        request: Request, version_id: str, person: Annotated[Person, Depends(reader)]
    ) -> Response:
        standing = await _standing(desk, version_id)
        # Reading and comparing long texts takes a tenth of a second, and callers come first.
        shown = await asyncio.to_thread(page_values, desk, standing, person)
        edited = await asyncio.to_thread(editor.values, request, standing)
        values = {**shown, **edited}
        return await desk.frame.page_apart(request, person, editor.template, **values)

    @router.post("/{key}/draft")
    async def draft(
        request: Request, key: str, person: Annotated[Person, Depends(admin)]
    ) -> Response:
        reason = reason_in(await form_of(request))
        begun = await _acted(person, reviewing.begin(desk.kind, key, person, reason))
        await _noted(desk, person, "drafted", key, {"version": begun.number, "reason": reason})
        return went_to(f"{desk.address}/versions/{begun.id}")

    @router.post("/{key}/put-back")
    async def put_back(
        request: Request, key: str, person: Annotated[Person, Depends(admin)]
    ) -> Response:
        form = await form_of(request)
        version_id = form.get("version") or None
        acting = reviewing.put_back(desk.kind, key, version_id, person, reason_in(form))
        step = await _acted(person, acting)
        await _noted(desk, person, "put_back", key, {"sha256": step.sha256, "reason": step.reason})
        return went_to(f"{desk.address}/{key}")

    @router.post("/versions/{version_id}/save")
    async def save(
        request: Request, version_id: str, person: Annotated[Person, Depends(admin)]
    ) -> Response:
        pairs = await pairs_of(request)
        form = dict(pairs)
        standing = await _standing(desk, version_id)
        try:
            content = await asyncio.to_thread(editor.content, standing.version, pairs)
            await asyncio.to_thread(require_plain, content)
        except SiteError as error:
            raise unprocessable(str(error), "content") from error
        saving = reviewing.save(version_id, person, form.get("sha256", ""), content)
        saved = await _acted(person, saving)
        details = {"version": saved.number, "sha256": saved.sha256}
        await _noted(desk, person, "saved", saved.key, details)
        return went_to(_address_of(desk, version_id, form))

    @router.post("/versions/{version_id}/check")
    async def check(
        request: Request, version_id: str, person: Annotated[Person, Depends(admin)]
    ) -> Response:
        form = await form_of(request)
        await _acted(person, reviewing.check(version_id, person))
        return went_to(_address_of(desk, version_id, form))

    @router.post("/versions/{version_id}/submit")
    async def submit(
        request: Request, version_id: str, person: Annotated[Person, Depends(admin)]
    ) -> Response:
        form = await form_of(request)
        standing = await _standing(desk, version_id)
        if check_of(standing.steps, standing.version.sha256) is None:
            await _acted(person, reviewing.check(version_id, person))
        seen = form.get("sha256", "")
        step = await _acted(person, reviewing.submit(version_id, person, seen, reason_in(form)))
        details = {"version": standing.version.number, "sha256": step.sha256}
        await _noted(desk, person, "submitted", step.key, details | {"reason": step.reason})
        return went_to(_address_of(desk, version_id, form))

    acts: Mapping[str, Callable[[str, Person, str, str], Awaitable[Step]]] = {
        "approve": reviewing.approve,
        "decline": reviewing.decline,
        "withdraw": reviewing.withdraw,
    }
    for name, act in acts.items():
        _add_act(router, desk, admin, name, act)
    return router


def _add_act(
    router: APIRouter,
    desk: Desk,
    admin: Needs,
    name: str,
    act: Callable[[str, Person, str, str], Awaitable[Step]],
) -> None:
    @router.post(f"/versions/{{version_id}}/{name}", name=name)
    async def take(
        request: Request, version_id: str, person: Annotated[Person, Depends(admin)]
    ) -> Response:
        form = await form_of(request)
        standing = await _standing(desk, version_id)
        acting = act(version_id, person, form.get("sha256", ""), reason_in(form))
        step = await _acted(person, acting)
        details = {"version": standing.version.number, "sha256": step.sha256}
        await _noted(desk, person, step.act.value, step.key, details | {"reason": step.reason})
        return went_to(_address_of(desk, version_id, form))


def page_values(desk: Desk, standing: Standing, person: Person) -> dict[str, Any]:
    """Return what every version's page shows."""
    version, steps = standing.version, standing.steps
    texts = desk.reviewing.texts
    current = texts.digest(standing.in_force)
    # Its number is no change of words.
    shown = texts.numbered(version.kind, standing.in_force, version.number)
    is_admin = person.role.covers(Role.ADMIN)
    refusal = refusal_to(Act.APPROVED, version, steps, person, version.sha256, current)
    return {
        "address": desk.address,
        "version": version,
        "state": standing.state.value,
        "steps": steps,
        "check": check_of(steps, version.sha256),
        "diff": side_by_side(shown, version.content),
        "is_admin": is_admin,
        "is_overtaken": version.based_on != current and standing.state.value != "approved",
        "is_own": refusal is Refusal.OWN_DRAFT,
        "may_approve": refusal is None,
    }


async def _standing(desk: Desk, version_id: str) -> Standing:
    try:
        standing = await desk.reviewing.standing(version_id)
    except LookupError as error:
        raise not_found(f"version {version_id[:40]}") from error
    except RecordsError as error:
        raise unavailable(str(error)) from error
    if standing.version.kind is not desk.kind:
        raise not_found(f"version {version_id[:40]}")
    return standing


async def _acted(person: Person, acting: Awaitable[T]) -> T:
    try:
        return await acting
    except Refused as refused:
        raise problem_of(refused, person.language) from refused
    except LookupError as error:
        raise not_found(f"text {str(error)[:40]}") from error
    except RecordsError as error:
        raise unavailable("It was not stored, so nothing has changed; try again.") from error


async def _noted(
    desk: Desk, person: Person, act: str, key: str, details: Mapping[str, Any]
) -> None:
    await desk.trail.note(person, f"{desk.kind.value}.{act}", key, details)


def went_to(address: str) -> Response:
    """Return what makes htmx open a page."""
    return Response(status_code=204, headers={"HX-Redirect": address})


def _address_of(desk: Desk, version_id: str, form: Mapping[str, str]) -> str:
    view = form.get("view", "")
    shown = f"?view={view}" if view.replace("_", "").isalpha() else ""
    return f"{desk.address}/versions/{version_id}{shown}"
