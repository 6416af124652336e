"""The console's rooms put together; each has its own folder, routes and words."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from fastapi import APIRouter

from aurora.console.door import Door
from aurora.console.duty.routes import DutyDesk, duty_routes
from aurora.console.frame import Frame
from aurora.console.handbook.routes import HandbookDesk, handbook_routes
from aurora.console.procedures.routes import procedure_routes
from aurora.console.review.routes import Desk
from aurora.console.site.routes import site_routes
from aurora.guidance.handbook.handbook import Handbook
from aurora.guidance.library import Library
from aurora.records.absences import Absences
from aurora.review.reviewing import Reviewing
from aurora.review.versions import Kind
from aurora.site.model import Site


@dataclass(frozen=True, slots=True)
class ConsoleParts:
    """What the console's rooms are given; each room takes what it uses."""

    site: Site
    door: Door
    library: Library
    reviewing: Reviewing
    absences: Absences
    site_now: Callable[[], Site]
    """The site with the contacts and rosters of now."""
    waiting: Callable[[], list[str]]
    """Which fields of the approved site take effect at the next start."""
    clock: Callable[[], datetime]
    handbook: Handbook


def console_routes(parts: ConsoleParts) -> list[APIRouter]:
    """Return the routes of every room."""
    frame = Frame(parts.site, parts.door)
    procedures = Desk(frame, parts.door, parts.reviewing, Kind.PROCEDURE, "/console/procedures")
    site = Desk(frame, parts.door, parts.reviewing, Kind.SITE, "/console/site")
    handbook = HandbookDesk(frame, parts.door, parts.handbook, parts.site.languages, parts.clock)
    duty = DutyDesk(
        frame,
        parts.door,
        parts.library,
        parts.absences,
        parts.site_now,
        parts.reviewing.texts.refresh,
        parts.clock,
    )
    return [
        *procedure_routes(procedures, parts.library, parts.site),
        *site_routes(site, parts.waiting, parts.site),
        handbook_routes(handbook),
        duty_routes(duty),
    ]
