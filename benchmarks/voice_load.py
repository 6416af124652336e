"""Time and weigh the line's own part of a call by voice; recogniser and voice are stand-ins."""

import asyncio
from collections.abc import Awaitable, Iterable, Sequence

import numpy as np
from rich.table import Table

from aurora.records.figures import nearest_rank
from aurora.rehearsal.caller_speech import Utterance, utterance
from aurora.speech.codec import LINE_HZ
from benchmarks.figures import new_table, show
from benchmarks.stand_in_speech import StandInLine, running_line
from benchmarks.voice_callers import (
    Conversation,
    Manner,
    MeasuredCallers,
    MeasuredConnections,
    MeasuredStream,
    open_measured_client,
)
from tests.scripted_speech import said
from tests.unit.speech.sounds import level, noise

EMERGENCY = "There is smoke coming out of zone B."
EVERYDAY = "How do I reset the conveyor after a jam?"
QUICK_CHARS_PER_S, NATURAL_CHARS_PER_S = 60.0, 15.0
AT_ONCE = 30
TURNS = 3
STAGGER_S = 0.1
"""Callers do not speak in step."""
ALONE_TURNS = 12
"""One call after another: of fewer turns a p90 says nothing."""
SPEAKING_S = 8.0
LOOK_EVERY_S, IDLE_S = 1.0, 0.05
TRIALS = 20
TRIALS_AT_ONCE = 10
INTO_GREETING_S = 0.7
NOISE_BELOW_DB = 10.0
NOISE_S = 4.0
WARM_UP_CALLS = 25
LEAK_WITHIN_S = 80.0
FIGURES = ("n", "p50", "p90", "max", "target")


async def measure(sequential_calls: int) -> None:
    """Print what happens after the turn, what a call costs, interruptions, and the leak."""
    after = new_table(
        "The line's own part, in ms: recogniser and voice are stand-ins that take no time",
        "turn ended, frame sent: by the line's own clock, of answers that cannot be begun before "
        "the end; speech ended,\nframe received: by the caller's clock. Real voice activity, "
        "records and sockets; callers in another process",
        "words",
        "calls",
        "from, to",
        numbers=FIGURES,
    )
    costs = new_table(
        "What calls by voice cost and survive",
        "the line's process alone, without recogniser and voice; the callers are another process",
        "what",
        "from, to",
        numbers=("measured", "target"),
    )
    async with open_measured_client() as client:
        async with running_line(EVERYDAY, NATURAL_CHARS_PER_S) as line:
            callers = MeasuredCallers(client, line.url)
            # Weighed first: memory that ended calls gave back would be counted as none.
            await callers.converse([_spoken(EVERYDAY)], Manner(greeting_s=1.0))
            await _weigh(line, callers, costs)
            await _time_turns(callers, EVERYDAY, after, "everyday question")
            await _interrupt(callers, costs)
            await _make_noise(callers, costs)
        async with running_line(EMERGENCY, QUICK_CHARS_PER_S) as line:
            callers = MeasuredCallers(client, line.url)
            await _time_turns(callers, EMERGENCY, after, "emergency", turns=1, may_be_ahead=True)
            await _leak(line, callers, costs, sequential_calls)
    show(after)
    show(costs)


