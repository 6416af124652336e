"""A kiosk: stands by, holds a call with whoever speaks or presses a key, and stands by again."""

import asyncio
import secrets
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum, auto

import numpy as np
import structlog

from aurora.conversation.ring import Ring
from aurora.conversation.switchboard import Switchboard
from aurora.lines.audio.call import AudioCall
from aurora.lines.audio.ports import Ending, SpeechParts
from aurora.lines.kiosk.port import KioskPort, Show
from aurora.lines.kiosk.sound import Sound
from aurora.lines.kiosk.standby import Standby
from aurora.lines.open_lines import OpenLines
from aurora.speech.codec import LINE_HZ, Pcm, Resampler

log = structlog.get_logger()

LINE = "kiosk"
WATCH_EVERY_S = 0.25
ECHO_S = 0.3
"""A loudspeaker is heard in the room for so long after its last sound."""
MISTAKEN_AFTER_S = 4.0
"""Without a word after speech that began a call: nobody meant Aurora."""
ENDED_WITHIN_S = 10.0
ENDED_AFTER_S = 1.0
"""Of quiet in a call that was ended elsewhere; a silent turn would open it again."""
DONE_AFTER_S = 2.5
"""Of quiet after a recording: shorter than the silence that would take a turn."""


class Begin(Enum):
    """Why a call begins."""

    SPEECH = auto()
    START_KEY = auto()
    PANIC_KEY = auto()


@dataclass(frozen=True, slots=True)
class Manner:
    """How a kiosk behaves."""

    panic_key: str = " "
    start_key: str = "\n"
    end_key: str = "x"
    wakes_by_speech: bool = True
    is_half_duplex: bool = False
    """Deaf while it speaks: for a loudspeaker that its own microphone hears."""
    left_after_s: float = 300.0
    """Without a word in an everyday matter: whoever it was has gone. Whoever says nothing in an
    emergency may have both hands on somebody's chest: the end key ends it, or an operator."""


