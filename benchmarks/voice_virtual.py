"""Time first lines in virtual time: real words, readings of a fixed cost, whatever else runs.

python -m benchmarks.voice_virtual [--utterances 60] [--slower 1.8]
"""

import argparse
import asyncio
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from aurora.cli.output import log_to_stderr
from aurora.conversation.ring import Ring
from aurora.conversation.switchboard import Switchboard
from aurora.lines.audio.call import AudioCall
from aurora.lines.audio.ports import SpeechParts
from aurora.lines.site_terms import site_terms
from aurora.records.figures import nearest_rank
from aurora.records.memory import MemoryRecords
from aurora.rehearsal.caller_speech import SILENT_FRAME, Utterance
from aurora.rehearsal.expected_lines import expected_first_lines
from aurora.rooms import Rooms, open_rooms
from aurora.settings import load_settings
from aurora.speech.codec import FRAME, FRAME_S, LINE_HZ, SILENCE, Pcm, mulaw_decode
from aurora.speech.pool import TranscriptionPool
from aurora.speech.site_words import SiteWords
from aurora.speech.transcribe import SURE, Transcript, WhisperTranscriber
from aurora.speech.voice_activity import SileroActivity, SileroModel
from aurora.speech.weights import WeightsChoice, choose_weights
from benchmarks.figures import describe_machine, new_table, show
from benchmarks.recordings import FOLDER, clear_recordings
from tests.virtual_time import VirtualLoop

COST_S = {"tiny.en": 0.085, "base": 0.19}
"""Of one reading on a quiet machine with two threads."""
ENCODING = 0.55
"""Share of it after which a partial may give way."""
CHARS_PER_S = 15.0
GREETED_S, LATEST_S = 0.6, 5.0
CALL = "CA1"


@dataclass(eq=False)
class TimedWorker:
    """Real models in this process; how long they take is written down here."""

    models: dict[str, WhisperTranscriber]
    choice: WeightsChoice
    slower: float
    gone: asyncio.Future[Any]
    rss_mb: float = 0.0
    pid: int = 0
    is_hurried: bool = False
    _heard: bytes = b""

    async def transcribe(self, header: dict[str, Any], sound: bytes) -> dict[str, Any]:
        # What was encoded already is only asked for its language.
        known_s = 0.02 if header["among"] and sound == self._heard else None
        self.is_hurried, self._heard = False, sound
        read, cost_s = self._read(header, np.frombuffer(sound, np.int16))
        cost_s = known_s or cost_s
        encoding_s = min(cost_s, COST_S[header["models"][0]] * ENCODING)
        await asyncio.sleep(encoding_s * self.slower)
        if self.is_hurried:
            return {"refused": "gave_way"}
        await asyncio.sleep((cost_s - encoding_s) * self.slower)
        return asdict(read)

    def hurry(self) -> None:
        self.is_hurried = True

    async def kill(self) -> int | None:
        return None

    def _read(self, header: dict[str, Any], pcm: Pcm) -> tuple[Transcript, float]:
        """Ask the models in turn, as `SecondOpinion` does, and add up what that costs."""
        cost_s, reads = 0.0, []
        for name in header["models"]:
            read = self.models[name].transcribe(
                pcm, header["language"], is_partial=header["is_partial"], among=header["among"]
            )
            cost_s += COST_S[name]
            reads.append(read)
            if read.confidence >= SURE and read.reject is None:
                return read, cost_s
        return max(reads, key=lambda read: (read.reject is None, read.confidence)), cost_s


class Tones:
    """A voice that takes no time."""

    def get(self, text: str, language: str) -> bytes | None:
        return SILENCE * (round(len(text) / CHARS_PER_S * LINE_HZ / FRAME) * FRAME)

    async def render(self, text: str, language: str) -> bytes:
        return self.get(text, language) or b""


@dataclass(eq=False)
class Ear:
    """The caller's end: notes when sound comes and is taken back, and echoes marks."""

    loop: asyncio.AbstractEventLoop
    came_at: list[float] = field(default_factory=list)
    cleared_at: list[float] = field(default_factory=list)
    call: AudioCall | None = None
    _until: float = 0.0

    async def send_audio(self, mulaw: bytes) -> None:
        self.came_at.append(self.loop.time())
        self._until = max(self._until, self.loop.time()) + len(mulaw) / LINE_HZ

    async def send_mark(self, name: str) -> None:
        assert self.call is not None
        self.loop.call_at(max(self._until, self.loop.time()), self.call.mark_echoed, name)

    async def clear(self) -> None:
        self._until = self.loop.time()
        self.cleared_at.append(self._until)

    async def show(self, what: dict[str, Any]) -> None:
        """There is no screen."""

    def answered_at(self, since: float) -> float | None:
        """When the first frame came of the answer that was not taken back."""
        since = max([since, *self.cleared_at])
        return next((at for at in self.came_at if at >= since), None)


@dataclass(frozen=True, slots=True)
class Heard:
    """What came of one call."""

    first_frame_ms: float | None
    is_right: bool
    times_taken_back: int


