"""Open everything a running line consists of, and let go of it at the end."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

import structlog

from aurora.alerting.desk import Desk
from aurora.alerting.lost_callers import LostCallers
from aurora.conditions.keeper import Keeper
from aurora.console.accounts.parts import AccountParts, open_accounts, provider_of
from aurora.console.board.board import Board
from aurora.console.board.watch import Watch
from aurora.console.health import Component, State
from aurora.conversation.answering import Answering
from aurora.conversation.call import Call
from aurora.conversation.observer import Observer
from aurora.conversation.operators import Operators
from aurora.conversation.switchboard import Switchboard
from aurora.errors import RecordsError
from aurora.escalation.alert import Alert
from aurora.escalation.answer_desk import IncidentAnswers
from aurora.escalation.communication_test import CommunicationTests
from aurora.guidance.handbook.shelf import shelf_in
from aurora.guidance.language_model import ModelState
from aurora.lines.audio.fixed_lines import fixed_lines, opening_lines
from aurora.lines.audio.speech import Speech
from aurora.lines.hand_off.transfers import Transfers
from aurora.lines.open_lines import OpenLines
from aurora.records.head_note import HeadNote
from aurora.records.kept_files import SqlKeptFiles
from aurora.records.metrics import Metrics
from aurora.records.mirror import Mirror
from aurora.records.phones import SqlPhones
from aurora.records.seals import Seals
from aurora.records.shared_shelf import SharedShelf
from aurora.records.sql import SqlRecords
from aurora.rooms import Rooms
from aurora.settings import Settings
from aurora.wiring import hand_offs, health
from aurora.wiring.alerting import open_alerting
from aurora.wiring.elsewhere import Elsewhere, PartialWords, joined, open_elsewhere
from aurora.wiring.reach import Reach, key_of, open_reach
from aurora.wiring.review import ReviewDesk, open_review
from aurora.wiring.rounds import (
    Round,
    begin_what_is_owed,
    close_idle_calls,
    close_quiet_incidents,
    follow_handbook,
    going,
    keep_figures,
    keep_sealing,
    keep_testing,
    keep_unsaved,
    pass_on_forgotten,
    running,
    share_documents,
    tell_refused_tries,
)

log = structlog.get_logger()


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
    seals: Seals
    elsewhere: Elsewhere
    open_lines: OpenLines
    model_state: ModelState | None = None
    transfers: Transfers | None = None

    async def health(self) -> list[Component]:
        """Ask each part how it is."""
        return [
            health.line_component(self.settings),
            health.model_component(self.settings, self.model_state),
            health.voice_component(self.settings, self.rooms.site),
            health.speech_component(self.speech.state),
            health.languages_component(self.rooms.triage),
            await self._database(),
            health.mirror_component(self.mirror.state),
            health.site_component(self.rooms.site),
            health.procedures_component(self.rooms.library, self.review.texts.problems),
            health.handbook_component(self.rooms.handbook, self.rooms.site.languages),
            health.alerts_component(self.settings, self.reach, is_on=self.desk.is_running),
            health.access_component(self.settings),
            health.second_steps_component(await self._unreadable_second_steps()),
            await self._trail(),
        ]

    async def start_alerting(self) -> None:
        """Begin to page people: for calls that were open before a restart as well."""
        self.desk.start()
        if self.transfers is not None:
            for call in await self.records.open_calls():
                self.transfers.call_changed(call)
        await self.switchboard.close_idle()

    async def count_open_calls(self) -> int:
        """Return how many calls have not ended, on whichever machine they are."""
        return await self.records.count_open()

    async def _unreadable_second_steps(self) -> int | None:
        try:
            return len(await self.accounts.accounts.unreadable_second_steps())
        except RecordsError:
            return None

    async def _trail(self) -> Component:
        try:
            return health.trail_component(await self.seals.end.missing())
        except RecordsError as error:
            return Component("audit trail", State.DEGRADED, f"not known: {error}")

    async def _database(self) -> Component:
        try:
            await self.records.calls(limit=1)
        except RecordsError as error:
            return Component("database", State.FAILED, str(error))
        return Component("database", State.OK, self.records.where)


def now() -> datetime:
    return datetime.now(UTC)


class _LineNudge(Observer):
    """Has the line that holds a call say what became due between two turns."""

    def __init__(self, open_lines: OpenLines) -> None:
        self._open_lines = open_lines

    def words_due(self, call: Call) -> None:
        self._open_lines.nudge(call.id)


class _MirrorTouch(Observer):
    """Tells the mirror of every change."""

    def __init__(self, mirror: Mirror) -> None:
        self._mirror = mirror

    def call_changed(self, call: Call) -> None:
        self._mirror.touch()


@asynccontextmanager
async def open_parts(
    settings: Settings, rooms: Rooms, *, local_url: str, is_kiosk: bool = False
) -> AsyncIterator[Parts]:
    """Open records, model and mirror for the rooms, and let go of them at the end.

    local_url: where this machine reaches the line; what Twilio's stand-in signs by default.
    is_kiosk: this process is one, maybe beside a line with the same data directory.
    Raises RecordsError before anything is touched.
    """
    records = await SqlRecords.open(settings.records.url, settings.records.data_dir)
    async with AsyncExitStack() as leaving:
        leaving.push_async_callback(records.close)
        parts = _put_together(settings, rooms, records, local_url, is_kiosk=is_kiosk)
        for close in _closings(parts):
            leaving.push_async_callback(close)
        await _begin(parts)
        watch, board = parts.board.watch, parts.board
        async with (
            joined(parts.elsewhere, watch, parts.switchboard, parts.open_lines, is_kiosk=is_kiosk),
            running(watch.run(lambda: board.is_watched), board.run()),
            # At the end once more, so that nothing is left open by a clean stop.
            going(*_rounds(parts), last=keep_sealing(parts.seals)),
        ):
            yield parts


def _rounds(parts: Parts) -> Iterator[Round]:
    records, switchboard = parts.records, parts.switchboard
    yield close_idle_calls(switchboard)
    yield keep_unsaved(switchboard)
    yield pass_on_forgotten(parts.operators, records, now)
    yield close_quiet_incidents(parts.answers, records)
    yield begin_what_is_owed(parts.desk)
    yield follow_handbook(parts.rooms.handbook)
    yield share_documents(_documents(parts.settings, parts.rooms.site.id, records))
    yield keep_testing(parts.desk, parts.tests)
    yield keep_figures(records.figures, now)
    yield tell_refused_tries(parts.accounts.sign_in)


def _put_together(
    settings: Settings, rooms: Rooms, records: SqlRecords, local_url: str, *, is_kiosk: bool
) -> Parts:
    """Make every part and tell each of those it needs; none of them runs yet."""
    site, data_dir, public_url = rooms.site, settings.records.data_dir, settings.twilio.public_url
    metrics, mirror = Metrics(), Mirror(records, data_dir, site.timezone)
    keeper = Keeper(rooms.dialogue.board, records.conditions, site.id, now)
    reach = open_reach(settings, site, _show, now, SqlPhones(records.beside, site.id))

    def told(call_id: str, kind: str, details: Mapping[str, object]) -> None:
        switchboard.note_later(call_id, kind, details)

    failed = metrics.alert_failed
    alerting = open_alerting(settings, rooms, records, reach, told, failed, now, is_kiosk=is_kiosk)
    watch = Watch(records, alerting.incidents, lambda call_id: switchboard.here(call_id), now)
    answering = Answering()
    board = Board(watch, site, rooms.library, now, answering.give_way)
    transfers = hand_offs.open_transfers(settings, rooms, reach, now)
    observers: list[Observer] = [metrics, _MirrorTouch(mirror), alerting.desk]
    observers += [alerting.lost_callers, watch, *([transfers] if transfers else [])]
    open_lines = OpenLines()
    observers.append(_LineNudge(open_lines))
    elsewhere = open_elsewhere(settings, site)
    observers.append(PartialWords(elsewhere.bus))
    talk, model = rooms.dialogue, rooms.consultation
    switchboard = Switchboard(
        talk, records, model, observers, now, keeper, alerting.desk, answering
    )
    alerting.lost_callers.connect(switchboard)
    speech = Speech(
        settings.speech,
        data_dir,
        site,
        lambda: opening_lines(rooms.library, site),
        lambda: fixed_lines(rooms.library, site),
    )
    metrics.watch_speech(speech.figures)
    metrics.watch_records(lambda: records.not_stored)
    provider = provider_of(settings.provider, public_url or local_url, now)
    key = key_of(settings)
    accounts = open_accounts(records.beside, key, public_url, now, provider)
    # Who rings people for callers is told of other contacts and rosters as who pages them is.
    followers = [*alerting.followers, *([transfers.take_site] if transfers else [])]
    return Parts(
        settings=settings,
        rooms=rooms,
        records=records,
        mirror=mirror,
        metrics=metrics,
        switchboard=switchboard,
        operators=Operators(switchboard),
        conditions=keeper,
        speech=speech,
        desk=alerting.desk,
        answers=alerting.answers,
        board=board,
        reach=reach,
        accounts=accounts,
        lost_callers=alerting.lost_callers,
        tests=alerting.tests,
        local_url=local_url,
        review=open_review(settings, rooms, records, followers, speech.make_ready, now),
        seals=Seals(records.beside, accounts.audit, HeadNote(data_dir, key), now),
        transfers=transfers,
        elsewhere=elsewhere,
        open_lines=open_lines,
    )


def _documents(settings: Settings, site_id: str, records: SqlRecords) -> SharedShelf:
    files = SqlKeptFiles(records.beside, site_id, "handbook")
    return SharedShelf(files, shelf_in(settings.records.data_dir), now)


async def _begin(parts: Parts) -> None:
    """Begin what calls need before the first one; alerting begins by itself when asked to."""
    if parts.transfers is not None:
        parts.transfers.start(parts.operators, parts.open_lines)
    await parts.conditions.start()
    await parts.accounts.accounts.seal_second_steps()
    await parts.review.texts.start()
    await parts.mirror.start()
    model = parts.rooms.model
    parts.model_state = await model.probe() if model else None


def _closings(parts: Parts) -> Iterator[Callable[[], Awaitable[None]]]:
    """What lets go of each part, the last first; one that fails keeps no other from it."""
    if parts.rooms.model is not None:
        yield parts.rooms.model.close
    yield parts.conditions.close
    yield parts.review.texts.close
    yield parts.switchboard.close
    yield parts.reach.close
    # Its library takes the loop's threads with it: what writes files is closed before.
    yield parts.desk.close
    yield parts.mirror.close
    if parts.transfers is not None:
        yield parts.transfers.close
    yield parts.lost_callers.close
    yield parts.speech.close


def _show(alert: Alert) -> None:
    """Put an alert for the console into the log; the board shows the incident it is for."""
    log.warning("alert", to=alert.name, code=alert.code, text=alert.texts.voice)
