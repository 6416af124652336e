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
from aurora.console.review.diff import Line as DiffLine
from aurora.console.review.diff import side_by_side
from aurora.console.review.fields import form_of, pairs_of, problem_of, reason_in
from aurora.console.review.history import acts_of
from aurora.errors import RecordsError, SiteError
from aurora.lines.problems import not_found, unavailable, unprocessable
from aurora.records.audit import AuditTrail
from aurora.review.change_set import ChangeSet
from aurora.review.reviewing import Reviewing, Standing, Texts
from aurora.review.rules import Refusal, Refused, refusal_to
from aurora.review.versions import Act, Kind, State, Step, Version, check_of
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

    def others(self, key: str) -> Sequence[str]:
        """Return the keys that may be changed together with one."""


@dataclass(frozen=True, slots=True)
class Member:
    """One text of a change, beside what it would replace."""

    version: Version
    diff: Sequence[DiffLine]


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

    @router.get("/versions/{version_id}")
    async def version(
        request: Request, version_id: str, person: Annotated[Person, Depends(reader)]
    ) -> Response:
        standing = await standing_of(desk, version_id)
        # Reading and comparing long texts takes a tenth of a second, and callers come first.
        shown = await asyncio.to_thread(page_values, desk, standing, person)
        edited = await asyncio.to_thread(editor.values, request, standing)
        values = {**shown, **edited}
        return await desk.frame.page_apart(request, person, editor.template, **values)

    _add_drafting(router, desk, editor, admin)
    _add_deciding(router, desk, admin)
    return router


def _add_drafting(router: APIRouter, desk: Desk, editor: Editor, admin: Needs) -> None:
    reviewing = desk.reviewing

    @router.post("/{key}/draft")
    async def draft(
        request: Request, key: str, person: Annotated[Person, Depends(admin)]
    ) -> Response:
        form = await form_of(request)
        reason = reason_in(form)
        others = editor.others(key) if form.get("together") else ()
        begun = await acted(person, reviewing.begin(desk.kind, key, person, reason, others))
        details = {"version": begun.number, "reason": reason, "together": [*others]}
        await noted(desk, person, "drafted", key, details)
        return went_to(f"{desk.address}/versions/{begun.id}")

    @router.post("/{key}/put-back")
    async def put_back(
        request: Request, key: str, person: Annotated[Person, Depends(admin)]
    ) -> Response:
        form = await form_of(request)
        version_id = form.get("version") or None
        acting = reviewing.put_back(desk.kind, key, version_id, person, reason_in(form))
        steps = await acted(person, acting)
        for step in steps:
            details = {"sha256": step.sha256, "reason": step.reason}
            await noted(desk, person, "put_back", step.key, details)
        return went_to(f"{desk.address}/{key}")

    @router.post("/versions/{version_id}/save")
    async def save(
        request: Request, version_id: str, person: Annotated[Person, Depends(admin)]
    ) -> Response:
        pairs = await pairs_of(request)
        form = dict(pairs)
        standing = await standing_of(desk, version_id)
        try:
            content = await asyncio.to_thread(editor.content, standing.version, pairs)
            await asyncio.to_thread(require_plain, content)
        except SiteError as error:
            raise unprocessable(str(error), "content") from error
        saving = reviewing.save(version_id, person, form.get("sha256", ""), content)
        saved = await acted(person, saving)
        details = {"version": saved.number, "sha256": saved.sha256}
        await noted(desk, person, "saved", saved.key, details)
        return went_to(address_of(desk, version_id, form))


