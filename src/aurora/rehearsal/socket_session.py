"""What a Media Stream and a ConversationRelay session have in common: a socket, time, an end."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable, Coroutine
from typing import Any

from aurora.rehearsal.caller_speech import Utterance
from aurora.rehearsal.reply import Reply
from aurora.rehearsal.tempo import NATURAL, Tempo
from aurora.rehearsal.twilio_sockets import Socket, SocketClosed
from aurora.rehearsal.twilio_webhooks import Form

LOOK_S = 0.02

Clock = Callable[[], float]
Work = Callable[[], Coroutine[Any, Any, None]]


class SocketSession(ABC):
    """What runs while <Connect> does. `said` and `faults` grow as the call goes on."""

    needs_sound = False
    """Whether words alone cannot be heard on it."""

    def __init__(self, socket: Socket, tempo: Tempo = NATURAL, clock: Clock | None = None) -> None:
        self.is_over = False
        self.faults: list[str] = []
        """What Twilio would have refused, in the words of an engineer."""
        self.said: list[str] = []
        """The line's sentences, where they come as words."""
        self.began_at = 0.0
        self._socket = socket
        self._tempo = tempo
        self._clock = clock or asyncio.get_running_loop().time
        self._ended = asyncio.Event()
        self._work: asyncio.Task[None] | None = None

    @abstractmethod
    async def start(self) -> None:
        """Introduce the call and begin."""

    @abstractmethod
    async def speak(self, utterance: Utterance) -> Reply | None:
        """Say something and listen; None when the line left before it was said."""

    @abstractmethod
    async def press(self, key: str) -> None:
        """Press one key and listen to what follows."""

    @abstractmethod
    async def hang_up(self) -> None:
        """Leave, as Twilio does when the caller is gone."""

    @abstractmethod
    def callback(self) -> Form:
        """Return what Twilio adds to the request of <Connect action>."""

    @abstractmethod
    def _answer(self, since: float) -> tuple[float, float] | None:
        """Return when the line's answer since a moment begins and ends; None while it has none."""

    async def listen(self, since: float | None = None, enough_s: float | None = None) -> None:
        """Return once the line has spoken and been quiet, or is gone.

        since: what was said before that moment is no answer. enough_s: to hear of an answer.
        """
        now = self._clock()
        begun = now if since is None else since

        def is_done() -> bool:
            answer = self._answer(begun)
            if answer is None:
                return self._clock() >= now + self._tempo.patience_s
            heard_out = answer[1] + self._tempo.quiet_s
            if enough_s is not None:
                heard_out = min(heard_out, max(answer[0], now) + enough_s)
            return self._clock() >= heard_out

        await self._until(is_done, self._tempo.longest_answer_s)

    async def close(self, last: str | None = None) -> None:
        """Let go of the socket, behind one last message; what is still under way is dropped."""
        is_left = self.is_over
        self._end()
        if self._work is not None:
            self._work.cancel()
            await asyncio.gather(self._work, return_exceptions=True)
        if last is not None and not is_left:
            await self._send(last)
        await self._socket.close()

    async def _introduce(self, *messages: str) -> bool:
        try:
            for message in messages:
                await self._socket.send(message)
        except SocketClosed:
            self._end()
            return False
        self.began_at = self._clock()
        return True

    def _begin(self, *work: Work) -> None:
        self._work = asyncio.create_task(self._run(*work))

    async def _run(self, *work: Work) -> None:
        try:
            async with asyncio.TaskGroup() as tasks:
                for part in work:
                    tasks.create_task(part())
        except* SocketClosed:
            pass
        finally:
            self._end()

    async def _send(self, text: str) -> None:
        try:
            await self._socket.send(text)
        except SocketClosed:
            self._end()

    async def _until(self, is_so: Callable[[], bool], at_most_s: float = 3600.0) -> None:
        deadline = self._clock() + at_most_s
        while not (self.is_over or is_so()) and self._clock() < deadline:
            try:
                await asyncio.wait_for(self._ended.wait(), LOOK_S)
            except TimeoutError:
                continue

    def _end(self) -> None:
        self.is_over = True
        self._ended.set()
