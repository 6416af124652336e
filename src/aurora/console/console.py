"""The console's rooms put together; each has its own folder, routes and words."""

from dataclasses import dataclass

from fastapi import APIRouter

from aurora.console.door import Door
from aurora.console.frame import Frame
from aurora.console.procedures.routes import procedure_routes
from aurora.console.review.routes import Desk
from aurora.guidance.library import Library
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


def console_routes(parts: ConsoleParts) -> list[APIRouter]:
    """Return the routes of every room."""
    frame = Frame(parts.site, parts.door)
    procedures = Desk(frame, parts.door, parts.reviewing, Kind.PROCEDURE, "/console/procedures")
    return [*procedure_routes(procedures, parts.library, parts.site)]
