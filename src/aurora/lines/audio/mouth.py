"""Say sentences to one caller in their order, and know which were heard; when is the call's."""

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto

import structlog

from aurora.guidance.spoken import Spoken
from aurora.lines.audio.ports import SpokenLines
from aurora.lines.owed import AS_GOOD_AS_HEARD
from aurora.speech.playout import Clip, Mark, Playing, Playout

log = structlog.get_logger()

MOST_UNPROVEN = 64
"""Lines that send no marks back must not fill the memory with what was said on them."""
AGAIN_WITHIN_S = 1.0
"""What failed sooner is made once more: a voice that died is back by then. What took longer would
keep the caller waiting as long again."""
STILL_NEWS_S = 30.0
"""A dead connection is noticed sooner. What was sent before is said again only if it is owed."""


class Stage(Enum):
    """Where a sentence is on its way to the ear."""

    COMING = auto()
    QUEUED = auto()
    HEARD = auto()
    CUT = auto()
    FAILED = auto()


@dataclass(eq=False, slots=True)
class Line:
    """One sentence on its way."""

    sentence: Spoken
    language: str
    number: int
    is_life_safety: bool = False
    is_owed: bool = False
    """Not said again by itself later: the caller must have heard it."""
    is_opening: bool = False
    """The first of its turn: when it reaches the ear is measured."""
    is_insistent: bool = False
    """Said again after a noise had cut it: only words cut it once more."""
    mulaw: bytes | None = None
    was_tried: bool = False
    """To make it into sound, in vain."""
    stage: Stage = Stage.COMING
    heard_share: float = 0.0
    sent_at: float | None = None
    """When, by the clock, its first sound was sent, or nothing came of it."""
    heard_at: float | None = None
    """When, by the clock, its first sound had been played; of opening lines only."""

    @property
    def name(self) -> str:
        return f"line{self.number}"

    @property
    def is_understood(self) -> bool:
        """Whether so much of it was heard that it need not be said again."""
        return self.heard_share >= AS_GOOD_AS_HEARD

    @property
    def is_lost(self) -> bool:
        """Whether it was cut, or never made, before it was understood."""
        return self.stage in (Stage.CUT, Stage.FAILED) and not self.is_understood


@dataclass(frozen=True, slots=True)
class Begun:
    """The first sound of a line goes out with what follows."""

    line: Line


