"""Time the silence between approved and model words in the caller's ear; ears, voice are real."""

import asyncio
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from rich.table import Table

from aurora.rehearsal.caller_speech import Utterance, utterance
from aurora.rehearsal.reply import Reply
from benchmarks.figures import new_table, percentile, show
from benchmarks.model_process import IN_AN_EMERGENCY, running_model
from benchmarks.recordings import FOLDER, clear_recordings
from benchmarks.stand_in_speech import SETTINGS
from benchmarks.voice_answers import until_speech_is_ready
from benchmarks.voice_callers import (
    Manner,
    MeasuredCallers,
    MeasuredConnections,
    MeasuredStream,
    open_measured_client,
)
from tests.integration.line_process import LineProcess
from tests.scripted_speech import said

CALLS = 10
FIRST_TOKEN_S = 0.2
GAP_MS = 150.0
QUESTION = "What gloves do I need for the solvents?"
"""Nothing approved answers it in an emergency."""
QUESTIONS = 2
QUIET_S = 1.5
"""A caller who takes a gap for the end would hide it."""
HEARD_OUT_S = 60.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What a caller heard after one of their turns."""

    words: str
    gaps_ms: tuple[float, ...]
    """Silences inside it."""
    first_frame_ms: float | None

    @property
    def is_of_model(self) -> bool:
        return any(words in self.words for words in IN_AN_EMERGENCY)

    @property
    def begins_approved(self) -> bool:
        return not self.words.startswith(IN_AN_EMERGENCY)


async def measure(folder: Path, calls: int, at_once: int = 2) -> None:
    """Print one table: calls of an emergency and questions to which only the model has words."""
    source, recordings = clear_recordings(folder, 60)
    emergencies = [one for one in recordings if _is_emergency(one)]
    questions = [one for one in recordings if one.words == QUESTION] or [
        utterance(said(QUESTION), QUESTION, words=QUESTION, language="en")
    ]
    plans = [
        [emergencies[n % len(emergencies)], *(questions * QUESTIONS)[:QUESTIONS]]
        for n in range(calls)
    ]
    answers: list[Answer] = []
    with tempfile.TemporaryDirectory(prefix="aurora-bench-") as folder_name:
        async with (
            running_model(FIRST_TOKEN_S) as model,
            LineProcess(Path(folder_name) / "data", **SETTINGS, **model) as line,
            open_measured_client() as client,
        ):
            await line.warm()
            await until_speech_is_ready(line)
            callers = MeasuredCallers(client, line.url)
            for start in range(0, calls, at_once):
                together = (_call(callers, turns) for turns in plans[start : start + at_once])
                answers += [one for call in await asyncio.gather(*together) for one in call]
            await line.stop()
    show(_table(source, answers))


def _is_emergency(one: Utterance) -> bool:
    return one.language == "en" and "smoke" in (one.words or "").lower()


async def _call(callers: MeasuredCallers, turns: Sequence[Utterance]) -> list[Answer]:
    """Hear every answer out; a call whose turns came apart says nothing of which was which."""
    connections = MeasuredConnections(Manner(greeting_s=1.0, answer_s=HEARD_OUT_S, quiet_s=QUIET_S))
    caller = callers.ringing(connections)
    await caller.ring()
    replies = [reply for turn in turns for reply in (await caller.speak(turn)).replies]
    await caller.hang_up()
    messages = (await callers.record_of(caller.call_sid)).messages
    answers = [words for role, words in messages if role == "assistant"][1:]
    if len(answers) != len(replies):
        return []
    [stream] = connections.streams
    return [
        Answer(words, _gaps_ms(stream, reply), reply.first_frame_ms)
        for words, reply in zip(answers, replies, strict=True)
    ]


def _gaps_ms(stream: MeasuredStream, reply: Reply) -> tuple[float, ...]:
    """Return each silence between two pieces of one answer, as it was in the ear."""
    if reply.first_heard_at is None:
        return ()
    pieces = [p for p in stream.playback.pieces if p.was_heard]
    pieces = [p for p in pieces if p.begins_at >= reply.first_heard_at]
    gaps = [later.begins_at - before.ends_at for before, later in pairwise(pieces)]
    # What comes after so long a silence is the answer to the caller's next words.
    ends = next((n for n, gap in enumerate(gaps) if gap >= QUIET_S), len(gaps))
    return tuple(gap * 1000 for gap in gaps[:ends])


def _table(source: str, answers: Sequence[Answer]) -> Table:
    table = new_table(
        f"A model that thinks for {FIRST_TOKEN_S * 1000:g} ms, real ears and voice",
        "the longest silence inside an answer that begins with approved words and goes on with "
        "the model's, as it is in\nthe caller's ear; and the first frame of answers that begin "
        f"with the model's. Recordings:\n{source}. Target: over {GAP_MS:g} ms in 5 % at most",
        "answer",
        numbers=("n", "p50", "p90", "max", f"over {GAP_MS:g} ms"),
    )
    of_model = [one for one in answers if one.is_of_model]
    behind = [max(one.gaps_ms, default=0.0) for one in of_model if one.begins_approved]
    _add(table, "silence before the model's words", behind, is_gap=True)
    opening = [one.first_frame_ms for one in of_model if not one.begins_approved]
    _add(table, "first frame of the model's words", [ms for ms in opening if ms is not None])
    approved = [max(one.gaps_ms, default=0.0) for one in answers if not one.is_of_model]
    _add(table, "silence inside approved answers", approved, is_gap=True)
    return table


def _add(table: Table, name: str, values: Sequence[float], *, is_gap: bool = False) -> None:
    shown = ["-"] * 3
    if values:
        shown = [f"{v:,.0f}" for v in (percentile(values, 50), percentile(values, 90), max(values))]
    over = sum(value > GAP_MS for value in values) if is_gap else None
    share = f"{over} ({100 * over / len(values):.0f} %)" if over is not None and values else ""
    table.add_row(name, str(len(values)), *shown, share)


if __name__ == "__main__":
    asyncio.run(measure(FOLDER, CALLS))
