"""A kiosk's loudspeaker and screen as a call's port: telephone sound in, the device's rate out."""

from collections.abc import Callable
from typing import Any

from aurora.lines.kiosk.loudspeaker import Loudspeaker
from aurora.speech.codec import LINE_HZ, Resampler, mulaw_decode

Show = Callable[[dict[str, Any]], None]


class KioskPort:
    """Nothing here can be lost: the kiosk and the line are one process."""

    def __init__(self, loudspeaker: Loudspeaker, show: Show) -> None:
        self._loudspeaker = loudspeaker
        self._show = show
        self._resampler = Resampler(LINE_HZ, loudspeaker.hz)

    async def send_audio(self, mulaw: bytes) -> None:
        self._loudspeaker.play(self._resampler.feed(mulaw_decode(mulaw)))

    async def send_mark(self, name: str) -> None:
        self._loudspeaker.mark(name)

    async def clear(self) -> None:
        self._loudspeaker.clear()
        self._resampler = Resampler(LINE_HZ, self._loudspeaker.hz)

    async def show(self, what: dict[str, Any]) -> None:
        self._show(what)
