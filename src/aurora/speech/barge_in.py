"""Decide whether the caller's voice stops Aurora's; never touches sound or a clock."""

from collections import deque

from aurora.speech.playout import Playing

SPEECH_S = 0.125
"""Shorter sounds are a tool, a click, a breath: they stop nothing. Four windows of Silero, as many
as begin a turn; five held back no noise that four let through."""
PLAIN_SPEECH_S = 0.09
"""The same where the detector has no doubt: with the 30 to 50 ms that it takes, a caller is let in
about 140 to 180 ms after the first sound."""
LIFE_SAFETY_SPEECH_S = 0.16
"""The same over a life-safety line: a short cough delays an ordinary sentence, never this one."""
WITHIN_S = 0.4
PROTECTED_S = 0.5
"""So much of a life-safety line is heard whatever the caller says meanwhile."""
UNBROKEN_S = 4.0
"""Nobody speaks so long without a gap between two words: what does is a machine."""


class BargeIn:
    """One caller's voice over one call's playout, window by window."""

    def __init__(self, window_s: float) -> None:
        self._window_s = window_s
        self._recent: deque[bool] = deque(maxlen=round(WITHIN_S / window_s))
        self._unbroken_s = 0.0

    def decide(
        self,
        is_speech: bool,
        playing: Playing | None,
        *,
        has_word: bool = False,
        is_plain: bool = False,
        is_in_turn: bool = True,
    ) -> bool:
        """Return whether to stop, after a window heard while `playing` was in the ear.

        is_plain: the newest windows are speech beyond doubt; a cough may be, so that a life-safety
        line waits as long as ever.
        has_word: the recogniser made a word of what is being said, so that it is surely speech.
        is_in_turn: the caller's turn has begun. Without one nobody will be answered, and scattered
        sounds must not leave a life-safety line unsaid.
        """
        self._unbroken_s = self._unbroken_s + self._window_s if is_speech else 0.0
        if playing is None:
            self._recent.clear()
            return False
        self._recent.append(is_speech)
        if playing.is_life_safety and (playing.for_s < PROTECTED_S or not is_in_turn):
            return False
        if has_word:
            return True
        speech_s = sum(self._recent) * self._window_s
        wanted_s = PLAIN_SPEECH_S if is_plain else SPEECH_S
        if playing.is_life_safety:
            wanted_s = LIFE_SAFETY_SPEECH_S
        return is_speech and speech_s >= wanted_s - 1e-9 and self._unbroken_s < UNBROKEN_S
