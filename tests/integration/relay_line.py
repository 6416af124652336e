"""A line on ConversationRelay over real parts and real sockets, and callers who speak to it."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
import orjson
import pytest

from aurora.app import create_app
from aurora.lines.relay import call as relay_call
from aurora.lines.relay.line import LINE
from aurora.lines.socket_calls import SocketCalls
from aurora.parts import Parts, open_parts
from aurora.rehearsal.connections import TwilioConnections
from aurora.rehearsal.tempo import Tempo
from aurora.rehearsal.twilio_caller import TwilioCaller
from aurora.rehearsal.twilio_sockets import Socket, SocketClosed, open_socket
from aurora.rehearsal.twilio_webhooks import TwilioWebhooks
from aurora.rehearsal.twiml_document import Verb, read_twiml
from aurora.settings import load_settings
from tests.application import rooms_for, set_environment
from tests.served import free_url, served
from tests.waiting import PATIENT_S

TOKEN = "twilio-auth-token"
PUBLIC = "https://line.example.com"
SIGNED = {"TWILIO_AUTH_TOKEN": TOKEN, "AURORA_PUBLIC_URL": PUBLIC}
PATIENT = {"AURORA_LINE": "relay", "GATHER_TIMEOUT": "60"}
FROM, TO = "+12025550151", "+12025550110"
QUICK = Tempo(
    quiet_s=1.5,
    patience_s=20.0,
    chars_per_s=2_000.0,
    voice_begins_s=0.01,
    partial_every_s=0.03,
    final_after_s=0.05,
)


@dataclass
class Session:
    """Twilio's end of one session, message by message; notes all that the line sends."""

    socket: Socket
    call_sid: str
    messages: list[dict[str, Any]] = field(default_factory=list)
    taken: int = 0

    async def send(self, kind: str, **fields: Any) -> None:
        await self.socket.send(orjson.dumps({"type": kind, **fields}).decode())

    async def prompt(self, words: str, *, last: bool = True) -> None:
        await self.send("prompt", voicePrompt=words, lang="en-US", last=last)

    async def next(self) -> dict[str, Any]:
        """Return the next message of the line; raises SocketClosed."""
        async with asyncio.timeout(PATIENT_S):
            message = orjson.loads(await self.socket.receive())
        self.messages.append(message)
        return message

    async def cycle(self) -> list[dict[str, Any]]:
        """Return the texts up to the end of a talk cycle; what was spoken is reported."""
        texts = []
        while True:
            message = await self.next()
            if message["type"] != "text":
                continue
            if message["token"]:
                texts.append(message)
                await self.send("info", name="tokensPlayed", value=message["token"])
            if message["last"]:
                return texts

    async def until(self, kind: str) -> dict[str, Any]:
        while (message := await self.next())["type"] != kind:
            pass
        return message

    async def closes(self) -> None:
        with suppress(SocketClosed):
            while True:
                await self.next()


def spoken(texts: list[dict[str, Any]]) -> str:
    return " ".join(text["token"].strip() for text in texts)


@dataclass
class RelayedLine:
    url: str
    parts: Parts
    client: httpx2.AsyncClient

    def token(self, call_sid: str) -> str:
        return SocketCalls(LINE, self.parts.settings.twilio).token(call_sid)

    def caller(self, **options: Any) -> TwilioCaller:
        connections = TwilioConnections(tempo=QUICK)
        return TwilioCaller(
            self.client,
            self.url,
            PUBLIC,
            TOKEN,
            connections=connections,
            answer_within_s=PATIENT_S,
            **options,
        )

    def webhooks(self, token: str = TOKEN) -> TwilioWebhooks:
        return TwilioWebhooks(self.client, self.url, PUBLIC, token, from_number=FROM, to_number=TO)

    async def rings(self, webhooks: TwilioWebhooks) -> Verb:
        """Return the noun inside the TwiML's Connect."""
        answer = await webhooks.send(f"{PUBLIC}/incoming-call", "ringing", [])
        [connect, *_] = read_twiml(answer.content)
        return connect.nested[0]

    @asynccontextmanager
    async def session(
        self, *, token: str | None = None, call_sid: str | None = None
    ) -> AsyncIterator[Session]:
        """A call that has been set up and not yet greeted; `token` in place of its own."""
        webhooks = self.webhooks()
        noun = await self.rings(webhooks)
        parameters = [p.attributes for p in noun.nested if p.name == "Parameter"]
        given = {p["name"]: p["value"] for p in parameters}
        if token is not None:
            given["token"] = token
        session = Session(await open_socket(noun.attributes["url"], webhooks), webhooks.call_sid)
        sid = call_sid or webhooks.call_sid
        await session.send("setup", sessionId="VX1", callSid=sid, customParameters=given)
        try:
            yield session
        finally:
            await session.socket.close()

    async def said(self, call_sid: str) -> list[str]:
        call = await self.parts.records.find(call_sid)
        messages = await self.parts.records.messages(call.id)
        return [f"{message.role}: {message.content}" for message in messages]

    async def events(self, call_sid: str) -> dict[str, dict[str, Any]]:
        call = await self.parts.records.find(call_sid)
        return {e.kind: e.details for e in await self.parts.records.events(call.id)}

    async def event(self, call_sid: str, kind: str) -> dict[str, Any]:
        """Return an event's details once it is on the record."""
        async with asyncio.timeout(PATIENT_S):
            while kind not in (events := await self.events(call_sid)):  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        return events[kind]


@asynccontextmanager
async def relayed(
    monkeypatch: pytest.MonkeyPatch,
    directory: Path,
    environment: Mapping[str, str] | None = None,
) -> AsyncIterator[RelayedLine]:
    monkeypatch.setattr(relay_call, "PLAYED_OUT_S", 0.02)
    monkeypatch.setattr(relay_call, "WATCH_EVERY_S", 0.02)
    set_environment(monkeypatch, directory, {**SIGNED, **PATIENT, **(environment or {})})
    settings = load_settings()
    url, port = free_url()
    async with (
        open_parts(settings, rooms_for(settings), local_url=url) as parts,
        served(create_app(parts), port),
        httpx2.AsyncClient(trust_env=False, timeout=PATIENT_S) as client,
    ):
        yield RelayedLine(url, parts, client)
