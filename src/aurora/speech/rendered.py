"""Sentences as ready-made sound: rendered ahead, kept in memory and on disk; plays nothing."""

import asyncio
import hashlib
import os
import tempfile
import threading
from collections import OrderedDict
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import structlog

from aurora.errors import VoiceUnavailable
from aurora.speech.codec import mulaw_encode
from aurora.speech.speak import Voice

MOST_FIXED_BYTES = 64_000_000
MOST_PASSING_BYTES = 4_000_000
"""About eight minutes of sentences that were spoken once and may be again."""
TRIES = 3
FIRST_REST_S = 1.0
LONGEST_REST_S = 30.0
"""Between two attempts at what calls begin with, which is not given up."""
_DIGEST = hashlib.sha256().digest_size

log = structlog.get_logger()

Line = tuple[str, str]
"""Text and language."""


class RenderedLines:
    """mu-law of sentences: the fixed ones prepared by a thread, the others rendered when needed."""

    def __init__(self, voice: Voice, folder: Path, *, quiet_voice: Voice | None = None) -> None:
        """quiet_voice: renders what is prepared beside the calls, so that no caller waits behind
        it; closed here."""
        self._voice = voice
        self._quiet_voice = quiet_voice or voice
        self._folder = folder
        self._fixed: dict[Line, bytes] = {}
        self._fixed_bytes = 0
        self._passing: OrderedDict[Line, bytes] = OrderedDict()
        self._passing_bytes = 0
        self._under_way: dict[Line, asyncio.Task[bytes]] = {}
        self._live = ThreadPoolExecutor(max_workers=1, thread_name_prefix="voice")
        self._callers_waiting = 0
        self._no_caller_waits = threading.Event()
        self._no_caller_waits.set()
        self._is_closing = threading.Event()
        self._preparing: threading.Thread | None = None
        self._openings: dict[Line, None] = {}
        self._are_openings_over = threading.Event()
        self._wanted = 0

    def get(self, text: str, language: str) -> bytes | None:
        """Return a sentence that is ready, without waiting; None when it must be rendered."""
        line = (text, language)
        if (ready := self._fixed.get(line)) is None and (ready := self._passing.get(line)):
            self._passing.move_to_end(line)
        return ready

    async def render(self, text: str, language: str) -> bytes:
        """Return a sentence, rendered in a thread when it must be; raises VoiceUnavailable."""
        if (ready := self.get(text, language)) is not None:
            return ready
        line = (text, language)
        task = self._under_way.get(line)
        if task is None:
            task = self._under_way[line] = asyncio.create_task(self._render(line))
            task.add_done_callback(lambda _: self._under_way.pop(line, None))
        return await asyncio.shield(task)  # one caller who hangs up must not silence another

    async def _render(self, line: Line) -> bytes:
        self._callers_waiting += 1
        self._no_caller_waits.clear()
        try:
            loop = asyncio.get_running_loop()
            mulaw = await loop.run_in_executor(self._live, _sound, self._voice, line)
        finally:
            self._callers_waiting -= 1
            if not self._callers_waiting:
                self._no_caller_waits.set()
        self._keep_passing(line, mulaw)
        return mulaw

    def _keep_passing(self, line: Line, mulaw: bytes) -> None:
        self._passing[line] = mulaw
        self._passing_bytes += len(mulaw)
        while self._passing_bytes > MOST_PASSING_BYTES:
            self._passing_bytes -= len(self._passing.popitem(last=False)[1])

    def prepare(self, lines: Iterable[Line], openings: Iterable[Line] = ()) -> None:
        """Begin, once, to make these sentences ready in their order, and return at once.

        openings: what calls begin with. They come first, by the voice of the calls: nobody can be
        answered before, and a voice that steps back for all others is late on a busy machine.
        """
        self._openings = dict.fromkeys(openings)
        others = [line for line in dict.fromkeys(lines) if line not in self._openings]
        self._wanted = len(self._openings) + len(others)
        self._preparing = threading.Thread(
            target=self._prepare,
            args=(list(self._openings), others),
            name="rendered-lines",
            daemon=True,
        )
        self._preparing.start()

    @property
    def unready_openings(self) -> int:
        """How many of the sentences that calls begin with are not ready yet."""
        return sum(line not in self._fixed for line in self._openings)

    def wait_for_openings(self, timeout_s: float | None = None) -> bool:
        """Wait until what calls begin with is ready, or never will be; return whether it is."""
        self._are_openings_over.wait(timeout_s)
        return not self.unready_openings

    def wait_prepared(self, timeout_s: float | None = None) -> bool:
        """Wait until the thread is through; return whether every sentence is ready."""
        if self._preparing is not None:
            self._preparing.join(timeout_s)
        return len(self._fixed) >= self._wanted

    def close(self) -> None:
        """Stop preparing; the voices are their owner's to close."""
        self._is_closing.set()
        self._no_caller_waits.set()
        self._are_openings_over.set()
        self._live.shutdown(wait=False, cancel_futures=True)
        if self._preparing is not None:
            self._preparing.join(timeout=1.0)

    def figures(self) -> dict[str, int]:
        """Return how many fixed sentences are wanted and ready, and the bytes kept."""
        kept = self._fixed_bytes + self._passing_bytes
        return {"wanted": self._wanted, "ready": len(self._fixed), "bytes": kept}

    def _prepare(self, openings: list[Line], others: list[Line]) -> None:
        for part in self._folder.glob("*.part"):  # left by a process that was killed
            part.unlink(missing_ok=True)
        openings = self._left_of(openings)
        if not openings:
            self._are_openings_over.set()
        others = self._left_of(others)
        if self._quiet_voice is not self._voice:
            self._quiet_voice.close()
        log.info("lines_rendered", failed=len(openings) + len(others), **self.figures())
        # Whoever waits for an answer by this voice must not wait for ever.
        rest_s = FIRST_REST_S
        while openings and not self._is_closing.wait(rest_s):
            openings = self._left_of(openings)
            rest_s = min(2 * rest_s, LONGEST_REST_S)
        self._are_openings_over.set()

    def _left_of(self, lines: list[Line]) -> list[Line]:
        """Make these ready; return those that could not be made."""
        for _ in range(TRIES):
            lines = [line for line in lines if not self._make_ready(line)]
        return lines

    def _make_ready(self, line: Line) -> bool:
        """Return False when the sentence is worth another try."""
        if self._is_closing.is_set() or line in self._fixed:
            return True
        path = self._folder / f"{_key(self._voice.identity, line)}.mulaw"
        mulaw = _read(path)
        if mulaw is None:
            self._no_caller_waits.wait()
            voice = self._voice if line in self._openings else self._quiet_voice
            try:
                mulaw = _sound(voice, line)
            except VoiceUnavailable:
                return False
            _write(path, mulaw)
        if self._fixed_bytes + len(mulaw) <= MOST_FIXED_BYTES:
            self._fixed[line] = mulaw
            self._fixed_bytes += len(mulaw)
        return True


def _sound(voice: Voice, line: Line) -> bytes:
    return mulaw_encode(voice.render(*line))


def _key(identity: str, line: Line) -> str:
    return hashlib.sha256("\0".join((identity, *line)).encode()).hexdigest()


def _read(path: Path) -> bytes | None:
    """Return the sound of a file; None when it is missing, cut off or damaged."""
    try:
        content = path.read_bytes()
    except OSError:
        return None
    mulaw = content[_DIGEST:]
    return mulaw if hashlib.sha256(mulaw).digest() == content[:_DIGEST] else None


def _write(path: Path, mulaw: bytes) -> None:
    """Write beside the file and move it there, so that no reader ever sees half of it."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, suffix=".part")
        with os.fdopen(handle, "wb") as part:
            part.write(hashlib.sha256(mulaw).digest() + mulaw)
        Path(name).replace(path)
    except OSError as error:  # a full disk costs a rendering at the next start, nothing more
        log.warning("rendered_line_not_kept", error=str(error))
