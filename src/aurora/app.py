"""Wire the rooms together into one application; nothing else happens here."""

from functools import partial

from fastapi import FastAPI

from aurora import hand_offs
from aurora.accounts.person import Role
from aurora.console.call_page import call_page_routes
from aurora.console.console import ConsoleParts, console_routes
from aurora.console.door import Door
from aurora.console.frame import Frame
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
from aurora.reach import key_of


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
        acknowledge_routes(AcknowledgePage(parts.answers, parts.reach.tokens, site, now))
    )
    if parts.reach.callbacks is not None:
        webhooks = AlertWebhooks(parts.answers, parts.reach.callbacks, site, signature, now)
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
            parts.rooms, parts.operators, open_lines, parts.transfers, now
        ),
        open_lines=open_lines,
        records=parts.records,
        library=parts.rooms.library,
        conditions=parts.conditions.board,
        data_dir=settings.records.data_dir,
        signing_key=partial(key_of, settings),
        review=parts.review,
        handbook=parts.rooms.handbook,
        push=parts.reach.push,
        reached_by=parts.reach.channels,
    )
    for routes in console_routes(console):
        app.include_router(routes)
    add_failures(app, ProblemPage(Frame(site, console.door), console.door).response)
    return app
