"""Open everything a running line consists of, and let go of it at the end."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import structlog

from aurora import hand_offs, startup
from aurora.conditions.keeper import Keeper
from aurora.console.accounts.parts import AccountParts, open_accounts, provider_of
from aurora.console.board.board import Board
from aurora.console.board.watch import Watch
from aurora.console.health import Component, State
from aurora.conversation.call import Call
from aurora.conversation.observer import Observer
from aurora.conversation.operators import Operators
from aurora.conversation.switchboard import Switchboard
from aurora.desk import Desk
from aurora.errors import RecordsError
from aurora.escalation.alert import Alert
from aurora.escalation.answer_desk import IncidentAnswers
from aurora.escalation.communication_test import CommunicationTests
from aurora.escalation.durable import Durable, system_database
from aurora.escalation.finding import add_finding
from aurora.escalation.pager import Pager, Told
from aurora.escalation.quiet import add_watching
from aurora.escalation.reminders import Reminders
from aurora.escalation.walking import add_testing
from aurora.escalation.workflow import Plans
from aurora.guidance.handbook.shelf import shelf_in
from aurora.guidance.language_model import ModelState
from aurora.lines.audio.fixed_lines import fixed_lines
from aurora.lines.audio.speech import Speech
from aurora.lines.hand_off.transfers import Transfers
from aurora.lines.open_lines import OpenLines
from aurora.lost_callers import LostCallers
from aurora.reach import Reach, key_of, open_reach
from aurora.records.incidents import SqlIncidents
from aurora.records.kept_files import SqlKeptFiles
from aurora.records.machine import machine_id
from aurora.records.metrics import Metrics
from aurora.records.mirror import Mirror
from aurora.records.phones import SqlPhones
from aurora.records.shared_shelf import SharedShelf
from aurora.records.sql import SqlRecords
from aurora.review_desk import ReviewDesk, open_review
from aurora.rooms import Rooms
from aurora.rounds import (
    close_idle_calls,
    close_quiet_incidents,
    follow_handbook,
    keep_testing,
    running,
    share_documents,
)
from aurora.settings import Settings
from aurora.site.model import Site
from aurora.site_in_force import Follower

log = structlog.get_logger()

LOST_FOR = timedelta(hours=1)
"""After a restart, whoever was lost within it is looked for."""


@dataclass(kw_only=True)
class Parts:
    """Everything a running application consists of."""

    settings: Settings
    rooms: Rooms
    records: SqlRecords
    mirror: Mirror
    metrics: Metrics
    switchboard: Switchboard
    operators: Operators
    conditions: Keeper
    speech: Speech
    desk: Desk
    answers: IncidentAnswers
    board: Board
    reach: Reach
    accounts: AccountParts
    lost_callers: LostCallers
    tests: CommunicationTests
    local_url: str
    review: ReviewDesk
    model_state: ModelState | None = None
    transfers: Transfers | None = None
    open_lines: OpenLines = field(default_factory=OpenLines)

    async def health(self) -> list[Component]:
        """Ask each part how it is."""
        return [
            startup.line_component(self.settings),
            startup.model_component(self.settings, self.model_state),
            startup.voice_component(self.settings, self.rooms.site),
            startup.speech_component(self.speech.state),
            startup.languages_component(self.rooms.triage),
            await self._database(),
            startup.mirror_component(self.mirror.state),
            startup.site_component(self.rooms.site),
            startup.procedures_component(self.rooms.library, self.review.texts.problems),
            startup.handbook_component(self.rooms.handbook, self.rooms.site.languages),
            startup.alerts_component(self.settings, self.reach, is_on=self.desk.is_running),
            startup.access_component(self.settings),
            startup.second_steps_component(await self._unreadable_second_steps()),
        ]

    async def start_alerting(self) -> None:
        """Begin to page people: for calls that were open before a restart as well."""
        self.desk.start()
        lost = await self.records.lost_since(now() - LOST_FOR)
        for call in [*await self.records.open_calls(), *lost]:
            self.desk.call_changed(call)
            if self.transfers is not None:
                self.transfers.call_changed(call)
        await self.switchboard.close_idle()

    async def count_open_calls(self) -> int:
        """Return how many calls have not ended, on whichever machine they are."""
        return (await self.records.tally()).by_status.get("active", 0)

    async def _unreadable_second_steps(self) -> int | None:
        try:
            return len(await self.accounts.accounts.unreadable_second_steps())
        except RecordsError:
            return None

    async def _database(self) -> Component:
        try:
            await self.records.calls(limit=1)
        except RecordsError as error:
            return Component("database", State.FAILED, str(error))
        return Component("database", State.OK, self.records.where)


def now() -> datetime:
    return datetime.now(UTC)


class _MirrorTouch(Observer):
    """Tells the mirror of every change."""

    def __init__(self, mirror: Mirror) -> None:
        self._mirror = mirror

    def call_changed(self, call: Call) -> None:
        self._mirror.touch()


@asynccontextmanager
async def open_parts(settings: Settings, rooms: Rooms, *, local_url: str) -> AsyncIterator[Parts]:
    """Open records, model and mirror for the rooms, and let go of them at the end.

    local_url: where this machine reaches the line; what Twilio's stand-in signs by default.
    Raises RecordsError before anything is touched.
    """
    data_dir = settings.records.data_dir
    url, public_url = settings.records.database_url, settings.twilio.public_url
    records = await SqlRecords.open(url.get_secret_value() if url else None, data_dir)
    metrics, mirror = Metrics(), Mirror(records, data_dir, rooms.site.timezone)
    keeper = Keeper(rooms.dialogue.board, records.conditions, rooms.site.id, now)
    phones = SqlPhones(records.beside, rooms.site.id)
    reach = open_reach(settings, rooms.site, _show, now, phones)

    def told(call_id: str, kind: str, details: Mapping[str, object]) -> None:
        switchboard.note_later(call_id, kind, details)

    incidents = SqlIncidents(records.beside, rooms.site.id)
    desk, answers, lost_callers, tests, followers = _alerting(
        settings, rooms.site, records, incidents, reach, told
    )
    watch = Watch(records, incidents, lambda call_id: switchboard.here(call_id), now)
    board = Board(watch, rooms.site, rooms.library, now)
    transfers = hand_offs.open_transfers(settings, rooms, reach, now)
    observers: list[Observer] = [metrics, _MirrorTouch(mirror), desk, lost_callers, watch]
    if transfers is not None:
        observers.append(transfers)
    switchboard = Switchboard(
        rooms.dialogue, records, rooms.consultation, observers, now, keeper, desk
    )
    lost_callers.connect(switchboard)
    speech = Speech(
        settings.speech, data_dir, rooms.site, lambda: fixed_lines(rooms.library, rooms.site)
    )
    metrics.watch_speech(speech.figures)
    review = open_review(settings, rooms, records, followers, speech.make_ready, now)
    provider = provider_of(settings.provider, public_url or local_url, now)
    parts = Parts(
        settings=settings,
        rooms=rooms,
        records=records,
        mirror=mirror,
        metrics=metrics,
        switchboard=switchboard,
        operators=Operators(switchboard),
        conditions=keeper,
        speech=speech,
        desk=desk,
        answers=answers,
        board=board,
        reach=reach,
        accounts=open_accounts(records.beside, key_of(settings), public_url, now, provider),
        lost_callers=lost_callers,
        tests=tests,
        local_url=local_url,
        review=review,
        transfers=transfers,
    )
    model = rooms.model
    if transfers is not None:
        transfers.start(parts.operators, parts.open_lines)
    try:
        await keeper.start()
        await parts.accounts.accounts.seal_second_steps()
        await review.texts.start()
        await mirror.start()
        parts.model_state = await model.probe() if model else None
        async with (
            running(close_idle_calls(switchboard)),
            running(close_quiet_incidents(answers, records)),
            running(watch.run(lambda: board.is_watched)),
            running(board.run()),
            running(follow_handbook(rooms.handbook)),
            running(share_documents(_documents(settings, rooms.site, records))),
            running(keep_testing(desk, tests)),
        ):
            yield parts
    finally:
        await speech.close()
        await lost_callers.close()
        if transfers is not None:
            await transfers.close()
        # Before the desk, whose library takes the loop's threads with it.
        await mirror.close()
        await desk.close()
        await reach.close()
        await switchboard.close()
        await review.texts.close()
        await keeper.close()
        await records.close()
        if model is not None:
            await model.close()


def _documents(settings: Settings, site: Site, records: SqlRecords) -> SharedShelf:
    files = SqlKeptFiles(records.beside, site.id, "handbook")
    return SharedShelf(files, shelf_in(settings.records.data_dir), now)


def _alerting(
    settings: Settings,
    site: Site,
    records: SqlRecords,
    incidents: SqlIncidents,
    reach: Reach,
    told: Told,
) -> tuple[Desk, IncidentAnswers, LostCallers, CommunicationTests, list[Follower]]:
    url, data_dir = settings.records.database_url, settings.records.data_dir
    public_url = settings.twilio.public_url
    pager = Pager(
        site, incidents, reach.channels, reach.tokens, public_url, now, told, reach.phones
    )
    machine = machine_id(data_dir)
    durable = Durable(system_database(url.get_secret_value() if url else None, data_dir), machine)
    plans = Plans(durable, pager)
    lost = LostCallers(records, incidents, durable, reach.phone, reach.callbacks, now)
    add_finding(durable, lost)
    reminders = Reminders(site, incidents, pager, plans, told, now)
    add_watching(durable, reminders)
    tests = CommunicationTests(site, incidents, pager, durable, now)
    add_testing(durable, tests)
    desk = Desk(site, incidents, pager, durable, plans, machine, now)
    answers = IncidentAnswers(site, incidents, pager, durable, plans, told, now)
    followers: list[Follower] = [
        one.take_site for one in (pager, desk, answers, answers.operators, reminders, tests)
    ]
    return desk, answers, lost, tests, followers


def _show(alert: Alert) -> None:
    """The console of this machine: the log, until a page shows it."""
    log.warning("alert", to=alert.name, code=alert.code, text=alert.texts.voice)
