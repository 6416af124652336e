"""Wire the rooms together into one application; nothing else happens here."""

from collections.abc import Iterator
from functools import partial

from fastapi import APIRouter, FastAPI

from aurora.accounts.person import Role
from aurora.console.call_page import call_page_routes
from aurora.console.console import ConsoleParts, console_routes
from aurora.console.door import Door
from aurora.console.frame import Frame
from aurora.console.headers import SafeHeaders
from aurora.console.pages import page_routes
from aurora.console.problem_page import ProblemPage
from aurora.failures import add_failures
from aurora.lines.acknowledge import AcknowledgePage, acknowledge_routes
from aurora.lines.api import api_routes
from aurora.lines.api_escalation import escalation_routes
from aurora.lines.api_guard import ApiGuard, ApiNeeds
from aurora.lines.api_hand_offs import hand_off_queue_routes
from aurora.lines.api_incidents import incident_routes
from aurora.lines.api_operator import operator_routes
from aurora.lines.browser.line import BrowserLine, browser_routes
from aurora.lines.called_back import CallBacks, call_back_routes
from aurora.lines.gather import GatherLine, Socket, gather_routes
from aurora.lines.relay.line import RelayLine, relay_routes
from aurora.lines.stream import StreamLine, stream_routes
from aurora.lines.twilio_callbacks import AlertWebhooks, alert_webhook_routes
from aurora.lines.twilio_signature import WebhookSignature
from aurora.parts import Parts, now
from aurora.wiring import hand_offs
from aurora.wiring.reach import key_of


def create_app(parts: Parts, door: Door | None = None) -> FastAPI:
    """Return the web application over built parts; door: the console's, None for the usual one."""
    app = FastAPI(title="Aurora", docs_url=None, redoc_url=None, openapi_url=None)
    guard = ApiGuard(parts.settings.access, parts.accounts.tokens, parts.accounts.audit)
    signature = WebhookSignature(parts.settings.twilio, parts.local_url)
    console = _console(parts, door or parts.accounts.door)
    rooms = (
        *_telephone_routes(parts, signature),
        *_api_routes(parts, guard),
        *_page_routes(parts, guard),
        *console_routes(console),
    )
    for routes in rooms:
        app.include_router(routes)
    add_failures(app, ProblemPage(Frame(console.site, console.door), console.door).response)
    app.add_middleware(SafeHeaders)
    return app


def _telephone_routes(parts: Parts, signature: WebhookSignature) -> Iterator[APIRouter]:
    """What Twilio asks: calls by Gather, stream and relay, hand-offs, alerts and call-backs."""
    twilio, site, switchboard = parts.settings.twilio, parts.rooms.site, parts.switchboard
    stream = StreamLine(switchboard, parts.speech, twilio, signature, parts.open_lines)
    relay = RelayLine(switchboard, site, twilio, signature, parts.open_lines)
    sockets: dict[str, Socket] = {stream.line: stream, relay.line: relay}
    fallback = parts.rooms.library.phrases_in(site.languages[0]).fallback
    gather = GatherLine(
        switchboard,
        site,
        twilio,
        signature,
        fallback,
        sockets.get(twilio.line),
        lambda: parts.review.site.site.contacts,
    )
    yield gather_routes(gather)
    if parts.transfers is not None:
        yield hand_offs.webhook_routes(parts.transfers, parts.operators, signature, gather)
    yield stream_routes(stream)
    yield relay_routes(relay)
    if parts.reach.callbacks is not None:
        webhooks = AlertWebhooks(parts.answers, parts.reach.callbacks, site, signature, now)
        yield alert_webhook_routes(webhooks)
        hang_up = parts.lost_callers.hang_up
        yield call_back_routes(CallBacks(switchboard, gather, parts.reach.tokens, hang_up))


def _api_routes(parts: Parts, guard: ApiGuard) -> Iterator[APIRouter]:
    """What programs ask, with a token or from this machine."""
    site = parts.rooms.site
    yield api_routes(parts.switchboard, parts.records, site, guard)
    yield operator_routes(parts.operators, parts.conditions, site, guard)
    yield hand_off_queue_routes(parts.operators, parts.records, site, guard)
    yield incident_routes(parts.answers, guard)
    yield escalation_routes(parts.tests, site, guard)


def _page_routes(parts: Parts, guard: ApiGuard) -> Iterator[APIRouter]:
    """What anybody may open: the state of the line, the page to call from, the answering page."""
    site, seeing = parts.rooms.site, ApiNeeds(guard, Role.VIEWER)
    yield page_routes(site, parts.health, parts.metrics, parts.count_open_calls, seeing)
    yield acknowledge_routes(AcknowledgePage(parts.answers, parts.reach.tokens, site, now))
    yield call_page_routes(site, parts.speech.start)
    browser = BrowserLine(
        parts.switchboard,
        site,
        parts.speech,
        parts.settings.access,
        parts.open_lines,
        silence_s=float(parts.settings.twilio.gather_timeout_s),
        public_url=parts.settings.twilio.public_url,
        informer=parts.desk,
    )
    yield browser_routes(browser)


def _console(parts: Parts, door: Door) -> ConsoleParts:
    open_lines, transfers = parts.open_lines, parts.transfers
    return ConsoleParts(
        site=parts.rooms.site,
        door=door,
        accounts=parts.accounts,
        board=parts.board,
        answers=parts.answers,
        operators=parts.operators,
        handoff=hand_offs.console_room(
            parts.rooms,
            parts.operators,
            open_lines,
            transfers,
            now,
            parts.elsewhere.far,
            parts.review.site,
        ),
        open_lines=open_lines,
        records=parts.records,
        library=parts.rooms.library,
        conditions=parts.conditions.board,
        data_dir=parts.settings.records.data_dir,
        signing_key=partial(key_of, parts.settings),
        review=parts.review,
        handbook=parts.rooms.handbook,
        push=parts.reach.push,
        reached_by=parts.reach.channels,
    )
