"""The caller's end of one Media Stream: speaks in real time, listens, and notes every moment."""

import asyncio
import secrets
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from aurora.rehearsal.caller_speech import SILENT_FRAME, Utterance
from aurora.rehearsal.network import Impairment, Network
from aurora.rehearsal.playback import Playback
from aurora.rehearsal.reply import Reply
from aurora.rehearsal.stream_messages import (
    Clear,
    Mark,
    Media,
    MessageRefused,
    StreamMessages,
    read_message,
)
from aurora.rehearsal.twilio_sockets import Socket, SocketClosed
from aurora.speech.codec import FRAME_S

QUIET_S = 0.8
"""Silence after which a caller takes it that the line has finished."""
PATIENCE_S = 10.0
"""How long a caller waits for a line that says nothing at all."""
LONGEST_ANSWER_S = 120.0


@dataclass(slots=True)
class _Saying:
    """An utterance on its way, and when its last speech went out."""

    utterance: Utterance
    began_at: float
    last_speech_at: float = 0.0
    is_over: asyncio.Event = field(default_factory=asyncio.Event)


class MediaStream:
    """One <Connect><Stream>, from `connected` to `stop`."""

    def __init__(
        self,
        socket: Socket,
        account_sid: str,
        call_sid: str,
        parameters: Mapping[str, str],
        *,
        network: Network | None = None,
        clock: Callable[[], float] | None = None,
    ) -> None:
        self.stream_sid = f"MZ{secrets.token_hex(16)}"
        self.playback = Playback()
        self.clears: list[float] = []
        self.faults: list[str] = []
        """What Twilio would have refused, in the words of an engineer."""
        self.lateness_s: list[float] = []
        """How late each frame of the caller went out: this machine's fault, not the line's."""
        self.began_at = 0.0
        self.is_over = False
        self._socket = socket
        self._parameters = parameters
        self._messages = StreamMessages(self.stream_sid, account_sid, call_sid)
        self._network = network or Network(Impairment())
        self._clock = clock or asyncio.get_running_loop().time
        self._frames: deque[tuple[bytes, _Saying | None]] = deque()
        self._under_way: deque[tuple[float, bytes, int]] = deque()
        self._keys: deque[str] = deque()
        self._ended = asyncio.Event()
        self._work: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Introduce the stream and begin to send, silence at first, as a telephone does."""
        try:
            await self._socket.send(self._messages.connected())
            await self._socket.send(self._messages.start(self._parameters))
        except SocketClosed:
            self._end()
            return
        self.began_at = self._clock()
        self._work = asyncio.create_task(self._run())

    async def speak(self, utterance: Utterance) -> Reply | None:
        """Say something and listen to the answer; None when the line left before it was said."""
        saying = _Saying(utterance, self._clock())
        numbered = enumerate(utterance.frames)
        self._frames += [(f, saying if n == utterance.last_speech else None) for n, f in numbered]
        await self._until(saying.is_over.is_set)
        if not saying.last_speech_at:
            return None
        await self.listen(saying.began_at)
        return self._reply(saying)

    async def press(self, key: str) -> None:
        """Press one key and listen to what follows."""
        since = self._clock()
        self._keys.append(key)
        await self.listen(since)

    async def listen(self, since: float | None = None) -> None:
        """Return once the line has spoken and been quiet, or is gone.

        since: what was said before that moment is no answer.
        """
        since = self._clock() if since is None else since
        await self._until(lambda: self._clock() >= self._quiet_at(since), LONGEST_ANSWER_S)

    async def hang_up(self) -> None:
        """Stop and close, as Twilio does when the caller is gone."""
        if not self.is_over:
            await self._send(self._messages.stop())
            self._end()
        await self.close()

    async def close(self) -> None:
        """Let go of the socket; what is still under way is dropped."""
        self._end()
        if self._work is not None:
            self._work.cancel()
            await asyncio.gather(self._work, return_exceptions=True)
        await self._socket.close()

    def _quiet_at(self, since: float) -> float:
        if self.playback.first_after(since) is None:
            return since + PATIENCE_S
        return self.playback.ends_at() + QUIET_S

    async def _until(self, is_so: Callable[[], bool], at_most_s: float = 3600.0) -> None:
        deadline = self._clock() + at_most_s
        while not (self.is_over or is_so()) and self._clock() < deadline:
            try:
                await asyncio.wait_for(self._ended.wait(), FRAME_S * 2)
            except TimeoutError:
                continue

    async def _run(self) -> None:
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._pace())
                tasks.create_task(self._hear())
        except* SocketClosed:
            pass
        finally:
            self._end()

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
        if saying is not None:
            saying.last_speech_at = now
            saying.is_over.set()
        arrives_at = self._network.arrival(now)
        if arrives_at is not None:
            self._under_way.append((arrives_at, frame, round(tick * FRAME_S * 1000)))
        while self._under_way and self._under_way[0][0] <= now:
            _, frame, at_ms = self._under_way.popleft()
            await self._send(self._messages.media(frame, at_ms))

    async def _hear(self) -> None:
        while True:
            text = await self._socket.receive()
            now = self._clock()
            try:
                message = read_message(text, self.stream_sid)
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

    async def _send(self, text: str) -> None:
        try:
            await self._socket.send(text)
        except SocketClosed:
            self._end()

    def _end(self) -> None:
        self.is_over = True
        self._ended.set()

    def _reply(self, saying: _Saying) -> Reply:
        """Return how the answer came. What was cleared meanwhile is no answer: the line took it
        back, because the caller went on or because it understood better."""
        last_clear = max((at for at in self.clears if at >= saying.began_at), default=0.0)
        since = max(saying.began_at, last_clear)
        piece = self.playback.first_after(since)
        return Reply(
            utterance=saying.utterance,
            last_speech_at=saying.last_speech_at,
            first_frame_at=piece.came_at if piece else None,
            first_heard_at=piece.begins_at if piece else None,
            times_taken_back=sum(at >= saying.began_at for at in self.clears),
        )