class Callers:
    """One caller after another, each on a line of their own."""

    def __init__(self, rooms: Rooms, choice: WeightsChoice, slower: float) -> None:
        self._rooms = rooms
        self._choice = choice
        self._slower = slower
        self._models = {one.name: WhisperTranscriber(one) for one in choice.weights}
        self._silero = SileroModel()
        self._words = SiteWords(site_terms(rooms.site))

    def converse(self, utterance: Utterance, expected: str) -> Heard:
        """Be greeted, say one thing, and hear the beginning of the answer."""
        with asyncio.Runner(loop_factory=VirtualLoop) as runner:
            return runner.run(self._converse(utterance, expected))

    async def _converse(self, utterance: Utterance, expected: str) -> Heard:
        loop = asyncio.get_running_loop()
        pool = TranscriptionPool(self._choice, clock=loop.time, start_worker=self._worker)
        await pool.start()
        records, ear = MemoryRecords(), Ear(loop)
        parts = SpeechParts(
            lambda: SileroActivity(self._silero),
            pool,
            Tones(),
            correct=self._words.correct,
            languages=self._rooms.site.languages,
        )
        language = utterance.language or "en"
        board = Switchboard(self._rooms.dialogue, records)
        call = ear.call = AudioCall(
            CALL, ear, parts, board, language=language, has_other_ears=True, clock=loop.time
        )
        call.answer(Ring("stream", provider_id=CALL, language=language))
        running = asyncio.create_task(call.run())
        began_at, spoke_until = await self._speak(call, utterance, loop)
        answered_at = ear.answered_at(began_at)
        call.hang_up()
        await running
        await pool.close()
        messages = await records.messages((await board.call(CALL)).id)
        said = [message.content for message in messages if message.role == "assistant"][1:]
        return Heard(
            None if answered_at is None else max(0.0, (answered_at - spoke_until) * 1000),
            bool(said) and said[0].startswith(expected),
            sum(at >= began_at for at in ear.cleared_at),
        )

    async def _speak(
        self, call: AudioCall, utterance: Utterance, loop: asyncio.AbstractEventLoop
    ) -> tuple[float, float]:
        """Send silence until greeted, then the words, then silence; return when they were sent."""
        quiet_s = 0.0
        while quiet_s < GREETED_S:
            await _send(call, SILENT_FRAME)
            quiet_s = 0.0 if call.is_speaking else quiet_s + FRAME_S
        began_at = spoke_until = loop.time()
        for number, frame in enumerate(utterance.frames):
            if number == utterance.last_speech:
                spoke_until = loop.time()
            await _send(call, frame)
        while loop.time() < spoke_until + LATEST_S:
            await _send(call, SILENT_FRAME)
        return began_at, spoke_until

    async def _worker(self, choice: WeightsChoice, threads: int) -> TimedWorker:
        gone: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        return TimedWorker(self._models, choice, self._slower, gone)


async def _send(call: AudioCall, frame: bytes) -> None:
    call.hear(mulaw_decode(frame))
    await asyncio.sleep(FRAME_S)


def measure(folder: Path, count: int, slower: float) -> None:
    """Print one table."""
    source, recordings = clear_recordings(folder, count)
    rooms = open_rooms(load_settings())
    rooms.triage.warm()
    expected = asyncio.run(expected_first_lines(rooms, recordings))
    with tempfile.TemporaryDirectory(prefix="aurora-bench-") as models:
        callers = Callers(rooms, choose_weights("base", Path(models)), slower)
        heard = [callers.converse(one, expected.get(one.name, "")) for one in recordings]
    _show(heard, source, slower)


def _show(heard: Sequence[Heard], source: str, slower: float) -> None:
    costs = ", ".join(f"{name} {cost_s * slower:.2f} s" for name, cost_s in COST_S.items())
    table = new_table(
        f"First lines in virtual time, in ms: a reading takes {costs}",
        "from the last speech frame to the first frame of the answer that was not taken back.\n"
        f"Recordings: {source}",
        "from the last speech frame",
        numbers=("n", "p50", "p90", "max", "right", "taken back"),
    )
    values = [one.first_frame_ms for one in heard if one.first_frame_ms is not None]
    shown = [
        f"{v:,.0f}" for v in (nearest_rank(values, 0.50), nearest_rank(values, 0.90), max(values))
    ]
    right = f"{sum(one.is_right for one in heard)} of {len(heard)}"
    taken_back = str(sum(one.times_taken_back for one in heard))
    table.add_row("first frame of the answer", str(len(values)), *shown, right, taken_back)
    show(table)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="benchmarks.voice_virtual", description=__doc__)
    parser.add_argument("--folder", type=Path, default=FOLDER, help="recordings, manifest.jsonl")
    parser.add_argument("--utterances", type=int, default=24)
    parser.add_argument("--slower", type=float, default=1.0, help="than on a quiet machine")
    given = parser.parse_args()
    log_to_stderr()
    describe_machine()
    measure(given.folder, given.utterances, given.slower)
