"""The site at the console: what is in force, its history, and a draft as forms with its errors."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from aurora.accounts.person import Person, Role
from aurora.console.door import Needs
from aurora.console.procedures.listing import open_versions
from aurora.console.review.fields import moment_in
from aurora.console.review.history import entries, stretches
from aurora.console.review.routes import Desk, review_routes
from aurora.console.site.forms import SECTIONS, items_of, section_from, shown
from aurora.console.site.problems import problems_in
from aurora.errors import SiteError
from aurora.lines.problems import unprocessable
from aurora.review.reviewing import Standing
from aurora.review.versions import Kind, Version
from aurora.site.model import LANGUAGES, Site
from aurora.site.yaml_file import parse_yaml, plain_yaml
from aurora.site.yaml_text import with_section

KEY = "site"
NAME = "site.yaml"
TEXTS_IN_MIND = 8
"""Texts that people have before them: each is read and checked once, not at every look."""


class SiteEditor:
    """The site's file is edited section by section, or as the file it is."""

    template = "site/version.html"

    def values(self, request: Request, standing: Standing) -> Mapping[str, Any]:
        text = standing.version.content
        section = SECTIONS.get(request.query_params.get("view", "contacts"))
        fault: str | None = None
        data: Mapping[str, Any] = {}
        try:
            data = _mapping(text)
        except SiteError as error:
            # Not YAML any more: only the file itself can be mended.
            section, fault = None, str(error)
        return {
            "fault": fault,
            "section": section,
            "view": section.key if section else "file",
            "sections": SECTIONS,
            "data": data,
            "items": items_of(section, data) if section else [],
            "problems": problems_in(_complaints(text)),
            "shown": shown,
            "languages": LANGUAGES,
        }

    def content(self, version: Version, pairs: Sequence[tuple[str, str]]) -> str:
        form = dict(pairs)
        if "content" in form:
            return form["content"]
        section = SECTIONS.get(form.get("section", ""))
        if section is None:
            raise unprocessable("Send the file, or a section of it.", "section")
        by_name: dict[str, list[str]] = {}
        for name, value in pairs:
            by_name.setdefault(name, []).append(value)
        data = _mapping(version.content)
        changed = section_from(section, data, by_name)
        return with_section(version.content, section.key, data.get(section.key), changed)

    def others(self, key: str) -> Sequence[str]:
        return ()


def site_routes(desk: Desk, waiting: Callable[[], list[str]], site: Site) -> list[APIRouter]:
    """Return /console/site; everybody reads, administrators act.

    waiting: the fields that take effect at the next start.
    """
    router = APIRouter(prefix=desk.address)
    reader = Needs(desk.door, Role.VIEWER)
    zone = ZoneInfo(site.timezone)
    reviewing = desk.reviewing

    @router.get("")
    @router.get(f"/{KEY}")
    async def overview(request: Request, person: Annotated[Person, Depends(reader)]) -> Response:
        at = moment_in(request.query_params.get("at", ""), zone)
        text = await reviewing.text_in_force(Kind.SITE, KEY, at)
        shown_site = await asyncio.to_thread(_site, text)
        steps = await reviewing.versions.steps(Kind.SITE, KEY)
        versions = await reviewing.versions.of_key(Kind.SITE, KEY)
        return await desk.frame.page_apart(
            request,
            person,
            "site/site.html",
            address=desk.address,
            key=KEY,
            text=text,
            sha256=reviewing.texts.digest(text),
            shown_site=shown_site,
            at=at,
            at_wall=at.astimezone(zone).strftime("%Y-%m-%dT%H:%M") if at else "",
            stretches=stretches(steps, versions),
            goes_back=lambda version_id: {},
            entries=entries(steps, versions),
            under_way=open_versions(steps).get(KEY),
            waiting=waiting(),
            is_admin=person.role.covers(Role.ADMIN),
        )

    return [router, review_routes(desk, SiteEditor())]


@lru_cache(TEXTS_IN_MIND)
def _site(text: str) -> Site:
    return parse_yaml(text, NAME, Site)


@lru_cache(TEXTS_IN_MIND)
def _mapping(text: str) -> Mapping[str, Any]:
    data = plain_yaml(text, NAME)
    if not isinstance(data, dict):
        raise SiteError(f"{NAME}:1: not a site; write its fields as `name: value`")
    return data


@lru_cache(TEXTS_IN_MIND)
def _complaints(text: str) -> Sequence[str]:
    try:
        _site(text)
    except SiteError as error:
        return str(error).splitlines()
    return ()
