"""The caller's end of one Media Stream: speaks in real time, listens, and notes every moment."""

import asyncio
import secrets
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass

from aurora.rehearsal.caller_speech import SILENT_FRAME, Utterance
from aurora.rehearsal.network import Impairment, Network
from aurora.rehearsal.playback import Playback
from aurora.rehearsal.reply import Reply
from aurora.rehearsal.socket_session import Clock, SocketSession
from aurora.rehearsal.stream_messages import (
    Clear,
    Mark,
    Media,
    MessageRefused,
    StreamMessages,
    read_message,
)
from aurora.rehearsal.tempo import NATURAL, Tempo
from aurora.rehearsal.twilio_sockets import Socket
from aurora.rehearsal.twilio_webhooks import Form
from aurora.speech.codec import FRAME_S


@dataclass(slots=True)
class _Saying:
    """An utterance on its way, and when its last speech went out."""

    utterance: Utterance
    began_at: float
    last_speech_at: float | None = None


class MediaStream(SocketSession):
    """One <Connect><Stream>, from `connected` to `stop`."""

    needs_sound = True

    def __init__(
        self,
        socket: Socket,
        account_sid: str,
        call_sid: str,
        parameters: Mapping[str, str],
        *,
        network: Network | None = None,
        tempo: Tempo = NATURAL,
        clock: Clock | None = None,
    ) -> None:
        super().__init__(socket, tempo, clock)
        self.playback = Playback()
        self.clears: list[float] = []
        self.lateness_s: list[float] = []
        """How late each frame of the caller went out: this machine's fault, not the line's."""
        self._parameters = parameters
        self._messages = StreamMessages(f"MZ{secrets.token_hex(16)}", account_sid, call_sid)
        self._network = network or Network(Impairment())
        self._frames: deque[tuple[bytes, _Saying | None]] = deque()
        self._under_way: deque[tuple[float, bytes, int]] = deque()
        self._keys: deque[str] = deque()

    async def start(self) -> None:
        """Introduce the stream and begin to send, silence at first, as a telephone does."""
        messages = self._messages
        if await self._introduce(messages.connected(), messages.start(self._parameters)):
            self._begin(self._pace, self._hear)

    async def speak(self, utterance: Utterance) -> Reply | None:
        """Say something and listen to the answer; None when the line left before it was said."""
        if not utterance.frames:
            self.faults.append(f"{utterance.name!r} is no sound: this line has to be spoken to")
            return None
        saying = _Saying(utterance, self._clock())
        numbered = enumerate(utterance.frames)
        self._frames += [(f, saying if n == utterance.last_speech else None) for n, f in numbered]
        await self._until(lambda: saying.last_speech_at is not None)
        if saying.last_speech_at is None:
            return None
        await self.listen(saying.began_at, self._tempo.enough_s)
        return self._reply(saying, saying.last_speech_at)

    async def press(self, key: str) -> None:
        """Press one key and listen to what follows."""
        since = self._clock()
        self._keys.append(key)
        await self.listen(since)

    async def hang_up(self) -> None:
        """Stop and close, as Twilio does when the caller is gone."""
        await self.close(self._messages.stop())

    def callback(self) -> Form:
        return [("StreamSid", self._messages.stream_sid)]

    def _answer(self, since: float) -> tuple[float, float] | None:
        first = self.playback.first_after(self._answer_since(since))
        return (first.begins_at, self.playback.ends_at()) if first else None

    async def _pace(self) -> None:
        tick = 0
        while not self.is_over:
            due = self.began_at + tick * FRAME_S
            await asyncio.sleep(max(0.0, due - self._clock()))
            self.lateness_s.append(self._clock() - due)
            await self._tick(tick)
            tick += 1

    async def _tick(self, tick: int) -> None:
        now = self._clock()
        for name in self.playback.due_marks(now):
            await self._send(self._messages.mark(name))
        while self._keys:
            await self._send(self._messages.dtmf(self._keys.popleft()))
        frame, saying = self._frames.popleft() if self._frames else (SILENT_FRAME, None)
        arrives_at = self._network.arrival(now)
        if arrives_at is not None:
            self._under_way.append((arrives_at, frame, round(tick * FRAME_S * 1000)))
        while self._under_way and self._under_way[0][0] <= now:
            _, frame, at_ms = self._under_way.popleft()
            await self._send(self._messages.media(frame, at_ms))
        if saying is not None:
            saying.last_speech_at = now

    async def _hear(self) -> None:
        while True:
            text = await self._socket.receive()
            now = self._clock()
            try:
                message = read_message(text, self._messages.stream_sid)
            except MessageRefused as refused:
                self.faults.append(str(refused))
                continue
            match message:
                case Media(payload):
                    self.playback.play(payload, now)
                case Mark(name):
                    self.playback.mark(name, now)
                case Clear():
                    self.clears.append(now)
                    for name in self.playback.clear(now):
                        await self._send(self._messages.mark(name))

    def _answer_since(self, since: float) -> float:
        """Leave out what was cleared: the line took it back, because the caller went on speaking
        or because it understood better."""
        return max([since, *(at for at in self.clears if at >= since)])

    def _reply(self, saying: _Saying, last_speech_at: float) -> Reply:
        piece = self.playback.first_after(self._answer_since(saying.began_at))
        return Reply(
            utterance=saying.utterance,
            last_speech_at=last_speech_at,
            first_frame_at=piece.came_at if piece else None,
            first_heard_at=piece.begins_at if piece else None,
            times_taken_back=sum(at >= saying.began_at for at in self.clears),
        )
