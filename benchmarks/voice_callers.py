"""Callers on Media Streams who hear no more of an answer than a measurement needs."""

import asyncio
import contextlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx2

from aurora.rehearsal.caller_speech import Utterance
from aurora.rehearsal.line_record import LineRecord, LineRecords
from aurora.rehearsal.media_stream import MediaStream
from aurora.rehearsal.reply import Reply
from aurora.rehearsal.tempo import Tempo
from aurora.rehearsal.twilio_caller import TwilioCaller
from aurora.rehearsal.twilio_sockets import open_socket
from aurora.rehearsal.twilio_webhooks import TwilioWebhooks
from aurora.rehearsal.twiml_document import Verb
from aurora.settings import AccessSettings
from aurora.speech.codec import FRAME_S

PATIENCE_S = 6.0
LOOK_EVERY_S = 0.3
MOST_LOOKS = 20


@dataclass(frozen=True, slots=True)
class Manner:
    """How a measured caller behaves."""

    greeting_s: float | None = None
    """So much of the greeting is heard before the caller acts; all of it when None."""
    answer_s: float = 0.8
    """So much of an answer is heard: time for the line to take it back."""
    quiet_s: float = 0.6
    """Silence after which an answer is taken to be over."""
    is_hasty: bool = False
    """Sends sound as fast as it can be sent, not as fast as it is spoken."""
    settles_s: float = 0.0
    """After hanging up, before the record is asked: the line still takes down the last words."""
    floor: asyncio.Lock | None = None
    """Held while speaking and being answered: who has it not is greeted, or waits in silence."""


class MeasuredStream(MediaStream):
    """One stream of such a caller."""

    manner = Manner()
    spoke_at = 0.0
    """When the caller last began to speak."""

    async def listen(self, since: float | None = None, enough_s: float | None = None) -> None:
        greeting_s = self.manner.greeting_s
        if since is not None or greeting_s is None:
            await super().listen(since, enough_s)
            return
        await self._until(lambda: self._has_heard(greeting_s), self._tempo.patience_s)

    async def speak(self, utterance: Utterance) -> Reply | None:
        async with self.manner.floor or contextlib.nullcontext():
            self.spoke_at = self._clock()
            return await super().speak(utterance)

    async def hang_up(self) -> None:
        await super().hang_up()
        await asyncio.sleep(self.manner.settles_s)

    def _has_heard(self, seconds: float) -> bool:
        now = self._clock()
        return not seconds or self.playback.seconds_between(self.began_at, now) >= seconds

    async def _pace(self) -> None:
        if not self.manner.is_hasty:
            await super()._pace()
            return
        tick = 0
        while not self.is_over:
            await asyncio.sleep(0 if self._frames else FRAME_S)
            await self._tick(tick)
            tick += 1


@dataclass(slots=True)
class MeasuredConnections:
    """Opens streams of callers of one manner, and keeps them for their moments."""

    manner: Manner = field(default_factory=Manner)
    streams: list[MeasuredStream] = field(default_factory=list)

    async def open(self, noun: Verb, webhooks: TwilioWebhooks) -> MeasuredStream:
        """Return a stream, connected and not begun; raises SocketRefused."""
        socket = await open_socket(noun.attributes["url"], webhooks)
        given = {inner.attributes["name"]: inner.attributes["value"] for inner in noun.nested}
        manner = self.manner
        tempo = Tempo(quiet_s=manner.quiet_s, patience_s=PATIENCE_S, enough_s=manner.answer_s)
        stream = MeasuredStream(socket, webhooks.account_sid, webhooks.call_sid, given, tempo=tempo)
        stream.manner = manner
        self.streams.append(stream)
        return stream


@dataclass(slots=True)
class Conversation:
    """What came of one call."""

    replies: list[Reply] = field(default_factory=list)
    stages_ms: list[dict[str, float]] = field(default_factory=list)


class MeasuredCallers:
    """Place calls on one line of this machine."""

    def __init__(self, client: httpx2.AsyncClient, url: str) -> None:
        self._client = client
        self._url = url
        self._records = LineRecords(client, url, AccessSettings())
        self._number = 0

    def ringing(self, connections: MeasuredConnections) -> TwilioCaller:
        """Return a caller who has not rung yet."""
        self._number += 1
        return TwilioCaller(
            self._client,
            self._url,
            from_number=f"+1202555{self._number:04}",
            connections=connections,
        )

    async def converse(
        self,
        turns: Sequence[Utterance],
        manner: Manner,
        *,
        connections: MeasuredConnections | None = None,
        reads_record: bool = True,
    ) -> Conversation:
        """Be greeted, say each turn, hang up."""
        caller = self.ringing(connections or MeasuredConnections(manner))
        conversation = Conversation()
        await caller.ring()
        for turn in turns:
            conversation.replies += (await caller.speak(turn)).replies
        await caller.hang_up()
        if reads_record:
            conversation.stages_ms = await self._stages(caller.call_sid, len(turns))
        return conversation

    async def type_words(self, call_sid: str, words: str) -> None:
        """Let a call that is on a stream have these words, as Gather would bring them."""
        form = {"CallSid": call_sid, "CallStatus": "in-progress", "SpeechResult": words}
        answer = await self._client.post(f"{self._url}/process-speech", data=form)
        answer.raise_for_status()

    async def record_of(self, call_sid: str) -> LineRecord:
        """Return what the line put down of a call; raises RecordUnread."""
        return await self._records.read(call_sid)

    async def _stages(self, call_sid: str, turns: int) -> list[dict[str, float]]:
        """Return what is on the record, once every turn is: a full machine writes it later."""
        looks = 0
        while True:
            stages = (await self._records.read(call_sid)).stages_ms
            looks += 1
            if len(stages) >= turns or looks == MOST_LOOKS:
                return stages
            await asyncio.sleep(LOOK_EVERY_S)


def open_measured_client() -> httpx2.AsyncClient:
    """Return a client for many calls; a proxy would make this machine a stranger."""
    options: dict[str, Any] = {"limits": httpx2.Limits(max_connections=100), "timeout": 30.0}
    return httpx2.AsyncClient(trust_env=False, **options)
