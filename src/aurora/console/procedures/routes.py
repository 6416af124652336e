"""The procedures at the console: all of them, one with its history, and a version under review."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from aurora.accounts.person import Person, Role
from aurora.console.door import Needs
from aurora.console.procedures.listing import open_versions, rows_of
from aurora.console.procedures.sentences import Group, groups_of, with_sentences
from aurora.console.procedures.shared import EQUIPMENT, URGENCIES, shared_of
from aurora.console.procedures.together import together_routes
from aurora.console.review.fields import moment_in
from aurora.console.review.history import entries, stretches
from aurora.console.review.routes import Desk, review_routes
from aurora.errors import SiteError
from aurora.guidance.library import Library
from aurora.lines.problems import not_found
from aurora.review.change_set import what_goes_back
from aurora.review.reviewing import Standing
from aurora.review.versions import Kind, Version
from aurora.site.model import Site


class ProcedureEditor:
    """A procedure is edited sentence by sentence, as the file it is, or in what all its languages
    share."""

    template = "procedures/version.html"

    def __init__(self, library: Library, site: Site) -> None:
        self.library = library
        self.site = site

    def values(self, request: Request, standing: Standing) -> Mapping[str, Any]:
        change, key = standing.change, standing.version.key
        view = request.query_params.get("view", "")
        view = view if view in ("file", "shared") else "sentences"
        groups: Sequence[Group] = ()
        shared, fault = None, None
        try:
            if view == "shared":
                shared = shared_of(change.contents, key)
            elif view == "sentences":
                groups = groups_of(standing.version.content)
        except SiteError as error:
            # Not YAML any more: only the file itself can be mended.
            view, fault = "file", str(error)
        return {
            "groups": groups,
            "shared": shared,
            "view": view,
            "fault": fault,
            "roles": self.site.roles,
            "urgencies": URGENCIES,
            "equipment": EQUIPMENT,
            "is_alone": not set(self.others(key)) <= set(change.keys),
        }

    def others(self, key: str) -> Sequence[str]:
        name, _, language = key.partition(".")
        spoken = [one for procedure, one in self.library.procedures if procedure == name]
        return [f"{name}.{one}" for one in spoken if one != language]

    def content(self, version: Version, pairs: Sequence[tuple[str, str]]) -> str:
        form = dict(pairs)
        if "content" in form:
            return form["content"]
        return with_sentences(version.content, form)


def procedure_routes(desk: Desk, library: Library, site: Site) -> list[APIRouter]:
    """Return /console/procedures; everybody reads, administrators act."""
    router = APIRouter(prefix=desk.address)
    reader = Needs(desk.door, Role.VIEWER)
    zone = ZoneInfo(site.timezone)
    reviewing = desk.reviewing
    editor = ProcedureEditor(library, site)

    @router.get("")
    async def procedures(request: Request, person: Annotated[Person, Depends(reader)]) -> Response:
        asked = request.query_params
        sought, state = asked.get("q", "").strip()[:80], asked.get("state", "")
        steps = await reviewing.versions.steps(Kind.PROCEDURE)
        all_rows = rows_of(library, steps, person.language)
        approved = sum(one.is_approved for one in library.procedures.values())
        return desk.frame.page(
            request,
            person,
            "procedures/list.html",
            rows=rows_of(library, steps, person.language, sought, state),
            languages=site.languages,
            sought=sought,
            chosen=state,
            approved=approved,
            total=len(library.procedures),
            waiting=sum(
                cell.open_state == "in_review" for row in all_rows for cell in row.cells.values()
            ),
        )

    @router.get("/{key}")
    async def procedure(
        request: Request, key: str, person: Annotated[Person, Depends(reader)]
    ) -> Response:
        if "@" in key:
            return await _version_of(desk, key)
        at = moment_in(request.query_params.get("at", ""), zone)
        try:
            text = await reviewing.text_in_force(Kind.PROCEDURE, key, at)
        except LookupError as error:
            raise not_found(f"procedure {key[:40]}") from error
        shown = await _shown(desk, editor, key, text)
        return await desk.frame.page_apart(
            request,
            person,
            "procedures/procedure.html",
            at=at,
            at_wall=at.astimezone(zone).strftime("%Y-%m-%dT%H:%M") if at else "",
            is_admin=person.role.covers(Role.ADMIN),
            **shown,
        )

    return [router, review_routes(desk, editor), together_routes(desk, editor)]


async def _shown(desk: Desk, editor: ProcedureEditor, key: str, text: str) -> dict[str, Any]:
    """What a procedure's page shows of its words and of what became of them."""
    reviewing = desk.reviewing
    steps = await reviewing.versions.steps(Kind.PROCEDURE, key)
    versions = await reviewing.versions.of_key(Kind.PROCEDURE, key)
    puts = await reviewing.versions.puts_in_force(Kind.PROCEDURE)
    sets = await reviewing.versions.sets(Kind.PROCEDURE)
    name, _, language = key.partition(".")
    return {
        "address": desk.address,
        "key": key,
        "procedure": editor.library.procedures.get((name, language)),
        "spoken_in": language,
        "siblings": [one for one in editor.site.languages if one != language],
        "name": name,
        "text": text,
        "groups": await asyncio.to_thread(groups_of, text),
        "sha256": reviewing.texts.digest(text),
        "stretches": stretches(steps, versions),
        "goes_back": lambda version_id: what_goes_back(puts, sets, key, version_id),
        "others": editor.others(key),
        "entries": entries(steps, versions),
        "under_way": open_versions(steps).get(key),
    }


async def _version_of(desk: Desk, reference: str) -> Response:
    """Lead from how a call's record names a text, "fire.en@2", to that text."""
    key, _, number = reference.partition("@")
    for version in await desk.reviewing.versions.of_key(Kind.PROCEDURE, key):
        if str(version.number) == number:
            return RedirectResponse(f"{desk.address}/versions/{version.id}", 303)
    file_number = desk.reviewing.texts.file_number(Kind.PROCEDURE, key)
    if not file_number or str(file_number) != number:
        raise not_found(f"procedure {reference[:60]}")
    return RedirectResponse(f"{desk.address}/{key}", 303)
