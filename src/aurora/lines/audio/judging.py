"""Have the sound of many calls judged together: one run of the model costs little more than one
call's share of it, so from a few callers on, each waits a moment for the others."""

import asyncio
from collections.abc import Callable, Sequence
from functools import partial
from typing import Protocol

import structlog

from aurora.speech.codec import Pcm
from aurora.speech.voice_activity import VoiceActivity

log = structlog.get_logger()

GATHERED_S = 0.008
"""How long sound waits for that of other calls; a frame lasts 20 ms."""
FEW_CALLS = 2
"""So few are judged at once, each for itself."""

Verdicts = list[bool]
Judged = Callable[[Verdicts], None]
Failed = Callable[[Exception], None]
_Piece = tuple[VoiceActivity, Pcm, Judged, Failed]
Judge = Callable[[Sequence[tuple[VoiceActivity, Pcm]]], list[Verdicts]]
"""Returns the verdicts on each call's sound."""


class Judging(Protocol):
    """Whoever has sound judged."""

    def join(self) -> None:
        """One more call has sound to be judged."""

    def leave(self) -> None: ...

    def hear(self, activity: VoiceActivity, pcm: Pcm, judged: Judged, failed: Failed) -> None:
        """Have sound judged, now or in a moment; in order for each call.

        failed: told when it cannot be, or when what is done with the verdicts breaks.
        """


class EachAlone:
    """No call waits for another."""

    def join(self) -> None:
        pass

    def leave(self) -> None:
        pass

    def hear(self, activity: VoiceActivity, pcm: Pcm, judged: Judged, failed: Failed) -> None:
        _told(judged, failed, lambda: activity.feed(pcm))


class Together:
    """All calls of one event loop."""

    def __init__(self, judge: Judge) -> None:
        self._judge = judge
        self._calls = 0
        self._waiting: list[_Piece] = []

    def join(self) -> None:
        self._calls += 1

    def leave(self) -> None:
        self._calls -= 1

    def hear(self, activity: VoiceActivity, pcm: Pcm, judged: Judged, failed: Failed) -> None:
        self._waiting.append((activity, pcm, judged, failed))
        if self._calls <= FEW_CALLS:
            self._flush()
        elif len(self._waiting) == 1:
            asyncio.get_running_loop().call_later(GATHERED_S, self._flush)

    def _flush(self) -> None:
        waiting, self._waiting = self._waiting, []
        # A burst holds several pieces of one call: they are judged one after another.
        while waiting:
            now: list[_Piece] = []
            later: list[_Piece] = []
            seen: set[VoiceActivity] = set()
            for item in waiting:
                (later if item[0] in seen else now).append(item)
                seen.add(item[0])
            for (_, _, judged, failed), heard in zip(now, self._judged(now), strict=True):
                _told(judged, failed, heard)
            waiting = later

    def _judged(self, pieces: Sequence[_Piece]) -> list[Callable[[], Verdicts]]:
        """Return each call's verdicts, or what judges its sound alone when together it failed."""
        try:
            verdicts = self._judge([(activity, pcm) for activity, pcm, _, _ in pieces])
        # One call's sound must not make all others unheard.
        except Exception as error:
            log.exception("judging_failed", calls=len(pieces), error=str(error))
            return [partial(activity.feed, pcm) for activity, pcm, _, _ in pieces]
        return [partial(_same, heard) for heard in verdicts]


def _same(verdicts: Verdicts) -> Verdicts:
    return verdicts


def _told(judged: Judged, failed: Failed, verdicts: Callable[[], Verdicts]) -> None:
    try:
        judged(verdicts())
    # The edge of a call: what broke in its ears must not break the line, nor another's ears.
    except Exception as error:
        failed(error)
