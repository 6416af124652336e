"""The ConversationRelay stand-in against Twilio's own agent server, over real sockets."""

import warnings
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx2
import pytest
from starlette.types import ASGIApp, Receive, Scope, Send

from aurora.rehearsal.caller_speech import Utterance
from aurora.rehearsal.connections import TwilioConnections
from aurora.rehearsal.tempo import Tempo
from aurora.rehearsal.twilio_caller import TwilioCaller
from tests.served import free_url, served
from tests.waiting import PATIENT_S

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from tac import TAC, TACConfig
    from tac.channels.voice import VoiceChannel
    from tac.channels.voice.conversation_relay import ConversationRelayProviderConfig
    from tac.models.voice import (
        ConversationRelayCallbackPayload,
        InterruptMessage,
        PromptMessage,
        SetupMessage,
        VoiceTwiMLOptionsConversationRelay,
    )
    from tac.server import TACFastAPIServer, TACServerConfig

TOKEN = "a-token-for-tests"
ACCOUNT = "AC" + "0" * 32
QUICK = Tempo(
    quiet_s=1.5,
    patience_s=10.0,
    chars_per_s=400.0,
    voice_begins_s=0.01,
    partial_every_s=0.05,
    final_after_s=0.02,
)


@pytest.fixture(autouse=True)
def _tells_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """The peer reports its use over the internet unless it is told not to."""
    monkeypatch.setattr("tac.core.analytics._disabled", True)


class BehindProxy:
    """TLS ends at a proxy, which says so: the peer signs the address as Twilio knows it."""

    def __init__(self, application: ASGIApp) -> None:
        self._application = application

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] in ("http", "websocket"):
            scope["headers"] = [*scope["headers"], (b"x-forwarded-proto", b"https")]
        await self._application(scope, receive, send)


@dataclass
class Peer:
    """What Twilio's server was told, and what it answers."""

    heard: list[str] = field(default_factory=list)
    interrupts: list[InterruptMessage] = field(default_factory=list)
    sent: list[dict[str, Any]] = field(default_factory=list)
    callbacks: list[dict[str, str]] = field(default_factory=list)
    answer: str = "Leave by the east gate."
    caller: TwilioCaller | None = None


@asynccontextmanager
async def peer(monkeypatch: pytest.MonkeyPatch, **options: Any) -> AsyncIterator[Peer]:
    """Twilio's agent server in its offline mode, called by the stand-in."""
    url, port = free_url()
    config = TACConfig(
        account_sid=ACCOUNT,
        auth_token=TOKEN,
        api_key="SK" + "0" * 32,
        api_secret="nothing",
        phone_number="+12025550100",
        voice_public_domain=f"127.0.0.1:{port}",
    )
    tac = TAC(config=config)
    twiml = VoiceTwiMLOptionsConversationRelay(welcome_greeting="Peer works.", **options)
    voice = VoiceChannel(tac, ConversationRelayProviderConfig(default_twiml_options=twiml))
    told = Peer()

    async def answer(words: str, *_: Any) -> str:
        told.heard.append(words)
        return told.answer

    tac.on_message_ready(answer)
    tac.on_interrupt(lambda _session, message: told.interrupts.append(message))
    note(monkeypatch, voice, told)
    paths = TACServerConfig(twiml_path="/incoming-call")
    server = TACFastAPIServer(tac, voice_channel=voice, config=paths)
    async with (
        served(BehindProxy(server.app), port),
        httpx2.AsyncClient(timeout=PATIENT_S) as client,
    ):
        told.caller = TwilioCaller(
            client,
            url,
            url.replace("http", "https"),
            TOKEN,
            account_sid=ACCOUNT,
            status_path=config.call_event_path("status"),
            connections=TwilioConnections(tempo=QUICK),
        )
        yield told


