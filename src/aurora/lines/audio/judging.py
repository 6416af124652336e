"""Have the sound of many calls judged together: one run of the model costs little more than one
call's share of it, so from a few callers on, each waits a moment for the others."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Protocol

from aurora.speech.codec import Pcm
from aurora.speech.voice_activity import VoiceActivity

GATHERED_S = 0.008
"""How long sound waits for that of other calls; a frame lasts 20 ms."""
FEW_CALLS = 2
"""So few are judged at once, each for itself."""

Verdicts = list[bool]
_Piece = tuple[VoiceActivity, Pcm, Callable[[Verdicts], None]]
Judge = Callable[[Sequence[tuple[VoiceActivity, Pcm]]], list[Verdicts]]
"""Returns the verdicts on each call's sound."""


class Judging(Protocol):
    """Whoever has sound judged."""

    def join(self) -> None:
        """One more call has sound to be judged."""

    def leave(self) -> None: ...

    def hear(self, activity: VoiceActivity, pcm: Pcm, judged: Callable[[Verdicts], None]) -> None:
        """Have sound judged, now or in a moment; in order for each call."""


class EachAlone:
    """No call waits for another."""

    def join(self) -> None:
        pass

    def leave(self) -> None:
        pass

    def hear(self, activity: VoiceActivity, pcm: Pcm, judged: Callable[[Verdicts], None]) -> None:
        judged(activity.feed(pcm))


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

    def hear(self, activity: VoiceActivity, pcm: Pcm, judged: Callable[[Verdicts], None]) -> None:
        self._waiting.append((activity, pcm, judged))
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
            verdicts = self._judge([(activity, pcm) for activity, pcm, _ in now])
            for (_, _, judged), heard in zip(now, verdicts, strict=True):
                judged(heard)
            waiting = later
