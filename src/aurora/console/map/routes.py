"""The site map: shown live to everybody, edited by an admin, with a plan as its ground."""

import asyncio
import hashlib
from collections.abc import Callable
from datetime import datetime
from typing import Annotated

import structlog
from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from aurora.accounts.person import Person, Role
from aurora.conditions.board import Board
from aurora.console.door import Door, Needs
from aurora.console.frame import Frame
from aurora.console.headers import page_headers
from aurora.console.map.drawing import Drawing, SavedDrawing, fitted, of_site, problems
from aurora.console.map.happening import Watch
from aurora.console.map.layout import Layout, layout
from aurora.console.map.picture import MOST_BYTES, PictureRefused, checked
from aurora.console.map.shelf import Kept, MapChanged, MapShelf
from aurora.console.map.view import editor_words, map_view, place_names
from aurora.console.trail import Trail
from aurora.errors import RecordsError
from aurora.lines.body import read_body
from aurora.lines.fields import json_response, read_fields
from aurora.lines.problems import Problem, not_found, unavailable, unprocessable
from aurora.site.model import Site

PATH = "/console/map"
MOST_MAP_BYTES = 1024 * 1024
PICTURE_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "private, max-age=86400",
}
"""Opened on its own, a plan may style itself and do nothing else."""

log = structlog.get_logger(__name__)


class DrawingAsked(BaseModel):
    """What the editor sends."""

    model_config = ConfigDict(extra="forbid")

    based_on: Annotated[int, Field(ge=0)]
    """The version that was edited; 0 for the site's own file."""
    drawing: Drawing | None
    """None: back to what the site's file draws."""