async def _time_turns(
    callers: MeasuredCallers,
    words: str,
    table: Table,
    name: str,
    turns: int = TURNS,
    *,
    may_be_ahead: bool = False,
) -> None:
    """May a line be spoken ahead, then nothing is left to do after the turn."""
    spoken = [_spoken(words)] * turns
    manner = Manner(greeting_s=1.0)
    alone = [await callers.converse(spoken, manner) for _ in range(ALONE_TURNS // turns)]
    together = await _together(_later(n * STAGGER_S, callers, spoken) for n in range(AT_ONCE))
    for calls, conversations in (("1", alone), (f"{AT_ONCE} at once", together)):
        if not may_be_ahead:
            own_ms = _after_turn_ms(conversations)
            _row(table, (name, calls, "turn ended, frame sent"), own_ms, "p50 5")
        target = f"p90 {1.2 * nearest_rank(_heard_ms(alone), 0.90):.0f}" if calls != "1" else ""
        heard_ms = _heard_ms(conversations)
        _row(table, (name, calls, "speech ended, frame received"), heard_ms, target)


def _heard_ms(conversations: Iterable[Conversation]) -> list[float]:
    replies = [reply.first_frame_ms for one in conversations for reply in one.replies]
    return [ms for ms in replies if ms is not None]


def _after_turn_ms(conversations: Iterable[Conversation]) -> list[float]:
    return [
        stages["first_audio_sent"] - stages["end_of_turn"]
        for one in conversations
        for stages in one.stages_ms
        if {"first_audio_sent", "end_of_turn"} <= stages.keys()
    ]


async def _weigh(line: StandInLine, callers: MeasuredCallers, table: Table) -> None:
    """Let all callers speak at once, and read the process's own counters meanwhile."""
    sound = said(EVERYDAY)
    times = round(SPEAKING_S * LINE_HZ / len(sound)) + 1
    long = utterance(np.tile(sound, times), "long")
    before_mb = line.rss_mb()
    connections = MeasuredConnections(Manner(answer_s=0.1))
    ringing = [callers.ringing(connections) for _ in range(AT_ONCE)]
    await asyncio.gather(*(caller.ring() for caller in ringing))
    cpu_s = line.cpu_s()
    speaking = [asyncio.create_task(caller.speak(long)) for caller in ringing]
    await asyncio.sleep(SPEAKING_S / 2)
    open_mb = (line.rss_mb() - before_mb) / AT_ONCE
    await asyncio.gather(*speaking)
    await asyncio.gather(*(caller.hang_up() for caller in ringing))
    # A full machine hears them late: what it has left to do is counted too.
    idle_cpu_s = await _until_idle(line)
    spent_ms = (idle_cpu_s - cpu_s) * 1000 / (AT_ONCE * long.speech_s)
    late_ms = [late * 1000 for stream in connections.streams for late in stream.lateness_s]
    table.add_row(
        "the callers' own frames, ms late",
        "each frame due, sent; over 20 the figures are limits",
        f"p50 {nearest_rank(late_ms, 0.50):.0f}, p99 {nearest_rank(late_ms, 0.99):.0f}",
        "",
    )
    table.add_row(
        "processor time per call-second, ms",
        f"{AT_ONCE} callers begin to speak for {long.speech_s:.0f} s, all is done",
        f"{spent_ms:.1f}",
        "15",
    )
    table.add_row(
        "memory per call, MB", f"before {AT_ONCE} calls, while all speak", f"{open_mb:.2f}", "1"
    )


async def _until_idle(line: StandInLine) -> float:
    """Return the processor time used once the line has nothing to do."""
    while True:
        before_s = line.cpu_s()
        await asyncio.sleep(LOOK_EVERY_S)
        if line.cpu_s() - before_s < IDLE_S:
            return line.cpu_s()


async def _interrupt(callers: MeasuredCallers, table: Table) -> None:
    """Speak over the greeting; the sound stops where the line's `clear` comes."""
    streams = await _over_the_greeting(callers, [_spoken(EVERYDAY)] * TRIALS)
    silent_ms = [(s.clears[0] - s.spoke_at) * 1000 for s in streams if s.clears]
    shown = "never"
    if silent_ms:
        values = (nearest_rank(silent_ms, 0.50), nearest_rank(silent_ms, 0.90), max(silent_ms))
        shown = "p50 {:.0f}, p90 {:.0f}, max {:.0f}".format(*values)
    table.add_row(
        f"barge-in, ms ({len(silent_ms)} of {TRIALS} stopped)",
        "first frame of speech sent, `clear` received",
        shown,
        "200",
    )


async def _make_noise(callers: MeasuredCallers, table: Table) -> None:
    """Let an engine run behind the caller while the line speaks."""
    loud = level(said(EVERYDAY)) / 10 ** (NOISE_BELOW_DB / 20)
    engines = [
        utterance(noise(NOISE_S, loud, slope=2.0, seed=seed), "engine") for seed in range(TRIALS)
    ]
    streams = await _over_the_greeting(callers, engines)
    undisturbed = sum(not stream.clears for stream in streams)
    table.add_row(
        "engine noise does not interrupt",
        f"{NOISE_S:g} s, {NOISE_BELOW_DB:g} dB under speech, over the greeting",
        f"{undisturbed} of {TRIALS}",
        f"{TRIALS} of {TRIALS}",
    )


async def _over_the_greeting(
    callers: MeasuredCallers, sounds: Sequence[Utterance]
) -> Sequence[MeasuredStream]:
    connections = MeasuredConnections(Manner(greeting_s=INTO_GREETING_S, answer_s=0.1))
    for start in range(0, len(sounds), TRIALS_AT_ONCE):
        await _together(
            callers.converse([one], connections.manner, connections=connections, reads_record=False)
            for one in sounds[start : start + TRIALS_AT_ONCE]
        )
    return connections.streams


async def _leak(line: StandInLine, callers: MeasuredCallers, table: Table, calls: int) -> None:
    """One call after another, sent as fast as it can be: each speaks once and hangs up."""
    spoken = [_spoken(EMERGENCY)]
    manner = Manner(greeting_s=0.0, answer_s=0.0, is_hasty=True)
    for _ in range(WARM_UP_CALLS):
        await callers.converse(spoken, manner, reads_record=False)
    before_mb = line.rss_mb()
    until, made = asyncio.get_running_loop().time() + LEAK_WITHIN_S, 0
    while made < calls and asyncio.get_running_loop().time() < until:
        await callers.converse(spoken, manner, reads_record=False)
        made += 1
    grown = line.rss_mb() - before_mb
    table.add_row(
        "memory grown, MB",
        f"{made} of {calls} calls one after another, {WARM_UP_CALLS} before them",
        f"{grown:.2f}",
        "5",
    )


def _spoken(words: str) -> Utterance:
    return utterance(said(words), words, words=words, language="en")


async def _later(
    seconds: float, callers: MeasuredCallers, turns: Sequence[Utterance]
) -> Conversation:
    await asyncio.sleep(seconds)
    return await callers.converse(turns, Manner(greeting_s=1.0))


async def _together(calls: Iterable[Awaitable[Conversation]]) -> list[Conversation]:
    return list(await asyncio.gather(*calls))


def _row(table: Table, names: Sequence[str], values: Sequence[float], target: str) -> None:
    shown = ["-"] * 3
    if values:
        shown = [
            f"{v:,.1f}"
            for v in (nearest_rank(values, 0.50), nearest_rank(values, 0.90), max(values))
        ]
    table.add_row(*names, str(len(values)), *shown, target)
