"""Time the silence between approved words and a model's in the caller's ear; the voice is real."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from rich.table import Table

from aurora.records.figures import nearest_rank
from aurora.rehearsal.caller_speech import utterance
from aurora.rehearsal.reply import Reply
from aurora.rehearsal.twilio_caller import TwilioCaller
from benchmarks.figures import describe_machine, new_table, show
from benchmarks.model_process import IN_AN_EMERGENCY, running_model
from benchmarks.stand_in_speech import REAL_VOICE, running_line
from benchmarks.voice_callers import (
    Manner,
    MeasuredCallers,
    MeasuredConnections,
    MeasuredStream,
    open_measured_client,
)
from tests.scripted_speech import said

CALLS, AT_ONCE = 12, 3
QUESTIONS = 2
FIRST_TOKEN_S = 0.2
GAP_MS = 150.0
EMERGENCY = "There is smoke coming out of zone B."
QUESTION = "Will the insurance pay for this?"
"""Nothing approved answers it in an emergency."""
QUIET_S = 1.5
"""A caller who takes a gap for the end would hide it."""
HEARD_OUT_S = 60.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What a caller heard after a question."""

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


async def measure(calls: int) -> None:
    """Print one table: questions in an emergency, to which only the model has words."""
    answers: list[Answer] = []
    async with (
        running_model(FIRST_TOKEN_S) as model,
        running_line(QUESTION, REAL_VOICE, **model) as line,
        open_measured_client() as client,
    ):
        callers = MeasuredCallers(client, line.url)
        for start in range(0, calls, AT_ONCE):
            together = (_call(callers) for _ in range(min(AT_ONCE, calls - start)))
            answers += [one for call in await asyncio.gather(*together) for one in call]
    show(_table(answers))


async def _call(callers: MeasuredCallers) -> list[Answer]:
    """Hear every answer out; a call whose turns came apart says nothing of which was which."""
    connections = MeasuredConnections(Manner(greeting_s=1.0, answer_s=HEARD_OUT_S, quiet_s=QUIET_S))
    caller = callers.ringing(connections)
    await caller.ring()
    await callers.type_words(caller.call_sid, EMERGENCY)
    replies = [reply for _ in range(QUESTIONS) for reply in await _ask(caller)]
    await caller.hang_up()
    messages = (await callers.record_of(caller.call_sid)).messages
    answers = [words for role, words in messages if role == "assistant"][2:]
    if len(answers) != len(replies):
        return []
    [stream] = connections.streams
    return [
        Answer(words, _gaps_ms(stream, reply), reply.first_frame_ms)
        for words, reply in zip(answers, replies, strict=True)
    ]


async def _ask(caller: TwilioCaller) -> list[Reply]:
    spoken = utterance(said(QUESTION), QUESTION, words=QUESTION, language="en")
    return (await caller.speak(spoken)).replies


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


def _table(answers: Sequence[Answer]) -> Table:
    table = new_table(
        f"A model that thinks for {FIRST_TOKEN_S * 1000:g} ms, in ms; the recogniser is a stand-in",
        "the longest silence inside an answer that begins with approved words and goes on with "
        "the model's, as it is in\nthe caller's ear; and speech ended, frame received, of answers "
        f"that begin with the model's.\nTarget: over {GAP_MS:g} ms in 5 % at most",
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
        shown = [
            f"{v:,.0f}"
            for v in (nearest_rank(values, 0.50), nearest_rank(values, 0.90), max(values))
        ]
    over = sum(value > GAP_MS for value in values) if is_gap else None
    share = f"{over} ({100 * over / len(values):.0f} %)" if over is not None and values else ""
    table.add_row(name, str(len(values)), *shown, share)


if __name__ == "__main__":
    describe_machine()
    asyncio.run(measure(CALLS))