def _add_deciding(router: APIRouter, desk: Desk, admin: Needs) -> None:
    reviewing = desk.reviewing

    @router.post("/versions/{version_id}/check")
    async def check(
        request: Request, version_id: str, person: Annotated[Person, Depends(admin)]
    ) -> Response:
        form = await form_of(request)
        await acted(person, reviewing.check(version_id, person))
        return went_to(address_of(desk, version_id, form))

    @router.post("/versions/{version_id}/submit")
    async def submit(
        request: Request, version_id: str, person: Annotated[Person, Depends(admin)]
    ) -> Response:
        form = await form_of(request)
        standing = await standing_of(desk, version_id)
        if check_of(standing.steps, standing.change.sha256) is None:
            await acted(person, reviewing.check(version_id, person))
        seen = form.get("sha256", "")
        step = await acted(person, reviewing.submit(version_id, person, seen, reason_in(form)))
        await _noted_all(desk, person, standing.change, step)
        return went_to(address_of(desk, version_id, form))

    acts: Mapping[str, Callable[[str, Person, str, str], Awaitable[Step]]] = {
        "approve": reviewing.approve,
        "decline": reviewing.decline,
        "withdraw": reviewing.withdraw,
    }
    for name, act in acts.items():
        _add_act(router, desk, admin, name, act)


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
        standing = await standing_of(desk, version_id)
        acting = act(version_id, person, form.get("sha256", ""), reason_in(form))
        step = await acted(person, acting)
        await _noted_all(desk, person, standing.change, step)
        return went_to(address_of(desk, version_id, form))


def page_values(desk: Desk, standing: Standing, person: Person) -> dict[str, Any]:
    """Return what every version's page shows."""
    change, steps = standing.change, standing.steps
    texts = desk.reviewing.texts
    current = {key: texts.digest(text) for key, text in standing.in_force.items()}
    refusal = refusal_to(Act.APPROVED, change, steps, person, change.sha256, current)
    is_based = all(one.based_on == current[one.key] for one in change.versions)
    return {
        "address": desk.address,
        "version": standing.version,
        "change": change,
        "members": [_beside(texts, one, standing.in_force[one.key]) for one in change.versions],
        "state": standing.state.value,
        "steps": steps,
        "record_lines": acts_of(steps),
        "check": check_of(steps, change.sha256),
        "is_admin": person.role.covers(Role.ADMIN),
        "is_overtaken": not is_based and standing.state is not State.APPROVED,
        "is_own": refusal is Refusal.OWN_DRAFT,
        "may_approve": refusal is None,
    }


def _beside(texts: Texts, version: Version, in_force: str) -> Member:
    # Its number is no change of words.
    shown = texts.numbered(version.kind, in_force, version.number)
    return Member(version, side_by_side(shown, version.content))


async def standing_of(desk: Desk, version_id: str) -> Standing:
    try:
        standing = await desk.reviewing.standing(version_id)
    except LookupError as error:
        raise not_found(f"version {version_id[:40]}") from error
    except RecordsError as error:
        raise unavailable(str(error)) from error
    if standing.version.kind is not desk.kind:
        raise not_found(f"version {version_id[:40]}")
    return standing


async def acted(person: Person, acting: Awaitable[T]) -> T:
    try:
        return await acting
    except Refused as refused:
        raise problem_of(refused, person.language) from refused
    except LookupError as error:
        raise not_found(f"text {str(error)[:40]}") from error
    except RecordsError as error:
        raise unavailable("It was not stored, so nothing has changed; try again.") from error


async def noted(desk: Desk, person: Person, act: str, key: str, details: Mapping[str, Any]) -> None:
    await desk.trail.note(person, f"{desk.kind.value}.{act}", key, details)


async def _noted_all(desk: Desk, person: Person, change: ChangeSet, step: Step) -> None:
    for one in change.versions:
        details = {"version": one.number, "sha256": one.sha256, "reason": step.reason}
        await noted(desk, person, step.act.value, one.key, details)


def went_to(address: str) -> Response:
    """Return what makes htmx open a page."""
    return Response(status_code=204, headers={"HX-Redirect": address})


def address_of(desk: Desk, version_id: str, form: Mapping[str, str]) -> str:
    view = form.get("view", "")
    shown = f"?view={view}" if view.replace("_", "").isalpha() else ""
    return f"{desk.address}/versions/{version_id}{shown}"
