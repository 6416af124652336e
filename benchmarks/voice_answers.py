"""Time real speech against a line with its own ears and voice, and against a plain pipeline."""

import asyncio
import os
import sys
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from rich.table import Table

from aurora.records.figures import nearest_rank
from aurora.rehearsal.caller_speech import Utterance
from aurora.rehearsal.expected_lines import expected_first_lines
from aurora.rehearsal.simulation import Call, Plan, simulate
from aurora.rehearsal.simulation_table import is_right
from aurora.rooms import Rooms, open_rooms
from aurora.settings import load_settings
from benchmarks.figures import new_table, show
from benchmarks.plain_pipeline import SILENCE_S, PlainAnswer, PlainPipeline
from benchmarks.recordings import clear_recordings
from benchmarks.stand_in_speech import SETTINGS
from benchmarks.voice_callers import Manner, MeasuredConnections
from tests.integration.line_process import LineProcess, ask_health

CALLERS = 4
"""One speaks and is answered; the others are greeted meanwhile, or wait."""
READY_WITHIN_S = 300.0
FIRST_SENTENCES_S = 8.0
POLL_S = 0.1
LATEST_S = 1800.0
SETTLES_S = 3.0


async def measure(folder: Path, count: int) -> None:
    """Print one table: the line, and half of the plain pipeline before and half after it."""
    source, recordings = clear_recordings(folder, count)
    rooms = _warm_rooms()
    expected = await expected_first_lines(rooms, recordings)
    async with _listening_line() as (line, data_dir):
        half = len(recordings) // 2
        plain = await _plainly(rooms, data_dir, recordings[:half])
        calls = await _call(line, rooms, recordings)
        plain += await _plainly(rooms, data_dir, recordings[half:])
        await line.stop()
    table = _table(source, len(recordings))
    _add_calls(table, calls, expected)
    _add_plain(table, plain, [expected.get(one.name, "") for one in recordings])
    show(table)
    _tell_wrong(calls, expected)


async def measure_full(folder: Path, count: int, loops: int = os.cpu_count() or 1) -> None:
    """Print one table: the line while endless loops keep every core busy."""
    source, recordings = clear_recordings(folder, count)
    rooms = _warm_rooms()
    expected = await expected_first_lines(rooms, recordings)
    async with _listening_line() as (line, _), _busy(loops):
        calls = await _call(line, rooms, recordings)
        await line.stop()
    table = new_table(
        f"Voice on a full machine, in ms: {loops} endless loops beside it, {count} utterances",
        "as above; a caller whose words cannot be made out in time hears the safe line, and Gather "
        f"goes on.\nRecordings: {source}",
        "from the last speech frame",
        numbers=("n", "p50", "p90", "max", "right first line"),
    )
    _add_calls(table, calls, expected)
    show(table)
    _tell_wrong(calls, expected)


def _warm_rooms() -> Rooms:
    rooms = open_rooms(load_settings())
    rooms.triage.warm()
    return rooms


@asynccontextmanager
async def _listening_line() -> AsyncIterator[tuple[LineProcess, Path]]:
    """Yield a line that hears and speaks, and where it keeps its data."""
    with tempfile.TemporaryDirectory(prefix="aurora-bench-") as temporary:
        data_dir = Path(temporary) / "data"
        async with LineProcess(data_dir, **SETTINGS) as line:
            await line.warm()
            await until_speech_is_ready(line)
            yield line, data_dir


@asynccontextmanager
async def _busy(loops: int) -> AsyncIterator[None]:
    endless = [
        await asyncio.create_subprocess_exec(sys.executable, "-c", "while True: pass")
        for _ in range(loops)
    ]
    try:
        yield
    finally:
        for loop in endless:
            loop.kill()
            await loop.wait()


def _tell_wrong(calls: Sequence[Call], expected: dict[str, str]) -> None:
    for call in calls:
        if call.failure or not is_right(call, expected):
            why = call.failure or f"understood {call.understood!r}, said {call.answer!r}"
            print(f"  {call.utterance.name}: {why}")


async def until_speech_is_ready(line: LineProcess) -> None:
    """Wait for ears, and for the greetings and first lines of the first language."""
    async with asyncio.timeout(READY_WITHIN_S):
        while b"sentences ready" not in await ask_health(line.port):  # noqa: ASYNC110 - a process
            await asyncio.sleep(POLL_S)
    await asyncio.sleep(FIRST_SENTENCES_S)


async def _call(line: LineProcess, rooms: Rooms, recordings: Sequence[Utterance]) -> list[Call]:
    numbers = {str(known.language): known.number for known in rooms.site.phone_lines}
    plan = Plan(recordings, CALLERS, "stream", seconds=LATEST_S, numbers=numbers)
    connections = MeasuredConnections(Manner(settles_s=SETTLES_S, floor=asyncio.Lock()))
    return await simulate(line.url, load_settings(), plan, connections)


async def _plainly(
    rooms: Rooms, data_dir: Path, recordings: Sequence[Utterance]
) -> list[PlainAnswer]:
    pipeline = PlainPipeline(rooms, data_dir / "models")
    try:
        return [await pipeline.answer(one) for one in recordings]
    finally:
        pipeline.close()


def _table(source: str, count: int) -> Table:
    return new_table(
        f"Voice, in ms: one caller, real ears and voice, no model, {count} utterances",
        "from the last speech frame of the recording (found by energy) sent, to the first media\n"
        "frame of the answer received over loopback; an answer taken back is not counted.\n"
        f"Plain: the same parts in sequence, {SILENCE_S * 1000:g} ms of silence, Whisper's whole "
        "window of 30 s,\nthe answer, the voice; no connection is counted. Recordings:\n"
        f"{source}.\nTarget: p50 350, p90 500, max 900; right 95 %",
        "from the last speech frame",
        numbers=("n", "p50", "p90", "max", "right first line"),
    )


def _add_calls(table: Table, calls: Sequence[Call], expected: dict[str, str]) -> None:
    replies = [call.reply.first_frame_ms for call in calls if call.reply]
    right = sum(is_right(call, expected) for call in calls)
    _add(table, "Aurora: first frame of the answer", replies, f"{right} of {len(calls)}")
    ahead = sum(call.was_ahead for call in calls)
    for stage in ("end_of_turn", "text", "first_line", "first_audio_sent"):
        values = [call.stages_ms.get(stage) for call in calls]
        note = f"{ahead} ahead of the turn" if stage == "first_line" else ""
        _add(table, f"  its own clock: {stage}", values, note)


def _add_plain(table: Table, plain: Sequence[PlainAnswer], expected: Sequence[str]) -> None:
    right = sum(one.first_line == line for one, line in zip(plain, expected, strict=True))
    table.add_section()
    totals = [one.total_ms for one in plain]
    _add(table, "plain pipeline: first frame of the answer", totals, f"{right} of {len(plain)}")
    _add(table, "  silence until the end of the turn", [one.end_of_turn_ms for one in plain])
    _add(table, "  then text", [one.text_ms for one in plain])
    _add(table, "  then the answer", [one.answer_ms for one in plain])
    _add(table, "  then the voice", [one.voice_ms for one in plain])


def _add(table: Table, name: str, measured: Sequence[float | None], note: str = "") -> None:
    values = [value for value in measured if value is not None]
    shown = ["-"] * 3
    if values:
        shown = [
            f"{v:,.0f}"
            for v in (nearest_rank(values, 0.50), nearest_rank(values, 0.90), max(values))
        ]
    table.add_row(name, str(len(values)), *shown, note)
