"""A line that takes answers, on a real socket, with Twilio's stand-in on the other side."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx2
from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from aurora.escalation.acknowledgement import Tokens
from aurora.escalation.channels.callbacks import Callbacks
from aurora.escalation.channels.patience import Patience
from aurora.escalation.channels.sms import SmsChannel
from aurora.escalation.channels.twilio_rest import TwilioRest
from aurora.escalation.channels.voice import VoiceChannel
from aurora.failures import add_failures
from aurora.lines.acknowledge import AcknowledgePage, acknowledge_routes
from aurora.lines.problems import Problem
from aurora.lines.twilio_callbacks import AlertWebhooks, alert_webhook_routes
from aurora.lines.twilio_signature import WebhookSignature
from aurora.rehearsal.loopback import serving
from aurora.rehearsal.rung_phones import RungPhones
from aurora.rehearsal.twilio_rest_server import TwilioRestServer
from aurora.settings import TwilioSettings
from tests.answer_desk import MemoryDesk
from tests.line import Clock, example_site
from tests.waiting import PATIENT_S

LINE = "+12025550110"
PUBLIC = "https://line.example.com"
KEY = b"k" * 32


async def as_details(request: Request, problem: Problem) -> Response:
    return problem.response()


@dataclass
class Answering:
    """Everything of one test."""

    desk: MemoryDesk
    clock: Clock
    server: TwilioRestServer
    phones: RungPhones
    sms: SmsChannel
    voice: VoiceChannel
    tokens: Tokens
    client: httpx2.AsyncClient


@asynccontextmanager
async def answering(desk: MemoryDesk | None = None) -> AsyncIterator[Answering]:
    """Open the line, the stand-in and the channels between them."""
    desk, clock, server = desk or MemoryDesk(), Clock(), TwilioRestServer()
    tokens = Tokens(KEY, clock)
    callbacks = Callbacks(PUBLIC, tokens)
    app = app_of(desk, callbacks, clock, server.auth_token)
    async with (
        serving(app) as line_url,
        serving(server) as api_url,
        httpx2.AsyncClient(base_url=line_url, trust_env=False, timeout=PATIENT_S) as client,
    ):
        patience = Patience()
        twilio = TwilioRest(
            server.account_sid, server.auth_token, LINE, api_url=api_url, patience=patience
        )
        phones = RungPhones(server, client, line_url, PUBLIC)
        sms = SmsChannel(twilio, callbacks, clock)
        voice = VoiceChannel(twilio, callbacks, example_site(), clock)
        try:
            yield Answering(desk, clock, server, phones, sms, voice, tokens, client)
        finally:
            await twilio.close()


def app_of(desk: MemoryDesk, callbacks: Callbacks, clock: Clock, auth_token: str) -> FastAPI:
    site = example_site()
    settings = TwilioSettings(TWILIO_AUTH_TOKEN=auth_token, AURORA_PUBLIC_URL=PUBLIC)
    signature = WebhookSignature(settings, "http://127.0.0.1")
    app = FastAPI()
    webhooks = AlertWebhooks(desk, callbacks, site, signature, clock)
    app.include_router(alert_webhook_routes(webhooks))
    app.include_router(acknowledge_routes(AcknowledgePage(desk, callbacks.tokens, site, clock)))
    add_failures(app, as_details)
    return app