class MapPages:
    """What the routes of the map do."""

    def __init__(
        self,
        frame: Frame,
        site: Site,
        shelf: MapShelf,
        watch: Watch,
        board: Board,
        trail: Trail,
        clock: Callable[[], datetime],
    ) -> None:
        self._frame = frame
        self._site = site
        self._shelf = shelf
        self._watch = watch
        self._board = board
        self._trail = trail
        self._clock = clock

    async def page(self, request: Request, person: Person) -> Response:
        content = await self._live(request, person)
        may_edit = person.role.covers(Role.ADMIN)
        return self._frame.page(
            request, person, "map/page.html", live=content, may_edit=may_edit, path=PATH
        )

    async def live(self, request: Request, person: Person) -> Response:
        """The map as it is now, or 204 where it is as it was seen."""
        content = await self._live(request, person)
        version = hashlib.sha256(content.encode()).hexdigest()[:16]
        headers = page_headers() | {"X-Map-Version": version}
        if request.query_params.get("seen") == version:
            return Response(status_code=204, headers=headers)
        return HTMLResponse(content, headers=headers)

    async def editor(self, request: Request, person: Person) -> Response:
        kept = await self._kept()
        saved, picture = kept.drawing, kept.picture
        placed = self._layout(saved)
        return self._frame.page(
            request,
            person,
            "map/edit.html",
            drawing=placed.as_drawing().model_dump(mode="json"),
            names=place_names(self._site, self._frame.language(request, person)),
            words=editor_words(self._frame.language(request, person)),
            based_on=saved.version if saved else 0,
            saved=saved,
            picture=picture,
            path=PATH,
            most_mb=MOST_BYTES // 1024 // 1024,
        )

    async def save(self, request: Request, person: Person) -> Response:
        asked = await read_fields(request, DrawingAsked, MOST_MAP_BYTES)
        if asked.drawing is not None:
            for problem in problems(asked.drawing, self._site):
                raise unprocessable(f"{problem}.", problem.partition(":")[0])
        try:
            saved = await self._save(asked, person)
        except MapChanged as error:
            raise Problem(409, "Changed meanwhile", f"{error}; load it again.") from error
        except RecordsError as error:
            raise _not_kept(error) from error
        details = {"version": saved.version, "is_reset": saved.drawing is None}
        await self._trail.note(person, "map.changed", self._site.id, details)
        return json_response({"version": saved.version})

    async def picture(self) -> Response:
        kept = (await self._kept()).picture
        if kept is None:
            raise not_found("plan under the map")
        return Response(
            kept.picture.content, media_type=kept.picture.media_type, headers=PICTURE_HEADERS
        )

    async def keep_picture(self, request: Request, person: Person) -> Response:
        media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        content = await read_body(request, MOST_BYTES)
        try:
            picture = await asyncio.to_thread(checked, content, media_type)
            await self._shelf.keep_picture(picture, person.name, self._clock())
        except PictureRefused as refused:
            raise unprocessable(f"The plan was not taken in: {refused}.", "plan") from refused
        except RecordsError as error:
            raise _not_kept(error) from error
        details = {"media_type": media_type, "bytes": len(picture.content)}
        await self._trail.note(person, "map.plan_added", self._site.id, details)
        return json_response({"message": "The plan is under the map."}, 201)

    async def drop_picture(self, person: Person) -> Response:
        try:
            await self._shelf.drop_picture(person.name, self._clock())
        except RecordsError as error:
            raise _not_kept(error) from error
        await self._trail.note(person, "map.plan_removed", self._site.id, {})
        return json_response({"message": "The plan was removed."})

    async def _live(self, request: Request, person: Person) -> str:
        kept = await self._kept()
        try:
            happening = await self._watch.now()
        except RecordsError as error:
            raise unavailable(str(error)) from error
        now = self._clock()
        view = map_view(
            self._site,
            self._layout(kept.drawing),
            happening,
            self._board.at(now),
            now,
            self._frame.language(request, person),
        )
        return self._frame.fragment(
            request, person, "map/live.html", map=view, picture=kept.picture, path=PATH
        )

    async def _kept(self) -> Kept:
        """The saved map and its ground; a database that fails leaves the site's own map."""
        try:
            return await self._shelf.kept()
        except RecordsError as error:
            log.error("map_not_read", error=str(error))
            return Kept()

    def _layout(self, saved: SavedDrawing | None) -> Layout:
        own = of_site(self._site)
        drawn = fitted(saved.drawing, self._site) if saved and saved.drawing else own
        return layout(self._site, drawn)

    async def _save(self, asked: DrawingAsked, person: Person) -> SavedDrawing:
        kept = await self._shelf.kept()
        newest = kept.drawing
        if newest is not None and newest.version != asked.based_on:
            raise MapChanged(newest.saved_by)
        saved = SavedDrawing(
            site=self._site.id,
            version=kept.next_version,
            saved_by=person.name,
            saved_at=self._clock(),
            drawing=asked.drawing,
        )
        await self._shelf.save(saved)
        return saved


def map_routes(pages: MapPages, door: Door) -> APIRouter:
    """Return the routes: everybody looks, admins edit."""
    router = APIRouter(prefix=PATH)
    viewer, admin = Depends(Needs(door, Role.VIEWER)), Depends(Needs(door, Role.ADMIN))

    @router.get("")
    async def page(request: Request, person: Person = viewer) -> Response:
        return await pages.page(request, person)

    @router.get("/live")
    async def live(request: Request, person: Person = viewer) -> Response:
        return await pages.live(request, person)

    @router.get("/plan", dependencies=[viewer])
    async def picture() -> Response:
        return await pages.picture()

    @router.get("/edit")
    async def editor(request: Request, person: Person = admin) -> Response:
        return await pages.editor(request, person)

    @router.put("")
    async def save(request: Request, person: Person = admin) -> Response:
        return await pages.save(request, person)

    @router.put("/plan")
    async def keep_picture(request: Request, person: Person = admin) -> Response:
        return await pages.keep_picture(request, person)

    @router.delete("/plan")
    async def drop_picture(person: Person = admin) -> Response:
        return await pages.drop_picture(person)

    return router


def _not_kept(error: RecordsError) -> Problem:
    log.error("map_not_kept", error=str(error))
    return unavailable("It was not stored, so nothing has changed; try again.")
