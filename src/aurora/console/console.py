"""The console's rooms put together; each has its own folder, routes and words."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from fastapi import APIRouter

from aurora.conditions.board import Board
from aurora.console.analytics.routes import AnalyticsPages, analytics_routes
from aurora.console.door import Door
from aurora.console.frame import Frame
from aurora.console.history.exports import Exports
from aurora.console.history.routes import HistoryPages, history_routes
from aurora.console.map.happening import IncidentList, Watch
from aurora.console.map.routes import MapPages, map_routes
from aurora.console.map.shelf import MapShelf
from aurora.console.trail import LoggedTrail, Trail
from aurora.guidance.library import Library
from aurora.records.call_figures import CallFigures
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
    library: Library
    board: Board
    incidents: IncidentList
    """The live ones, of the last hours."""
    data_dir: Path
    signing_key: Callable[[], bytes]
    """Gives the key that exported records are sealed with."""
    trail: Trail = field(default_factory=LoggedTrail)
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)


def console_routes(parts: ConsoleParts) -> list[APIRouter]:
    """Return the routes of every room."""
    frame = Frame(parts.site, parts.door)
    calls = WholeCalls(parts.records, SqlIncidents(parts.records.beside, parts.site.id))
    exports = Exports(
        parts.site, parts.library, parts.records, parts.trail, parts.signing_key, parts.clock
    )
    history = HistoryPages(frame, parts.site, parts.records.search, calls, exports)
    counted = CallFigures(parts.records.beside)
    analytics = AnalyticsPages(frame, parts.site, counted, parts.trail, parts.clock)
    shelf = MapShelf(parts.data_dir / "map", parts.site.id)
    watch = Watch(parts.incidents, parts.records.open_calls, parts.clock)
    site_map = MapPages(frame, parts.site, shelf, watch, parts.board, parts.trail, parts.clock)
    return [
        history_routes(history, parts.door),
        analytics_routes(analytics, parts.door),
        map_routes(site_map, parts.door),
    ]