def note(monkeypatch: pytest.MonkeyPatch, voice: VoiceChannel, told: Peer) -> None:
    """Keep every message and callback as it came."""
    handle_socket, handle_callback = voice.handle_websocket, voice.handle_twilio_provider_callback

    async def socket(websocket: Any) -> None:
        receive = websocket.receive_json

        async def receive_json() -> Any:
            message = await receive()
            told.sent.append(message)
            return message

        websocket.receive_json = receive_json
        await handle_socket(websocket)

    async def callback(payload: dict[str, str]) -> None:
        told.callbacks.append(payload)
        await handle_callback(payload)

    monkeypatch.setattr(voice, "handle_websocket", socket)
    monkeypatch.setattr(voice, "handle_twilio_provider_callback", callback)


def spoken(words: str, seconds: float) -> Utterance:
    return Utterance("said.wav", (), round(seconds / 0.02) - 1, words)


async def test_a_call_is_held_with_the_peer_from_ring_to_callback(monkeypatch) -> None:
    async with peer(monkeypatch) as told:
        caller = told.caller
        greeting = await caller.ring()
        answer = await caller.say("There is smoke in zone B")
        await caller.hang_up()

    assert greeting.text == "Peer works."
    assert answer.text == "Leave by the east gate."
    assert told.heard == ["There is smoke in zone B"]
    assert caller.status_answer == 200
    [callback] = told.callbacks
    read = ConversationRelayCallbackPayload(**callback)
    assert (read.call_sid, read.call_status) == (caller.call_sid, "completed")
    assert read.session_status == "completed"


async def test_every_message_is_one_the_peer_reads_whole(monkeypatch) -> None:
    reported = {"partial_prompts": True, "report_input_during_agent_speech": "any"}
    async with peer(monkeypatch, **reported) as told:
        caller = told.caller
        await caller.ring()
        await caller.speak(spoken("There is smoke in zone B", 0.4))
        await caller.hang_up()

    setup, *prompts = [m for m in told.sent if m["type"] in ("setup", "prompt")]
    read = SetupMessage(**setup)
    assert (read.call_sid, read.direction, read.call_type) == (caller.call_sid, "inbound", "PSTN")
    assert set(setup) <= {field.alias or name for name, field in SetupMessage.model_fields.items()}
    for prompt in prompts:
        PromptMessage.model_validate(prompt, strict=True)
    assert [prompt["last"] for prompt in prompts][-2:] == [False, True]
    assert prompts[-1]["voicePrompt"] == "There is smoke in zone B"


async def test_words_over_the_voice_interrupt_it_and_say_what_was_heard(monkeypatch) -> None:
    async with peer(monkeypatch) as told:
        caller = told.caller
        told.answer = "One. Two. Three. " * 20
        await caller.ring()
        first = caller.session
        await first._send('{"type":"prompt","voicePrompt":"hello","lang":"en-US","last":true}')
        await first._until(lambda: first.voice.sounding(first._clock()) is not None, PATIENT_S)
        told.answer = "Yes."
        answer = await caller.say("stop")
        await caller.hang_up()

    [interrupt] = told.interrupts
    assert interrupt.utterance_until_interrupt is not None
    assert len(interrupt.utterance_until_interrupt) < 200
    assert interrupt.duration_until_interrupt_ms is not None
    assert answer.sentences[-1].text == "Yes."


async def test_words_are_not_reported_over_a_voice_that_takes_none(monkeypatch) -> None:
    async with peer(monkeypatch, interruptible="none") as told:
        caller = told.caller
        await caller.ring()
        told.answer = "One. Two. Three. " * 20
        first = caller.session
        await first._send('{"type":"prompt","voicePrompt":"hello","lang":"en-US","last":true}')
        await first._until(lambda: first.voice.sounding(first._clock()) is not None, PATIENT_S)
        heard = await caller.speak(spoken("can you hear me", 0.1))
        await caller.hang_up()

    assert told.heard == ["hello"]
    assert told.interrupts == []
    assert "let nothing through" in heard.faults[0]
