"""One page's connection: what it sends goes to the call, until either of them is over."""

import asyncio
import time
from collections.abc import Callable, Sequence
from contextlib import suppress

import structlog
from pydantic import ValidationError
from starlette.websockets import WebSocket

from aurora.guidance.spoken import Spoken
from aurora.lines.audio.call import AudioCall
from aurora.lines.audio.ports import Ending
from aurora.lines.browser.limits import MAX_TEXT_CHARS, Allowance, Microphone
from aurora.lines.browser.messages import (
    CONTROL,
    Ended,
    KeyPressed,
    LanguageChosen,
    MarkHeard,
    Muted,
    TypedWords,
    request_key,
)
from aurora.lines.browser.port import BrowserPort
from aurora.lines.web_socket import until_gone

log = structlog.get_logger()

ALIVE_EVERY_S = 4.0
"""A page that hears nothing for three times as long calls again."""


class Session:
    """A page that is calling."""

    def __init__(
        self,
        socket: WebSocket,
        port: BrowserPort,
        call: AudioCall,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._socket = socket
        self._port = port
        self._call = call
        self._microphone = Microphone(clock)
        self._controls = Allowance(20.0, 100.0, clock)
        self._turns = Allowance(3.0, 20.0, clock)
        """Words and keys, each of which takes a turn."""
        self.was_replaced = False
        self.is_done = asyncio.Event()
        """Nothing more is found to be unheard; its owner's to set."""

    def take_unheard(self) -> list[Spoken]:
        """What its call was still to be told, once it is over."""
        return self._call.take_unheard()

    async def hold(self) -> Ending:
        """Return how the call ended, or that only its connection did."""
        beside = [
            asyncio.create_task(until_gone(work, self._call.drop))
            for work in (self._read(), self._beat())
        ]
        try:
            return await self._call.run()
        finally:
            for task in beside:
                task.cancel()
            await asyncio.gather(*beside, return_exceptions=True)

    def go_on(self, unheard: Sequence[Spoken]) -> None:
        """Say what a connection before this one found unheard when this one had begun."""
        if unheard:
            self._call.rejoin(unheard)

    async def replace(self, within_s: float) -> None:
        """Give way to a newer connection of the same page."""
        self.was_replaced = True
        await self.let_go(within_s)

    async def let_go(self, within_s: float) -> None:
        """Be done, with what was said so far; a page that is there after all calls again."""
        self._call.drop()
        with suppress(TimeoutError):
            async with asyncio.timeout(within_s):
                await self.is_done.wait()

    async def _read(self) -> None:
        while (received := await self._socket.receive())["type"] == "websocket.receive":
            if (sound := received.get("bytes")) is not None:
                self._hear(sound)
            else:
                self._obey(received.get("text") or "")

    async def _beat(self) -> None:
        """Let the page know that the line is there, and what an operator or a model changed."""
        while not self._port.is_lost:
            await asyncio.sleep(ALIVE_EVERY_S)
            await self._port.tell({"type": "alive"})
            await self._port.show_situation()

    def _hear(self, sound: bytes) -> None:
        pcm = self._microphone.take(sound)
        if pcm is not None:
            self._call.hear(pcm)

    def _obey(self, text: str) -> None:
        if len(text) > MAX_TEXT_CHARS:
            return
        try:
            message = CONTROL.validate_json(text)
        except ValidationError:
            log.warning("page_not_understood")
            return
        # Whoever wants to go may, whatever else they sent.
        if not isinstance(message, Ended) and not self._controls.take():
            return
        match message:
            case TypedWords(words=words, id=one) if self._turns.take():
                self._call.words(words, request_key(self._call.name, one))
            case KeyPressed(key=key, id=one) if self._turns.take():
                self._call.press(key, request_key(self._call.name, one))
            case MarkHeard(name=name):
                self._call.mark_echoed(name)
            case Muted(is_muted=is_muted):
                self._microphone.is_muted = is_muted
            case LanguageChosen(language=language) if self._turns.take():
                self._call.choose_language(language)
            case Ended():
                self._call.hang_up()
