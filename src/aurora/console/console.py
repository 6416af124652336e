"""The console's rooms put together; each has its own folder, routes and words."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from fastapi import APIRouter

from aurora.conditions.board import Board as ConditionsBoard
from aurora.console.accounts.entry import Entry, entry_routes
from aurora.console.accounts.me import Me, me_routes
from aurora.console.accounts.me_second_step import second_step_routes
from aurora.console.accounts.parts import AccountParts
from aurora.console.accounts.people import People, people_routes
from aurora.console.accounts.trail import audit_routes
from aurora.console.analytics.routes import AnalyticsPages, analytics_routes
from aurora.console.board.board import Board
from aurora.console.board.routes import board_routes
from aurora.console.call.page import CallPage
from aurora.console.call.routes import call_routes
from aurora.console.door import Door
from aurora.console.frame import Frame
from aurora.console.handoff.room import HandOffRoom
from aurora.console.handoff.routes import handoff_routes
from aurora.console.history.exports import Exports
from aurora.console.history.routes import HistoryPages, history_routes
from aurora.console.map.happening import Watch
from aurora.console.map.routes import MapPages, map_routes
from aurora.console.map.shelf import MapShelf
from aurora.conversation.operators import Operators
from aurora.escalation.answer_desk import IncidentAnswers
from aurora.guidance.library import Library
from aurora.lines.open_lines import OpenLines
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
    accounts: AccountParts
    board: Board
    answers: IncidentAnswers
    operators: Operators
    handoff: HandOffRoom
    open_lines: OpenLines
    public_url: str | None
    records: SqlRecords
    library: Library
    conditions: ConditionsBoard
    data_dir: Path
    signing_key: Callable[[], bytes]
    """Gives the key that exported records are sealed with."""
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)


def console_routes(parts: ConsoleParts) -> list[APIRouter]:
    """Return the routes of every room."""
    frame = Frame(parts.site, parts.door)
    parts.board.frame = frame
    return [
        *_live_rooms(parts, frame),
        *_evidence_rooms(parts, frame),
        *_account_rooms(parts, frame),
    ]


def _live_rooms(parts: ConsoleParts, frame: Frame) -> list[APIRouter]:
    page = CallPage(parts.board, parts.records, parts.answers, frame)
    door, site = parts.door, parts.site
    return [
        # Before the call's own: theirs take any name behind it for a form.
        handoff_routes(parts.handoff, parts.open_lines, frame, door, parts.accounts.audit),
        board_routes(parts.board, parts.answers.operators, frame, door, site),
        call_routes(page, parts.operators, parts.records, frame, door, site),
    ]


def _evidence_rooms(parts: ConsoleParts, frame: Frame) -> list[APIRouter]:
    calls = WholeCalls(parts.records, SqlIncidents(parts.records.beside, parts.site.id))
    trail = parts.accounts.audit
    exports = Exports(
        parts.site, parts.library, parts.records, trail, parts.signing_key, parts.clock
    )
    history = HistoryPages(frame, parts.site, parts.records.search, calls, exports)
    counted = CallFigures(parts.records.beside)
    analytics = AnalyticsPages(frame, parts.site, counted, trail, parts.clock)
    shelf = MapShelf(parts.data_dir / "map", parts.site.id)
    watch = Watch(parts.answers, parts.records.open_calls, parts.clock)
    site_map = MapPages(frame, parts.site, shelf, watch, parts.conditions, trail, parts.clock)
    return [
        history_routes(history, parts.door),
        analytics_routes(analytics, parts.door),
        map_routes(site_map, parts.door),
    ]


def _account_rooms(parts: ConsoleParts, frame: Frame) -> list[APIRouter]:
    accounts = parts.accounts
    me, provider = Me(accounts, frame), accounts.provider
    entry = Entry(accounts, frame, has_provider=provider is not None)
    signing_in = [entry_routes(accounts, entry)]
    if provider is not None:
        from aurora.console.accounts.provider_entry import ProviderEntry, provider_routes

        by_provider = ProviderEntry(accounts, entry, provider, accounts.key)
        signing_in.append(provider_routes(by_provider))
    return [
        *signing_in,
        me_routes(me),
        second_step_routes(me, parts.site),
        people_routes(People(accounts, frame)),
        audit_routes(accounts.audit, parts.door, frame, parts.site),
    ]