class Mouth:
    """One caller's ear, from this side."""

    def __init__(
        self,
        lines: SpokenLines,
        clock: Callable[[], float],
        wake: Callable[[], None],
        has_failed: Callable[[Line], None],
    ) -> None:
        """wake: called when there is something to send. has_failed: told of each line that cannot
        be made into sound.
        """
        self._spoken_lines = lines
        self._clock = clock
        self._wake = wake
        self._has_failed = has_failed
        self._playout = Playout()
        self._coming: deque[Line] = deque()
        self._queued: dict[str, Line] = {}
        self._unsent: deque[Line] = deque()
        """Queued lines whose sound has not all gone out, in order."""
        self._begun: Line | None = None
        self._renderings: set[asyncio.Task[None]] = set()
        self._count = 0
        self._unproven: deque[Line] = deque(maxlen=MOST_UNPROVEN)
        """Heard by the clock, in order, while no mark has come back that proves it."""
        self._has_echo = False
        """Marks do come back from this caller's side."""
        self.failed: list[Line] = []
        """What could not be made into sound, and nobody has taken over yet."""

    def say(
        self,
        sentence: Spoken,
        language: str,
        *,
        is_life_safety: bool = False,
        is_owed: bool = False,
        is_opening: bool = False,
    ) -> Line:
        """Say a sentence after all those before it."""
        self._count += 1
        line = Line(sentence, language, self._count, is_life_safety, is_owed, is_opening)
        line.mulaw = self._spoken_lines.get(sentence.text, language)
        self._coming.append(line)
        if line.mulaw is None:
            self._follow(line)
        else:
            self._move_on()
        return line

    def again(self, line: Line, *, is_insistent: bool = False) -> Line:
        """Say a line that was cut once more, from its beginning."""
        once_more = self.say(
            line.sentence,
            line.language,
            is_life_safety=line.is_life_safety,
            is_owed=line.is_owed,
            is_opening=line.is_opening,
        )
        once_more.is_insistent = is_insistent
        return once_more

    def due(self, now: float) -> list[bytes | Mark | Begun]:
        """Return what to send now, in order; all of it is void once `clear` was called."""
        due: list[bytes | Mark | Begun] = []
        for item in self._playout.due(now):
            if isinstance(item, Mark):
                self._unsent.popleft()
            elif self._unsent[0] is not self._begun:
                self._begun = self._unsent[0]
                due.append(Begun(self._begun))
            due.append(item)
        return due

    def mark_echoed(self, name: str) -> None:
        """The caller's side has played everything up to this mark."""
        self._has_echo = True
        clip = self._playout.mark_echoed(name)
        if clip is not None:
            self._settle()
            self._prove(self._unproven_line(clip), is_whole=True)

    def note_heard(self, name: str, note: Callable[[Line, str], None]) -> None:
        """The first sound of an opening line has been played, and all that was said before it."""
        self._has_echo = True
        line = self._queued.get(name)
        self._settle()
        self._prove(line or self._unproven_line(name), is_whole=False)
        if line is not None and line.heard_at is None:
            line.heard_at = self._clock()
            note(line, "first_audio_heard")

    def has_heard(self, line: Line, seconds: float) -> bool:
        """Whether so much of a line has been in the caller's ear."""
        heard = {heard.name: heard.seconds for heard in self._playout.heard(self._clock())}
        return heard.get(line.name, 0.0) >= seconds

    def clear(self) -> list[Line]:
        """Stop; return the lines that were not heard to their end."""
        now = self._clock()
        self._settle()
        names = self._playout.clear(now)
        shares = {heard.name: heard.seconds / heard.of_s for heard in self._playout.heard(now)}
        cut = [self._queued.pop(name) for name in names if name in self._queued]
        for line in cut:
            line.stage, line.heard_share = Stage.CUT, shares.get(line.name, 0.0)
        cut += self._coming
        for line in self._coming:
            line.stage = Stage.CUT
        self._coming.clear()
        self._unsent.clear()
        return cut

    def take_unheard(self) -> list[Line]:
        """Stop; return in order, and only once, what is not known to have been heard.

        What goes into a connection that died is heard by nobody, whatever the clock says: where
        marks come back, nothing else proves it.
        """
        cut = self.clear()
        since = self._clock() - STILL_NEWS_S
        missed = [
            line
            for line in (*self.failed, *self._unproven)
            if line.is_owed or (line.sent_at or 0.0) > since
        ]
        self.failed = []
        self._unproven.clear()
        lines = sorted([*cut, *missed], key=lambda line: line.number)
        return [line for line in lines if self._has_echo or not line.is_understood]

    def playing(self) -> tuple[Line, Playing] | None:
        """Return the line in the caller's ear at this moment, and for how long it has been."""
        playing = self._playout.playing(self._clock())
        line = self._queued.get(playing.name) if playing else None
        return (line, playing) if line is not None and playing is not None else None

    @property
    def is_busy(self) -> bool:
        """Whether anything is still to be heard."""
        return bool(self._coming) or self._playout.is_playing(self._clock())

    def close(self) -> None:
        for task in self._renderings:
            task.cancel()

    def _settle(self) -> None:
        """Note which lines were heard to their end, by the clock or by their mark."""
        for heard in self._playout.heard(self._clock()):
            line = self._queued.get(heard.name)
            if line is not None and heard.is_whole:
                line.stage, line.heard_share = Stage.HEARD, 1.0
                self._unproven.append(self._queued.pop(heard.name))

    def _unproven_line(self, name: str) -> Line | None:
        return next((line for line in self._unproven if line.name == name), None)

    def _prove(self, line: Line | None, *, is_whole: bool) -> None:
        """Marks come back in order: one proves its line, and all that was said before it.

        An earlier mark that is still missing was forgotten when the caller's side was cleared.
        """
        until = line.number + is_whole if line is not None else 0
        while self._unproven and self._unproven[0].number < until:
            self._unproven.popleft()

    def _move_on(self) -> None:
        """Queue the lines that are ready, up to the first that is not."""
        while self._coming and self._coming[0].mulaw is not None:
            line = self._coming.popleft()
            line.stage = Stage.QUEUED
            self._queued[line.name] = line
            self._unsent.append(line)
            self._playout.queue(Clip(line.mulaw or b"", line.name, line.is_life_safety))
        self._wake()

    def _follow(self, line: Line) -> None:
        task = asyncio.create_task(self._render(line))
        self._renderings.add(task)
        task.add_done_callback(self._renderings.discard)

    async def _render(self, line: Line) -> None:
        began = self._clock()
        try:
            line.mulaw = await self._spoken_lines.render(line.sentence.text, line.language)
        # Whatever the voice died of, the sentences that are ready must go on.
        except Exception:
            log.exception("sentence_not_rendered", is_last_try=line.was_tried)
            if not line.was_tried and self._clock() - began <= AGAIN_WITHIN_S:
                line.was_tried = True
                self._follow(line)
                return
            self._fail(line)
        self._move_on()

    def _fail(self, line: Line) -> None:
        if line not in self._coming:
            return  # nobody waits for it any more
        self._coming.remove(line)
        line.stage, line.sent_at = Stage.FAILED, self._clock()
        self.failed.append(line)
        self._has_failed(line)
