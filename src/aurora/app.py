"""Wire the rooms together into one application; nothing else happens here."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial

import structlog
from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from aurora import hand_offs, startup
from aurora.accounts.person import Role
from aurora.conditions.keeper import Keeper
from aurora.console.accounts.parts import AccountParts, open_accounts, provider_of
from aurora.console.board.board import Board
from aurora.console.board.watch import Watch
from aurora.console.call_page import call_page_routes
from aurora.console.console import ConsoleParts, console_routes
from aurora.console.door import SIGN_IN, Door, SignInNeeded
from aurora.console.health import Component, State
from aurora.console.pages import page_routes
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
from aurora.guidance.language_model import ModelState
from aurora.lines.acknowledge import AcknowledgePage, acknowledge_routes
from aurora.lines.api import api_routes
from aurora.lines.api_escalation import escalation_routes
from aurora.lines.api_guard import ApiGuard, ApiNeeds
from aurora.lines.api_hand_offs import hand_off_queue_routes
from aurora.lines.api_incidents import incident_routes
from aurora.lines.api_operator import operator_routes
from aurora.lines.audio.fixed_lines import fixed_lines
from aurora.lines.audio.speech import Speech
from aurora.lines.browser.line import BrowserLine, browser_routes
from aurora.lines.called_back import CallBacks, call_back_routes
from aurora.lines.gather import GatherLine, Socket, gather_routes
from aurora.lines.hand_off.transfers import Transfers
from aurora.lines.open_lines import OpenLines
from aurora.lines.problems import Problem, unavailable
from aurora.lines.relay.line import RelayLine, relay_routes
from aurora.lines.stream import StreamLine, stream_routes
from aurora.lines.twilio_callbacks import AlertWebhooks, alert_webhook_routes
from aurora.lines.twilio_signature import WebhookSignature
from aurora.lost_callers import LostCallers
from aurora.reach import Reach, key_of, open_reach
from aurora.records.incidents import SqlIncidents
from aurora.records.machine import machine_id
from aurora.records.metrics import Metrics
from aurora.records.mirror import Mirror
from aurora.records.phones import SqlPhones
from aurora.records.sql import SqlRecords
from aurora.review_desk import ReviewDesk, open_review
from aurora.rooms import Rooms
from aurora.rounds import (
    close_idle_calls,
    close_quiet_incidents,
    follow_handbook,
    keep_testing,
    running,
)
from aurora.settings import Settings
from aurora.site.model import Site
from aurora.site_in_force import Follower

log = structlog.get_logger()

LOST_FOR = timedelta(hours=1)
"""After a restart, whoever was lost within it is looked for."""


@dataclass
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
            startup.procedures_component(self.rooms.library),
            startup.handbook_component(self.rooms.handbook, self.rooms.site.languages),
            startup.alerts_component(self.settings, self.reach, is_on=self.desk.is_running),
            startup.access_component(self.settings),
        ]

    async def start_alerting(self) -> None:
        """Begin to page people: for calls that were open before a restart as well."""
        self.desk.start()
        lost = await self.records.lost_since(_now() - LOST_FOR)
        for call in [*await self.records.open_calls(), *lost]:
            self.desk.call_changed(call)
            if self.transfers is not None:
                self.transfers.call_changed(call)
        await self.switchboard.close_idle()

    async def count_open_calls(self) -> int:
        """Return how many calls have not ended, on whichever machine they are."""
        return (await self.records.tally()).by_status.get("active", 0)

    async def _database(self) -> Component:
        try:
            await self.records.calls(limit=1)
        except RecordsError as error:
            return Component("database", State.FAILED, str(error))
        return Component("database", State.OK, self.records.where)


def _now() -> datetime:
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
    keeper = Keeper(rooms.dialogue.board, records.conditions, rooms.site.id, _now)
    phones = SqlPhones(records.beside, rooms.site.id)
    reach = open_reach(settings, rooms.site, _show, _now, phones)

    def told(call_id: str, kind: str, details: Mapping[str, object]) -> None:
        switchboard.note_later(call_id, kind, details)

    incidents = SqlIncidents(records.beside, rooms.site.id)
    desk, answers, lost_callers, tests, followers = _alerting(
        settings, rooms.site, records, incidents, reach, told
    )
    review = open_review(settings, rooms, records, followers, _now)
    watch = Watch(records, incidents, lambda call_id: switchboard.here(call_id), _now)
    board = Board(watch, rooms.site, rooms.library, _now)
    transfers = hand_offs.open_transfers(settings, rooms, reach, _now)
    observers: list[Observer] = [metrics, _MirrorTouch(mirror), desk, lost_callers, watch]
    if transfers is not None:
        observers.append(transfers)
    switchboard = Switchboard(
        rooms.dialogue, records, rooms.consultation, observers, _now, keeper, desk
    )
    lost_callers.connect(switchboard)
    speech = Speech(
        settings.speech, data_dir, rooms.site, lambda: fixed_lines(rooms.library, rooms.site)
    )
    metrics.watch_speech(speech.figures)
    provider = provider_of(settings.provider, public_url or local_url, _now)
    parts = Parts(
        settings,
        rooms,
        records,
        mirror,
        metrics,
        switchboard,
        Operators(switchboard),
        keeper,
        speech,
        desk,
        answers,
        board,
        reach,
        open_accounts(records.beside, key_of(settings), public_url, _now, provider),
        lost_callers,
        tests,
        local_url,
        review,
        transfers=transfers,
    )
    model = rooms.model
    if transfers is not None:
        transfers.start(parts.operators, parts.open_lines)
    try:
        await keeper.start()
        await review.texts.start()
        await mirror.start()
        parts.model_state = await model.probe() if model else None
        async with (
            running(close_idle_calls(switchboard)),
            running(close_quiet_incidents(answers, records)),
            running(watch.run(lambda: board.is_watched)),
            running(board.run()),
            running(follow_handbook(rooms.handbook)),
            running(keep_testing(desk, tests)),
        ):
            yield parts
    finally:
        await speech.close()
        await lost_callers.close()
        if transfers is not None:
            await transfers.close()
        await desk.close()
        await reach.close()
        await switchboard.close()
        await review.texts.close()
        await keeper.close()
        await mirror.close()
        await records.close()
        if model is not None:
            await model.close()


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
        site, incidents, reach.channels, reach.tokens, public_url, _now, told, reach.phones
    )
    machine = machine_id(data_dir)
    durable = Durable(system_database(url.get_secret_value() if url else None, data_dir), machine)
    plans = Plans(durable, pager)
    lost = LostCallers(records, incidents, durable, reach.phone, reach.callbacks, _now)
    add_finding(durable, lost)
    reminders = Reminders(site, incidents, pager, plans, told, _now)
    add_watching(durable, reminders)
    tests = CommunicationTests(site, incidents, pager, durable, _now)
    add_testing(durable, tests)
    desk = Desk(site, incidents, pager, durable, plans, machine, _now)
    answers = IncidentAnswers(site, incidents, pager, durable, plans, told, _now)
    followers: list[Follower] = [
        one.take_site for one in (pager, desk, answers, answers.operators, reminders, tests)
    ]
    return desk, answers, lost, tests, followers


def _show(alert: Alert) -> None:
    """The console of this machine: the log, until a page shows it."""
    log.warning("alert", to=alert.name, code=alert.code, text=alert.texts.voice)


def create_app(parts: Parts, door: Door | None = None) -> FastAPI:
    """Return the web application over built parts; door: the console's, None for the usual one."""
    app = FastAPI(title="Aurora", docs_url=None, redoc_url=None, openapi_url=None)
    settings, site = parts.settings, parts.rooms.site
    guard = ApiGuard(settings.access, parts.accounts.tokens, parts.accounts.audit)
    seeing = ApiNeeds(guard, Role.VIEWER)
    signature = WebhookSignature(settings.twilio, parts.local_url)
    open_lines = parts.open_lines
    stream = StreamLine(parts.switchboard, parts.speech, settings.twilio, signature, open_lines)
    relay = RelayLine(parts.switchboard, site, settings.twilio, signature, open_lines)
    sockets: dict[str, Socket] = {stream.line: stream, relay.line: relay}
    gather = GatherLine(
        parts.switchboard,
        site,
        settings.twilio,
        signature,
        parts.rooms.library.phrases_in(site.languages[0]).fallback,
        sockets.get(settings.twilio.line),
    )
    app.include_router(gather_routes(gather))
    if parts.transfers is not None:
        app.include_router(
            hand_offs.webhook_routes(parts.transfers, parts.operators, signature, gather)
        )
    app.include_router(stream_routes(stream))
    app.include_router(relay_routes(relay))
    app.include_router(api_routes(parts.switchboard, parts.records, site, guard))
    app.include_router(operator_routes(parts.operators, parts.conditions, site, guard))
    app.include_router(hand_off_queue_routes(parts.operators, parts.records, site, guard))
    app.include_router(
        page_routes(site, parts.health, parts.metrics, parts.count_open_calls, seeing)
    )
    app.include_router(incident_routes(parts.answers, guard))
    app.include_router(escalation_routes(parts.tests, site, guard))
    app.include_router(
        acknowledge_routes(AcknowledgePage(parts.answers, parts.reach.tokens, site, _now))
    )
    if parts.reach.callbacks is not None:
        webhooks = AlertWebhooks(parts.answers, parts.reach.callbacks, site, signature, _now)
        app.include_router(alert_webhook_routes(webhooks))
        call_backs = CallBacks(
            parts.switchboard, gather, parts.reach.tokens, parts.lost_callers.hang_up
        )
        app.include_router(call_back_routes(call_backs))
    app.include_router(call_page_routes(site, parts.speech.start))
    browser = BrowserLine(
        parts.switchboard,
        site,
        parts.speech,
        settings.access,
        open_lines,
        silence_s=float(settings.twilio.gather_timeout_s),
        public_url=settings.twilio.public_url,
        informer=parts.desk,
    )
    app.include_router(browser_routes(browser))
    console = ConsoleParts(
        site=site,
        door=door or parts.accounts.door,
        accounts=parts.accounts,
        board=parts.board,
        answers=parts.answers,
        operators=parts.operators,
        handoff=hand_offs.console_room(
            parts.rooms, parts.operators, open_lines, parts.transfers, _now
        ),
        open_lines=open_lines,
        public_url=settings.twilio.public_url,
        records=parts.records,
        library=parts.rooms.library,
        conditions=parts.conditions.board,
        data_dir=settings.records.data_dir,
        signing_key=partial(key_of, settings),
        review=parts.review,
        handbook=parts.rooms.handbook,
        push=parts.reach.push,
    )
    for routes in console_routes(console):
        app.include_router(routes)
    app.add_exception_handler(SignInNeeded, _sign_in_needed)
    app.add_exception_handler(Problem, _problem)
    app.add_exception_handler(RecordsError, _not_kept)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(Exception, _unexpected)
    return app


async def _sign_in_needed(request: Request, error: Exception) -> Response:
    assert isinstance(error, SignInNeeded)  # noqa: S101 - narrows the type Starlette gives
    is_page = request.method == "GET" and "text/html" in request.headers.get("accept", "")
    if is_page and "hx-request" not in request.headers:
        return RedirectResponse(error.address, 303)
    return Problem(401, "Sign in", f"Sign in at {SIGN_IN} first.").response()


async def _problem(request: Request, error: Exception) -> Response:
    assert isinstance(error, Problem)  # noqa: S101 - narrows the type Starlette gives
    return error.response()


async def _not_kept(request: Request, error: Exception) -> Response:
    log.error("request_not_kept", path=request.url.path, error=str(error))
    return unavailable("The database does not answer; try again in a moment.").response()


async def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - narrows the type Starlette gives
    return Problem(error.status_code, str(error.detail), f"{request.url.path[:80]}").response()


async def _unexpected(request: Request, error: Exception) -> Response:
    """The edge of HTTP: the log has the cause, the client does not."""
    log.error("request_failed", path=request.url.path, exc_info=error)
    detail = "Something failed inside. If this is an emergency, use a telephone."
    return Problem(500, "Internal error", detail).response()
