"""The console's rooms put together; each has its own folder, routes and words."""

from dataclasses import dataclass

from fastapi import APIRouter

from aurora.console.door import Door
from aurora.console.frame import Frame
from aurora.console.history.routes import HistoryPages, history_routes
from aurora.records.incidents import SqlIncidents
from aurora.records.sql import SqlRecords
from aurora.records.whole_calls import WholeCalls
from aurora.site.model import Site


@dataclass(frozen=True, slots=True)
class ConsoleParts:
    """What the console's rooms are given; each room takes what it uses."""

    site: Site
    door: Door
    records: SqlRecords


def console_routes(parts: ConsoleParts) -> list[APIRouter]:
    """Return the routes of every room."""
    frame = Frame(parts.site, parts.door)
    calls = WholeCalls(parts.records, SqlIncidents(parts.records.beside, parts.site.id))
    history = HistoryPages(frame, parts.site, parts.records.search, calls)
    return [history_routes(history, parts.door)]
