"""Hold long calls by voice in real time: python -m benchmarks.voice_long [--minutes 10]."""

import argparse
import asyncio
from collections.abc import Sequence

from aurora.records.figures import nearest_rank
from aurora.rehearsal.caller_speech import utterance
from aurora.rehearsal.reply import Reply
from aurora.rehearsal.twilio_caller import TwilioCaller
from benchmarks.figures import describe_machine, new_table, show
from benchmarks.stand_in_speech import StandInLine, running_line
from benchmarks.voice_callers import (
    Manner,
    MeasuredCallers,
    MeasuredConnections,
    open_measured_client,
)
from benchmarks.voice_load import EMERGENCY, NATURAL_CHARS_PER_S
from tests.scripted_speech import said

MOST_MINUTES = 10.0
SILENT_MINUTES = 3.0
SPEAKS_EVERY_S = 20.0
SETTINGS = {"GATHER_TIMEOUT": "5"}


async def measure(minutes: float) -> None:
    """Print how a call of so many minutes and a silent one were at their end."""
    minutes = min(minutes, MOST_MINUTES)
    table = new_table(
        "Long calls, in real time",
        "recogniser and voice are stand-ins; the silent caller has said one thing, an emergency",
        "call",
        numbers=("minutes", "turns", "first frame p50, ms", "max", "open at the end", "MB grown"),
    )
    async with (
        open_measured_client() as client,
        running_line(EMERGENCY, NATURAL_CHARS_PER_S, **SETTINGS) as line,
    ):
        callers = MeasuredCallers(client, line.url)
        silent_minutes = min(minutes, SILENT_MINUTES)
        long, silent = await asyncio.gather(
            _held(callers, line, minutes, speaks_again=True),
            _held(callers, line, silent_minutes, speaks_again=False),
        )
    table.add_row("a caller who goes on speaking", *long)
    table.add_row("a caller who falls silent", *silent)
    show(table)


async def _held(
    callers: MeasuredCallers, line: StandInLine, minutes: float, *, speaks_again: bool
) -> Sequence[str]:
    loop = asyncio.get_running_loop()
    caller = callers.ringing(MeasuredConnections(Manner(greeting_s=1.0)))
    await caller.ring()
    until, replies = loop.time() + minutes * 60, [*await _say(caller)]
    before_mb = line.rss_mb()
    while loop.time() < until and not caller.is_over:
        if speaks_again:
            replies += await _say(caller)
        await asyncio.sleep(min(SPEAKS_EVERY_S, max(until - loop.time(), 0.0)))
    grown_mb = line.rss_mb() - before_mb
    record = await callers.record_of(caller.call_sid)
    is_open = record.view["call"]["status"] == "ACTIVE" and not caller.is_over
    turns = sum(role == "assistant" for role, _ in record.messages)
    await caller.hang_up()
    values = [reply.first_frame_ms for reply in replies if reply.first_frame_ms is not None]
    return [
        f"{minutes:g}",
        str(turns),
        f"{nearest_rank(values, 0.50):.0f}",
        f"{max(values):.0f}",
        "yes" if is_open else "no",
        f"{grown_mb:.1f}",
    ]


async def _say(caller: TwilioCaller) -> list[Reply]:
    spoken = utterance(said(EMERGENCY), EMERGENCY, words=EMERGENCY, language="en")
    return (await caller.speak(spoken)).replies


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="benchmarks.voice_long", description=__doc__)
    parser.add_argument("--minutes", type=float, default=MOST_MINUTES, help="at most 10")
    describe_machine()
    asyncio.run(measure(parser.parse_args().minutes))