class Kiosk:
    """One kiosk; its sound runs for as long as `run`."""

    def __init__(
        self,
        sound: Sound,
        parts: SpeechParts,
        switchboard: Switchboard,
        show: Show,
        manner: Manner | None = None,
        clock: Callable[[], float] = time.monotonic,
        open_lines: OpenLines | None = None,
    ) -> None:
        """show: told what happens, as the dicts an `AudioPort` is shown.

        open_lines: where consoles find the call.
        """
        self._sound = sound
        self._parts = parts
        self._switchboard = switchboard
        self._show = show
        self._manner = manner or Manner()
        self._clock = clock
        self._open_lines = open_lines or OpenLines()
        self._standby = Standby(parts.activity())
        self._resampler = Resampler(sound.hz, LINE_HZ)
        self._begins: asyncio.Queue[Begin] = asyncio.Queue(1)
        self._call: AudioCall | None = None
        self._is_free = asyncio.Event()
        self._is_free.set()
        self._last_turn_at: float | None = None
        self._quiet_from = clock()

    @property
    def is_done(self) -> bool:
        """Whether everything that was said has been answered, some time ago."""
        return self._clock() - self._quiet_from >= DONE_AFTER_S

    async def run(self) -> None:
        """Serve callers until cancelled, or until a recording is over and answered."""
        tasks = [asyncio.create_task(self._hold_calls()), asyncio.create_task(self._watch())]
        try:
            await self._listen()
        finally:
            await self._let_go()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def press(self, key: str) -> None:
        """Take a key of the kiosk; the panic key works whatever is going on."""
        manner = self._manner
        if key == manner.panic_key:
            if self._call is not None and not self._call.is_let_go:
                self._call.panic()
            else:
                self._begin(Begin.PANIC_KEY)
        elif self._call is None:
            if key == manner.start_key:
                self._begin(Begin.START_KEY)
        elif key == manner.end_key:
            self._call.hang_up()
        else:
            self._call.press(key)

    async def _let_go(self) -> None:
        """End the call under way, with its last words on the record."""
        if self._call is not None:
            self._call.hang_up()
            with suppress(TimeoutError):
                async with asyncio.timeout(ENDED_WITHIN_S):
                    await self._is_free.wait()

    async def _listen(self) -> None:
        async for frame in self._sound.frames():
            self._hear(self._resampler.feed(self._undisturbed(frame)))
            for name in self._sound.loudspeaker.heard():
                if self._call is not None:
                    self._call.mark_echoed(name)

    def _undisturbed(self, frame: Pcm) -> Pcm:
        speaks = self._sound.loudspeaker.silent_s < ECHO_S
        return np.zeros_like(frame) if self._manner.is_half_duplex and speaks else frame

    def _hear(self, pcm: Pcm) -> None:
        if self._call is not None:
            self._call.hear(pcm)
        elif self._standby.hear(pcm) and self._manner.wakes_by_speech and self._is_free.is_set():
            self._begin(Begin.SPEECH)

    def _begin(self, why: Begin) -> None:
        if why is Begin.PANIC_KEY and not self._begins.empty():
            self._begins.get_nowait()  # nothing that waits matters more
        with suppress(asyncio.QueueFull):
            self._begins.put_nowait(why)

    async def _hold_calls(self) -> None:
        while True:
            why = await self._begins.get()
            self._is_free.clear()
            try:
                ending = (await self._hold(why)).value
            # The edge of a call: whatever broke in it, the kiosk must hear the next caller.
            except Exception:
                log.exception("kiosk_call_failed")
                ending = Ending.FAILED.value
            finally:
                self._call = None
                self._is_free.set()
                self._sound.loudspeaker.clear()
                self._standby.take_kept()
            self._show({"kind": "standby", "ending": ending})

    async def _hold(self, why: Begin) -> Ending:
        ring = Ring(LINE, provider_id=f"kiosk_{secrets.token_hex(8)}")
        name = ring.provider_id or ""
        live = await self._switchboard.open(ring)
        self._last_turn_at = None
        self._show({"kind": "call", "id": live.call.id})
        port = KioskPort(self._sound.loudspeaker, self._note)
        call = AudioCall(
            name,
            port,
            self._parts,
            self._switchboard,
            language=live.call.language,
            bridge=self._open_lines.bridge(live.call.id),
            clock=self._clock,
        )
        if why is Begin.SPEECH:
            # No greeting: it would be spoken into the caller's first words.
            call.hear(self._standby.take_kept())
        if Begin.PANIC_KEY in (why, self._pressed_meanwhile()):
            call.panic()
        elif why is Begin.START_KEY:
            call.answer(ring)
        self._call = call
        with self._open_lines.holding(live.call.id, call.nudge):
            return await call.run()

    def _pressed_meanwhile(self) -> Begin | None:
        """Return what would have begun a call while this one was being opened."""
        return None if self._begins.empty() else self._begins.get_nowait()

    def _note(self, what: dict[str, object]) -> None:
        if what["kind"] == "turn":
            is_word = what["heard"] is not None or self._last_turn_at is None
            self._last_turn_at = self._clock() if is_word else self._last_turn_at
        self._show(what)

    async def _watch(self) -> None:
        """Let go of a call that nobody meant, that was left, or that was ended elsewhere."""
        while True:
            await asyncio.sleep(WATCH_EVERY_S)
            now, call = self._clock(), self._call
            is_opening = call is None and not (self._is_free.is_set() and self._begins.empty())
            if is_opening or (call is not None and not call.is_quiet):
                self._quiet_from = now
            if call is None:
                continue
            if call.has_person:
                self._last_turn_at = now  # nobody has left while somebody speaks with them
            if self._is_over(call, now):
                call.drop()

    def _is_over(self, call: AudioCall, now: float) -> bool:
        known = self._switchboard.here(call.name)
        quiet_s = now - self._quiet_from
        if known is not None and known.ended_at is not None:
            return quiet_s >= ENDED_AFTER_S
        if self._last_turn_at is None:
            return quiet_s >= MISTAKEN_AFTER_S
        is_everyday = known is not None and not known.urgency.is_emergency
        return is_everyday and now - self._last_turn_at >= self._manner.left_after_s
