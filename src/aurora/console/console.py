"""The console's rooms put together; each has its own folder, routes and words."""

from collections.abc import Callable, Collection
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
from aurora.console.acts import OperatorActs
from aurora.console.analytics.routes import AnalyticsPages, analytics_routes
from aurora.console.board.board import Board
from aurora.console.board.routes import board_routes
from aurora.console.call.page import CallPage
from aurora.console.call.routes import call_routes
from aurora.console.door import Door
from aurora.console.duty.routes import DutyDesk, duty_routes
from aurora.console.frame import Frame
from aurora.console.handbook.routes import HandbookDesk, handbook_routes
from aurora.console.handoff.room import HandOffRoom
from aurora.console.handoff.routes import handoff_routes
from aurora.console.history.exports import Exports
from aurora.console.history.routes import HistoryPages, history_routes
from aurora.console.map.happening import Watch
from aurora.console.map.routes import MapPages, map_routes
from aurora.console.map.shelf import MapShelf
from aurora.console.phone.parts import PhoneParts
from aurora.console.phone.roll_sites import RollSites
from aurora.console.phone.routes import phone_routes
from aurora.console.procedures.routes import procedure_routes
from aurora.console.review.parts import Review
from aurora.console.review.routes import Desk
from aurora.console.site.routes import site_routes
from aurora.conversation.operators import Operators
from aurora.escalation.answer_desk import IncidentAnswers
from aurora.escalation.channels.push import Push
from aurora.escalation.plan import ChannelKind
from aurora.guidance.handbook.handbook import Handbook
from aurora.guidance.library import Library
from aurora.lines.open_lines import OpenLines
from aurora.records.incidents import SqlIncidents
from aurora.records.kept_files import SqlKeptFiles
from aurora.records.musters import SqlMusters
from aurora.records.phones import SqlPhones
from aurora.records.sql import SqlRecords
from aurora.records.whole_calls import WholeCalls
from aurora.review.versions import Kind
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
    records: SqlRecords
    library: Library
    push: Push
    reached_by: Collection[ChannelKind]
    conditions: ConditionsBoard
    data_dir: Path
    signing_key: Callable[[], bytes]
    """Gives the key that exported records are sealed with."""
    review: Review
    handbook: Handbook
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)


def console_routes(parts: ConsoleParts) -> list[APIRouter]:
    """Return the routes of every room."""
    frame = Frame(parts.site, parts.door, reached_by=parts.reached_by)
    parts.board.frame = frame
    return [
        *_live_rooms(parts, frame),
        *_evidence_rooms(parts, frame),
        *_changing_rooms(parts, frame),
        *phone_routes(_phone_parts(parts, frame)),
        *_account_rooms(parts, frame),
    ]


def _live_rooms(parts: ConsoleParts, frame: Frame) -> list[APIRouter]:
    page = CallPage(parts.board, parts.records, parts.answers, frame)
    door, site, audit = parts.door, parts.site, parts.accounts.audit
    acts = OperatorActs(frame, site, audit, parts.board.watch.nudge)
    return [
        # Before the call's own: theirs take any name behind it for a form.
        handoff_routes(parts.handoff, parts.open_lines, frame, door, audit),
        board_routes(parts.board, parts.answers.operators, acts, frame, door),
        call_routes(page, parts.operators, parts.records, acts, frame, door, site),
    ]


def _evidence_rooms(parts: ConsoleParts, frame: Frame) -> list[APIRouter]:
    calls = WholeCalls(parts.records, SqlIncidents(parts.records.beside, parts.site.id))
    trail = parts.accounts.audit
    exports = Exports(
        parts.site, parts.library, parts.records, trail, parts.signing_key, parts.clock
    )
    history = HistoryPages(frame, parts.site, parts.records.search, calls, exports, parts.library)
    analytics = AnalyticsPages(frame, parts.site, parts.records.figures, trail, parts.clock)
    maps = SqlKeptFiles(parts.records.beside, parts.site.id, "map")
    shelf = MapShelf(maps, parts.data_dir / "map", parts.site.id)
    watch = Watch(parts.answers, parts.records.open_calls, parts.clock)
    site_map = MapPages(frame, parts.site, shelf, watch, parts.conditions, trail, parts.clock)
    return [
        history_routes(history, parts.door),
        analytics_routes(analytics, parts.door),
        map_routes(site_map, parts.door),
    ]


def _changing_rooms(parts: ConsoleParts, frame: Frame) -> list[APIRouter]:
    review, door, trail = parts.review, parts.door, parts.accounts.audit
    reviewing, site_now = review.reviewing, lambda: review.site.site
    procedures = Desk(frame, door, reviewing, Kind.PROCEDURE, "/console/procedures", trail)
    site = Desk(frame, door, reviewing, Kind.SITE, "/console/site", trail)
    languages = parts.site.languages
    handbook = HandbookDesk(frame, door, parts.handbook, languages, trail, parts.clock)
    refresh = reviewing.texts.follow
    duty = DutyDesk(
        frame, door, parts.library, review.absences, site_now, refresh, trail, parts.clock
    )
    return [
        *procedure_routes(procedures, parts.library, parts.site),
        *site_routes(site, lambda: review.site.waiting, parts.site),
        handbook_routes(handbook),
        duty_routes(duty),
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


def _phone_parts(parts: ConsoleParts, frame: Frame) -> PhoneParts:
    database, site, review = parts.records.beside, parts.site, parts.review
    return PhoneParts(
        site=site,
        door=parts.door,
        frame=frame,
        phones=SqlPhones(database, site.id),
        musters=SqlMusters(database, site.id),
        answers=parts.answers,
        audit=parts.accounts.audit,
        library=parts.library,
        conditions=parts.conditions,
        push=parts.push,
        sites=RollSites(review.reviewing, lambda: review.site.approved, parts.clock).of,
        clock=parts.clock,
    )
