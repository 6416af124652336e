"""Acts on a change of a procedure in all its languages: take these in, change what they share."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from aurora.accounts.person import Person, Role
from aurora.console.door import Needs
from aurora.console.procedures.shared import Pairs, with_shared
from aurora.console.review.fields import pairs_of
from aurora.console.review.routes import (
    Desk,
    Editor,
    acted,
    address_of,
    noted,
    standing_of,
    went_to,
)
from aurora.errors import SiteError
from aurora.lines.problems import unprocessable
from aurora.review.change_set import ChangeSet


def together_routes(desk: Desk, editor: Editor) -> APIRouter:
    """Return the routes; administrators act."""
    router = APIRouter(prefix=desk.address)
    admin = Needs(desk.door, Role.ADMIN)
    reviewing = desk.reviewing

    @router.post("/versions/{version_id}/together")
    async def widen(version_id: str, person: Annotated[Person, Depends(admin)]) -> Response:
        standing = await standing_of(desk, version_id)
        others = editor.others(standing.version.key)
        change = await acted(person, reviewing.widen(version_id, person, others))
        for one in change.versions:
            if one.key not in standing.change.keys:
                details = {"version": one.number, "together": [*change.keys]}
                await noted(desk, person, "drafted", one.key, details)
        return went_to(address_of(desk, version_id, {}))

    @router.post("/versions/{version_id}/shared")
    async def share(
        request: Request, version_id: str, person: Annotated[Person, Depends(admin)]
    ) -> Response:
        asked: dict[str, list[str]] = {}
        for name, value in await pairs_of(request):
            asked.setdefault(name, []).append(value)
        standing = await standing_of(desk, version_id)
        try:
            contents = await asyncio.to_thread(_changed, standing.change, asked)
        except SiteError as error:
            raise unprocessable(str(error), "then") from error
        sha256 = asked.get("sha256", [""])[-1]
        saving = reviewing.save_all(version_id, person, sha256, contents)
        saved = await acted(person, saving)
        for one in saved.versions:
            if one.sha256 != standing.change.version(one.id).sha256:
                details = {"version": one.number, "sha256": one.sha256}
                await noted(desk, person, "saved", one.key, details)
        return went_to(address_of(desk, version_id, {"view": "shared"}))

    return router


def _changed(change: ChangeSet, asked: Pairs) -> dict[str, str]:
    return {key: with_shared(text, key, asked) for key, text in change.contents.items()}
