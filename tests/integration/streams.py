"""A served stream line with scripted ears, and a Twilio of a few lines that calls it."""

import asyncio
import base64
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from xml.etree import ElementTree

import httpx2
import numpy as np
import uvicorn
import websockets
from fastapi import FastAPI
from pydantic import SecretStr

from aurora.lines.audio.ports import SpeechParts
from aurora.lines.audio.speech import SpeechState
from aurora.lines.gather import GatherLine, gather_routes
from aurora.lines.stream import StreamLine, stream_routes
from aurora.lines.twilio_signature import SIGNATURE_HEADER, WebhookSignature, sign
from aurora.serve import server_config
from aurora.settings import TwilioSettings
from aurora.speech.codec import FRAME, LINE_HZ, mulaw_encode
from tests.line import example_site
from tests.switchboard import Line
from tests.voice import Loudness, Readable, Recogniser, Voices
from tests.waiting import PATIENT_S

AUTH_TOKEN = "a-made-up-auth-token"
CALLER = "+12025550199"


class MulawVoices(Voices):
    """Loudnesses that survive mu-law."""

    def sound(self, words: str, seconds: float) -> Any:
        plain = super().sound(words, seconds)
        levels = {1000 + n: 988 + 64 * n for n in range(100)}
        self._loudness[words] = self._levels.setdefault(words, levels[int(plain[0])])
        return np.full(len(plain), self._loudness[words], np.int16)

    def __init__(self) -> None:
        super().__init__()
        self._levels: dict[str, int] = {}


class ScriptedSpeech:
    """In place of the machine's ears and voice."""

    def __init__(self) -> None:
        self.voices = MulawVoices()
        self.recogniser = Recogniser(self.voices, takes_s=0.0)
        self.lines = Readable()
        self.is_ready = True

    def parts(self, **options: Any) -> SpeechParts:
        return SpeechParts(Loudness, self.recogniser, self.lines, silence_s=options["silence_s"])

    @property
    def state(self) -> SpeechState:
        return SpeechState(True, self.is_ready, "scripted")


@dataclass
class Served:
    """A line on a real port of this machine."""

    url: str
    line: Line
    speech: ScriptedSpeech
    client: httpx2.AsyncClient
    is_signed: bool
    streams: StreamLine

    async def post(self, path: str, sid: str = "CA1", **fields: str) -> str:
        """Send a webhook; return the TwiML."""
        form = {"CallSid": sid, "From": CALLER, "To": "+12025550100", **fields}
        form.setdefault("CallStatus", "in-progress")
        signature = sign(AUTH_TOKEN, f"{self.url}/{path}", list(form.items()))
        headers = {SIGNATURE_HEADER: signature} if self.is_signed else {}
        answer = await self.client.post(f"{self.url}/{path}", data=form, headers=headers)
        assert answer.status_code == 200, answer.text
        return answer.text

    async def rings(self, sid: str = "CA1") -> "Stream":
        """Call, and follow the TwiML into the stream."""
        document = ElementTree.fromstring(await self.post("incoming-call", sid))
        stream = document.find("./Connect/Stream")
        redirect = document.find("./Redirect")
        assert stream is not None
        assert redirect is not None
        token = stream.find("Parameter").get("value")
        return await self.opens(sid, stream.get("url"), token, redirect.text)

    async def opens(
        self, sid: str, url: str, token: str | None, then: str = "rejoin", **headers: str
    ) -> "Stream":
        if self.is_signed and not headers:
            headers = {SIGNATURE_HEADER: sign(AUTH_TOKEN, url, [])}
        opened = await websockets.connect(
            url, additional_headers=headers, open_timeout=PATIENT_S, ping_timeout=PATIENT_S
        )
        stream = Stream(self, sid, opened, then)
        await stream.sends({"event": "connected", "protocol": "Call", "version": "1.0.0"})
        given = {"token": token} if token else {}
        start = {"streamSid": f"MZ{sid}", "callSid": sid, "accountSid": "AC1"}
        await stream.sends({"event": "start", "start": {**start, "customParameters": given}})
        stream.listening = asyncio.create_task(stream.listen())
        return stream


