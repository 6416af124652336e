"""What the caller hears of a line's sound, and when: the far end's buffer, with a clock of its own.

Nothing is played aloud; times are seconds of whatever clock the caller of these methods reads.
"""

from collections import deque
from dataclasses import dataclass

import numpy as np

from aurora.speech.codec import LINE_HZ, SILENCE, Pcm, mulaw_decode


@dataclass(slots=True)
class Piece:
    """One message's sound: when it came, and when it is in the ear."""

    came_at: float
    begins_at: float
    sound: bytes
    cut_at: float | None = None
    """When the rest of it was cleared."""

    @property
    def ends_at(self) -> float:
        whole = self.begins_at + len(self.sound) / LINE_HZ
        return whole if self.cut_at is None else max(self.begins_at, min(whole, self.cut_at))

    @property
    def was_heard(self) -> bool:
        return self.ends_at > self.begins_at


class Playback:
    """Plays in order, without a gap where there is something to play."""

    def __init__(self) -> None:
        self.pieces: list[Piece] = []
        self._marks: deque[tuple[float, str]] = deque()
        self._until = 0.0

    def play(self, sound: bytes, now: float) -> None:
        """Queue sound behind what is still to be played."""
        begins_at = max(now, self._until)
        self.pieces.append(Piece(now, begins_at, sound))
        self._until = begins_at + len(sound) / LINE_HZ

    def mark(self, name: str, now: float) -> None:
        """Have a name returned once everything before it has been played."""
        self._marks.append((max(now, self._until), name))

    def due_marks(self, now: float) -> list[str]:
        """Return the names whose moment has come, in order."""
        due = []
        while self._marks and self._marks[0][0] <= now:
            due.append(self._marks.popleft()[1])
        return due

    def clear(self, now: float) -> list[str]:
        """Forget what was not played; return every pending mark, as Twilio does."""
        for piece in reversed(self.pieces):
            if piece.ends_at <= now:
                break
            piece.cut_at = now
        self._until = min(self._until, now)
        names = [name for _, name in self._marks]
        self._marks.clear()
        return names

    def ends_at(self) -> float:
        """Return when the last sound is or was over; 0 before the first."""
        return self._until

    def first_after(self, at: float) -> Piece | None:
        """Return the first piece that came after a moment and was not cleared before it began."""
        return next((p for p in self.pieces if p.came_at >= at and p.was_heard), None)

    def is_sounding(self, at: float) -> bool:
        """Return whether something was in the ear at a moment."""
        return any(piece.begins_at <= at < piece.ends_at for piece in reversed(self.pieces))

    def seconds_between(self, start: float, end: float) -> float:
        """Return how much sound was in the ear within a span."""
        return sum(
            max(0.0, min(piece.ends_at, end) - max(piece.begins_at, start)) for piece in self.pieces
        )

    def recording(self, start: float) -> Pcm:
        """Return what was heard since a moment, silence where nothing was."""
        heard = [piece for piece in self.pieces if piece.was_heard]
        if not heard:
            return np.zeros(0, dtype=np.int16)
        length = round((heard[-1].ends_at - start) * LINE_HZ)
        sound = bytearray(SILENCE * max(length, 0))
        for piece in heard:
            begin = round((piece.begins_at - start) * LINE_HZ)
            samples = round((piece.ends_at - piece.begins_at) * LINE_HZ)
            sound[begin : begin + samples] = piece.sound[:samples]
        return mulaw_decode(bytes(sound[:length]))
