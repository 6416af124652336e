"""The whole line with a telephone account: callers, people who are rung, conferences; no Twilio."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx2
import numpy as np
import pytest

from aurora.conversation.call import Call
from aurora.conversation.hand_off import HandOff
from aurora.parts import Parts
from aurora.rehearsal.caller_speech import Utterance
from aurora.rehearsal.connections import TwilioConnections
from aurora.rehearsal.heard import Heard
from aurora.rehearsal.rung_phones import OnThePhone, RungPhones
from aurora.rehearsal.telephone_network import TelephoneNetwork
from aurora.rehearsal.tempo import Tempo
from aurora.rehearsal.twilio_caller import TwilioCaller
from aurora.rehearsal.twilio_resources import RungCall
from aurora.rehearsal.twilio_rest_server import TwilioRestServer
from aurora.speech.codec import FRAME, SILENCE, mulaw_encode
from tests.console_door import CookieDoor
from tests.console_operator import headers_of
from tests.served import free_url
from tests.served import served as serving
from tests.waiting import PATIENT_S
from tests.waiting import until as until
from tests.whole_line import WrittenSpeech, served

LINE = "+12025550110"
PUBLIC = "https://line.example.com"
CALLER = "+12025550199"
QUICK = Tempo(quiet_s=1.5, patience_s=20.0, chars_per_s=2_000.0, voice_begins_s=0.01)


@dataclass
class Telephones:
    """Everything of one test."""

    url: str
    parts: Parts
    server: TwilioRestServer
    phones: RungPhones
    network: TelephoneNetwork
    client: httpx2.AsyncClient
    console: httpx2.AsyncClient
    environment: Mapping[str, str]

    async def call(self) -> TwilioCaller:
        """A caller rings and has been greeted."""
        server = self.server
        caller = TwilioCaller(
            self.client,
            self.url,
            PUBLIC,
            server.auth_token,
            from_number=CALLER,
            to_number=LINE,
            account_sid=server.account_sid,
            conferences=server.conferences,
            connections=TwilioConnections(tempo=QUICK),
            answer_within_s=PATIENT_S,
            voice=loud,
        )
        await caller.ring()
        self.network.connect(caller, CALLER, LINE)
        return caller

    async def rings(self) -> RungCall:
        """Wait until somebody's telephone rings; return that call."""

        def ringing() -> RungCall | None:
            return next((c for c in self.server.calls.values() if c.status == "queued"), None)

        return await until(ringing)

    async def picks_up(self, call: RungCall, answered_by: str = "human") -> OnThePhone:
        heard = await self.phones.pick_up(call, answered_by)
        await self.network.settle()
        return heard

    async def presses(self, heard: OnThePhone, digits: str) -> OnThePhone:
        await self.phones.press(heard, digits)
        await self.network.settle()
        return heard

    async def hears(self, caller: TwilioCaller) -> str:
        """Wait until the line makes the caller hear something by itself; return that."""
        before = len(self.network.heard)
        await until(lambda: self.server.calls[caller.call_sid].updates)
        await self.network.settle()
        return " ".join(text(heard) for heard in self.network.heard[before:])

    async def state(self, caller: TwilioCaller) -> Call:
        return await self.parts.switchboard.call(caller.call_sid)

    async def stage(self, caller: TwilioCaller) -> str:
        hand_off = (await self.state(caller)).hand_off
        return hand_off.stage.value if isinstance(hand_off, HandOff) else ""

    async def events(self, caller: TwilioCaller) -> list[str]:
        call = await self.state(caller)
        return [event.kind for event in await self.parts.records.events(call.id)]

    def together(self, caller: TwilioCaller) -> set[str]:
        """Return the calls in the conference that a caller is in, theirs included."""
        found = self.server.conferences.of(caller.call_sid)
        return set(found[0].participants) if found else set()

    async def act(self, caller: TwilioCaller, what: str, **fields: Any) -> httpx2.Response:
        call = await self.state(caller)
        return await self.console.post(f"/console/calls/{call.id}/{what}", json=fields)

    def last_heard(self) -> Heard:
        return self.network.heard[-1]


def loud(words: str) -> Utterance:
    """Say something that is heard; which words a line makes of it is the test's."""
    speech = mulaw_encode(np.full(FRAME, 9_000, np.int16))
    frames = (*[speech] * 30, *[SILENCE * FRAME] * 60)
    return Utterance(words, frames, 29, words)


def text(heard: Heard) -> str:
    return " ".join(said.text for said in heard.said)


@asynccontextmanager
async def telephones(
    monkeypatch: pytest.MonkeyPatch,
    directory: Path,
    environment: Mapping[str, str] | None = None,
    speech: WrittenSpeech | None = None,
) -> AsyncIterator[Telephones]:
    """Serve the line and the stand-in for Twilio, each on its port."""
    server = TwilioRestServer()
    api_url, port = free_url()
    settings = {
        "TWILIO_ACCOUNT_SID": server.account_sid,
        "TWILIO_AUTH_TOKEN": server.auth_token,
        "TWILIO_PHONE_NUMBER": LINE,
        "TWILIO_API_URL": api_url,
        "AURORA_PUBLIC_URL": PUBLIC,
        **(environment or {}),
    }
    async with (
        serving(server, port),
        served(
            monkeypatch,
            directory,
            settings,
            speech=speech or WrittenSpeech(),
            door=CookieDoor(),
        ) as (url, parts),
        httpx2.AsyncClient(trust_env=False, timeout=PATIENT_S) as client,
        httpx2.AsyncClient(
            base_url=url, headers=headers_of(url), trust_env=False, timeout=PATIENT_S
        ) as console,
    ):
        phones = RungPhones(server, client, url, PUBLIC)
        network = TelephoneNetwork(server, phones)
        yield Telephones(url, parts, server, phones, network, client, console, settings)


@asynccontextmanager
async def another_machine(
    monkeypatch: pytest.MonkeyPatch, directory: Path, line: Telephones
) -> AsyncIterator[Telephones]:
    """Serve the same line from one more machine; both need the same PostgreSQL."""
    directory.mkdir()  # noqa: ASYNC240
    speech = WrittenSpeech()
    async with (
        served(monkeypatch, directory, line.environment, speech=speech, door=CookieDoor()) as (
            url,
            parts,
        ),
        httpx2.AsyncClient(
            base_url=url, headers=headers_of(url), trust_env=False, timeout=PATIENT_S
        ) as console,
    ):
        yield replace(line, url=url, parts=parts, console=console)