@dataclass
class Stream:
    """Twilio's end of one stream; echoes marks at once, as if everything were heard."""

    served: Served
    sid: str
    socket: websockets.ClientConnection
    then: str
    sound: bytearray = field(default_factory=bytearray)
    events: list[str] = field(default_factory=list)
    listening: asyncio.Task[None] | None = None
    close_code: int | None = None
    _sent: int = 0
    _news: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def sends(self, message: dict[str, Any] | str) -> None:
        text = message if isinstance(message, str) else json.dumps(message)
        await self.socket.send(text)

    async def says(self, words: str, seconds: float = 2.0, silence_s: float = 1.0) -> None:
        """Send speech and the silence behind it, faster than anybody could speak."""
        sound = self.served.speech.voices.sound(words, seconds)
        self.served.speech.recogniser.lengths[words] = len(sound) / LINE_HZ
        await self.sends_sound(mulaw_encode(sound) + b"\xff" * round(silence_s * LINE_HZ))

    async def sends_sound(self, mulaw: bytes) -> None:
        for start in range(0, len(mulaw), FRAME):
            payload = base64.b64encode(mulaw[start : start + FRAME]).decode()
            self._sent += 1
            media = {"track": "inbound", "chunk": str(self._sent), "payload": payload}
            media["timestamp"] = str(self._sent * 20)
            await self.sends({"event": "media", "streamSid": f"MZ{self.sid}", "media": media})
            await asyncio.sleep(0)

    async def presses(self, digit: str) -> None:
        await self.sends({"event": "dtmf", "dtmf": {"track": "inbound_track", "digit": digit}})

    async def hangs_up(self) -> None:
        await self.sends({"event": "stop", "stop": {"accountSid": "AC1", "callSid": self.sid}})
        await self.socket.close()

    async def listen(self) -> None:
        try:
            async for text in self.socket:
                message = json.loads(text)
                self.events.append(message["event"])
                if message["event"] == "media":
                    self.sound += base64.b64decode(message["media"]["payload"])
                elif message["event"] == "mark":
                    await self.sends({"event": "mark", "mark": message["mark"]})
                async with self._news:
                    self._news.notify_all()
        except websockets.ConnectionClosed:
            pass
        self.close_code = self.socket.close_code
        async with self._news:
            self._news.notify_all()

    async def hears(self, text: str) -> None:
        """Wait until this is being played; fails when it never is."""
        async with asyncio.timeout(PATIENT_S), self._news:
            await self._news.wait_for(lambda: any(text in heard for heard in self.heard))

    async def is_closed(self) -> int | None:
        """Wait until the line closed the socket; return the code."""
        async with asyncio.timeout(PATIENT_S), self._news:
            await self._news.wait_for(lambda: self.close_code is not None)
        return self.close_code

    @property
    def heard(self) -> list[str]:
        """Each sentence of which sound came, in order."""
        numbers = self.sound[::FRAME]
        order = [n for n, before in zip(numbers, [None, *numbers], strict=False) if n != before]
        return [self.served.speech.lines.texts[number] for number in order]


@asynccontextmanager
async def serving(script: dict[str, Any], *, is_signed: bool = False) -> AsyncIterator[Served]:
    listener = socket.create_server(("127.0.0.1", 0))
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    settings = TwilioSettings.model_construct(
        auth_token=SecretStr(AUTH_TOKEN) if is_signed else None,
        public_url=None,
        line="stream",
        phone_number=None,
        voice=None,
        speech_rate=1.0,
        speech_timeout="auto",
        gather_timeout_s=5,
    )
    line, speech, site = Line(script), ScriptedSpeech(), example_site()
    signature = WebhookSignature(settings, url)
    made: Any = speech
    stream = StreamLine(line.board, made, settings, signature)
    gather = GatherLine(line.board, site, settings, signature, "Get to a safe place.", stream)
    app = FastAPI()
    app.include_router(gather_routes(gather))
    app.include_router(stream_routes(stream))
    server = uvicorn.Server(server_config(app))
    running = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        while not server.started:  # noqa: ASYNC110 - uvicorn tells nobody
            await asyncio.sleep(0.005)
        async with httpx2.AsyncClient(timeout=PATIENT_S) as client:
            yield Served(url, line, speech, client, is_signed, stream)
    finally:
        server.should_exit = True
        await running
