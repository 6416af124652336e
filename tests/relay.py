"""A call over ConversationRelay for tests: Twilio's stand-in and a line's call, in virtual time."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import orjson

from aurora.conversation.informing import Informer
from aurora.conversation.ring import Ring
from aurora.lines.audio.ports import Ending
from aurora.lines.relay import messages
from aurora.lines.relay.call import RelayCall
from aurora.rehearsal.caller_speech import Utterance
from aurora.rehearsal.relay_session import Parties, RelaySession
from aurora.rehearsal.spoken_queue import Item
from aurora.rehearsal.twilio_sockets import SocketClosed
from aurora.rehearsal.twiml_document import Verb
from aurora.triage.assessment import Assessment
from tests.switchboard import Line
from tests.voice import _LoopClock

RING = Ring("relay", from_number="+12025550199", provider_id="CA1")
LOCALES = {"en": "en-US", "es": "es-US", "fr": "fr-FR", "de": "de-DE"}
ASKED = {
    "interruptible": "any",
    "reportInputDuringAgentSpeech": "any",
    "dtmfDetection": "true",
    "partialPrompts": "true",
    "events": "speaker-events tokens-played",
}
WORD_S = 0.3
FRAME_S = 0.02


@dataclass
class Wire:
    """The socket as the stand-in has it; a line's call is at its other end."""

    call: RelayCall | None = None
    sent: list[dict[str, Any]] = field(default_factory=list)
    """What the line sent."""
    _coming: "asyncio.Queue[str | None]" = field(default_factory=asyncio.Queue)

    async def send(self, text: str) -> None:
        if self.call is None:
            raise SocketClosed
        message = messages.read(text)
        if message is not None:
            self.call.take(message)

    async def receive(self) -> str:
        text = await self._coming.get()
        if text is None:
            raise SocketClosed
        return text

    async def close(self) -> None:
        self.call = None
        self._coming.put_nowait(None)

    async def from_line(self, text: str) -> None:
        if self.call is not None:
            self.sent.append(orjson.loads(text))
            self._coming.put_nowait(text)


@dataclass
class Caller:
    """Somebody on the telephone."""

    call: RelayCall
    line: Line
    session: RelaySession
    wire: Wire
    ending: "asyncio.Task[Ending]"

    async def says(self, words: str) -> None:
        """Speak, and listen to the answer."""
        frames = round(len(words.split()) * WORD_S / FRAME_S)
        await self.session.speak(Utterance("words", (), frames - 1, words))

    async def waits(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    async def makes_noise(self) -> None:
        """Cut Aurora off with something that is no word."""
        await self.session.cut_in("speech")

    async def hears(self, text: str) -> Item:
        """Wait until Aurora begins to say it, and half a second longer."""
        sounding = None
        while sounding is None or text not in sounding.text:
            await asyncio.sleep(0.05)
            sounding = self.session.voice.sounding(self.now)
        await asyncio.sleep(0.5)
        return sounding

    async def hears_out(self) -> None:
        """Wait until Aurora has said everything, and a second longer."""
        quiet_s = 0.0
        while quiet_s < 1.0:
            await asyncio.sleep(0.05)
            quiet_s = 0.0 if self.call.is_speaking else quiet_s + 0.05

    @property
    def now(self) -> float:
        return asyncio.get_running_loop().time()

    @property
    def heard(self) -> list[str]:
        """What was in the caller's ear, cut off or not."""
        return [item.heard.strip() for item in self.session.voice.items if item.was_heard]

    def times(self, text: str) -> int:
        """How often a sentence was begun in the caller's ear."""
        return sum(text in i.text for i in self.session.voice.items if i.was_heard)


@asynccontextmanager
async def calling(
    script: Mapping[str, Assessment] | None = None,
    *,
    greets: bool = True,
    silence_s: float = 60.0,
    asked: Mapping[str, str] | None = None,
    informer: Informer | None = None,
) -> AsyncIterator[Caller]:
    """A call that has been greeted, and whose greeting was heard if `greets`.

    asked: what the TwiML asks for besides the usual.
    """
    clock: Any = _LoopClock()
    line = Line(dict(script or {}), clock=clock, informer=informer)
    live = await line.board.open(RING)
    wire = Wire()
    loop = asyncio.get_running_loop()
    call = wire.call = RelayCall(
        "CA1",
        wire.from_line,
        line.board,
        LOCALES,
        language=live.call.language,
        silence_s=silence_s,
        clock=loop.time,
    )
    noun = Verb("ConversationRelay", {"language": "en-US", **ASKED, **(asked or {})})
    session = RelaySession(wire, noun, Parties("AC1", "CA1", "+12025550199", "+12025550100"))
    await session.start()
    call.rejoin()
    caller = Caller(call, line, session, wire, asyncio.create_task(call.run()))
    try:
        if greets:
            await caller.hears_out()
        yield caller
    finally:
        await session.close()
        call.drop()
        await caller.ending
