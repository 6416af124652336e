"""The console's rooms put together; each has its own folder, routes and words."""

from dataclasses import dataclass

from fastapi import APIRouter

from aurora.console.door import Door
from aurora.console.frame import Frame
from aurora.console.handoff.room import HandOffRoom
from aurora.console.handoff.routes import handoff_routes
from aurora.lines.open_lines import OpenLines
from aurora.site.model import Site


@dataclass(frozen=True, slots=True)
class ConsoleParts:
    """What the console's rooms are given; each room takes what it uses."""

    site: Site
    door: Door
    handoff: HandOffRoom
    open_lines: OpenLines
    public_url: str | None


def console_routes(parts: ConsoleParts) -> list[APIRouter]:
    """Return the routes of every room."""
    frame = Frame(parts.site, parts.door)
    return [
        handoff_routes(parts.handoff, parts.open_lines, frame, parts.door, parts.public_url),
    ]
