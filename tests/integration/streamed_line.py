"""A line on Media Streams over real parts and real sockets; only the words are scripted."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest

from aurora.app import create_app
from aurora.parts import Parts, open_parts
from aurora.rehearsal.connections import TwilioConnections
from aurora.rehearsal.tempo import Tempo
from aurora.rehearsal.twilio_caller import TwilioCaller
from aurora.rehearsal.twilio_webhooks import TwilioWebhooks
from aurora.rehearsal.twiml_document import Verb, read_twiml
from aurora.settings import load_settings
from tests.application import rooms_for, set_environment
from tests.scripted_speech import ScriptedSpeech
from tests.served import free_url, served
from tests.waiting import PATIENT_S

FROM, TO = "+12025550151", "+12025550110"
PATIENT = {"AURORA_LINE": "stream", "GATHER_TIMEOUT": "60"}
TEMPO = Tempo(quiet_s=1.5, patience_s=20.0)


@dataclass
class StreamedLine:
    url: str
    parts: Parts
    client: httpx2.AsyncClient

    def caller(self, **options: Any) -> TwilioCaller:
        options.setdefault("connections", TwilioConnections(tempo=TEMPO))
        return TwilioCaller(self.client, self.url, answer_within_s=PATIENT_S, **options)

    async def rings(self, call_sid: str) -> Verb:
        """Return the Stream of the TwiML that a call of this id is answered with."""
        webhooks = TwilioWebhooks(self.client, self.url, from_number=FROM, to_number=TO)
        webhooks.call_sid = call_sid
        answer = await webhooks.send(f"{self.url}/incoming-call", "ringing", [])
        [connect, *_] = read_twiml(answer.content)
        return connect.nested[0]

    async def said(self, call_sid: str) -> list[str]:
        call = await self.parts.records.find(call_sid)
        messages = await self.parts.records.messages(call.id)
        return [f"{message.role}: {message.content}" for message in messages]


@asynccontextmanager
async def streamed(
    monkeypatch: pytest.MonkeyPatch,
    directory: Path,
    words: str,
    environment: Mapping[str, str] | None = None,
) -> AsyncIterator[StreamedLine]:
    """words: what is understood, whatever is said."""
    set_environment(monkeypatch, directory, {**PATIENT, **(environment or {})})
    settings = load_settings()
    url, port = free_url()
    async with open_parts(settings, rooms_for(settings), local_url=url) as parts:
        parts.speech = ScriptedSpeech(words)  # type: ignore[assignment]
        async with (
            served(create_app(parts), port),
            httpx2.AsyncClient(trust_env=False, timeout=PATIENT_S) as client,
        ):
            yield StreamedLine(url, parts, client)
