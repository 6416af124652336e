"""Send one caller what the mouth has ready, never far ahead of the ear, and stop at once."""

import asyncio
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from aurora.lines.audio.bridge import Bridge
from aurora.lines.audio.mouth import Begun, Line, Mouth
from aurora.lines.audio.ports import AudioPort
from aurora.speech.codec import LINE_HZ
from aurora.speech.playout import Mark

SENDING_EVERY_S = 0.1
"""While speaking; up to four times as much is ahead of the ear."""
MOST_AHEAD_S = 0.3
"""Of a person's voice, beyond what was heard: a burst must not leave the call late for good."""
BEGUN = "begun:"
"""In front of the mark behind the first frame of a line that opens a turn."""


class Sender:
    """The way out of one call."""

    def __init__(
        self,
        mouth: Mouth,
        port: AudioPort,
        clock: Callable[[], float],
        has_begun: Callable[[Line], None],
        bridge: Bridge,
    ) -> None:
        """has_begun: told of each line whose first sound has just been sent.

        bridge: lets others hear what is sent.
        """
        self._mouth = mouth
        self._bridge = bridge
        self._passed: deque[bytes] = deque()
        self._passed_until = 0.0
        self._port = port
        self._clock = clock
        self._has_begun = has_begun
        self._awake = asyncio.Event()
        self._is_clear_due = False
        self._shown: deque[dict[str, Any]] = deque()

    def wake(self) -> None:
        """There is something to send, or something changed that was waited for."""
        self._awake.set()

    def stop(self) -> list[Line]:
        """Stop what is being spoken; return the lines that were not heard to their end."""
        cut = self._mouth.clear()
        self._is_clear_due = True
        self.wake()
        return cut

    def pass_on(self, mulaw: bytes) -> None:
        """Send a person's voice as it comes; what would be late, or over Aurora's, is left out."""
        now = self._clock()
        if self._mouth.is_busy or self._passed_until - now > MOST_AHEAD_S:
            return
        self._passed_until = max(self._passed_until, now) + len(mulaw) / LINE_HZ
        self._passed.append(mulaw)
        self.wake()

    def show(self, what: dict[str, Any]) -> None:
        """Show something on the caller's screen, where there is one."""
        self._shown.append(what)
        self.wake()

    async def send(self) -> None:
        """Send what is due now."""
        if self._is_clear_due:
            self._is_clear_due = False
            self._bridge.clear_aurora()
            await self._port.clear()
        while self._passed:
            await self._port.send_audio(self._passed.popleft())
        while self._shown:
            await self._port.show(self._shown.popleft())
        await self._send_sound()

    async def rest(self) -> None:
        """Return when there is something to send again."""
        with suppress(TimeoutError):
            async with asyncio.timeout(SENDING_EVERY_S if self._mouth.is_busy else None):
                await self._awake.wait()
        self._awake.clear()

    async def _send_sound(self) -> None:
        """Send what the mouth has ready, up to where it is stopped while the port has no room."""
        sound, begun = bytearray(), None
        for item in () if self._is_clear_due else self._mouth.due(self._clock()):
            match item:
                case Begun(line):
                    begun = line
                case Mark(name=name):
                    await self._flush(sound)
                    await self._mark(name)
                case _:
                    sound += item
                    if begun is not None:
                        await self._open(begun, sound)
                        begun = None
            if self._is_clear_due:
                return
        await self._flush(sound)

    async def _open(self, line: Line, sound: bytearray) -> None:
        """Send a line's first frame by itself: what comes after it need not be waited for."""
        await self._flush(sound)
        if not self._is_clear_due:
            self._has_begun(line)
            if line.is_opening:
                await self._mark(BEGUN + line.name)

    async def _mark(self, name: str) -> None:
        if not self._is_clear_due:
            await self._port.send_mark(name)

    async def _flush(self, sound: bytearray) -> None:
        if sound:
            self._bridge.hear_aurora(bytes(sound))
            await self._port.send_audio(bytes(sound))
            sound.clear()
