"""Print how simulated calls were answered: times in a table, right first lines, failures."""

from collections import Counter
from collections.abc import Mapping, Sequence

from rich.console import Console
from rich.table import Table

from aurora.records.figures import nearest_rank
from aurora.rehearsal.simulation import Call, Plan

CAPTIONS = {
    "stream": "The last speech frame is found by energy in the recording itself. The line's own "
    "clock starts at the last window its voice activity took for speech.",
    "relay": "The last speech frame is found by energy in the recording itself; Twilio's "
    "recogniser is taken to need 350 ms, its voice 330 ms.",
}
UNRELIABLE_MS = 20.0
"""Frames later than one frame's length: this machine was too busy to measure the line."""


def print_simulation(
    calls: Sequence[Call], plan: Plan, expected: Mapping[str, str], out: Console
) -> None:
    """Print the table, then one line each for what is not a time."""
    out.print(_table(calls, plan, expected))
    for line in [
        *_openings(calls, expected),
        *_manners(calls),
        *_failures(calls),
        *_reliability(calls),
    ]:
        out.print(line, markup=False, highlight=False, soft_wrap=True)


def is_right(call: Call, expected: Mapping[str, str]) -> bool:
    """Whether the answer on record opens with the expected sentence."""
    sentence = expected.get(call.utterance.name)
    return bool(sentence) and (call.answer or "").startswith(sentence or "")


def _table(calls: Sequence[Call], plan: Plan, expected: Mapping[str, str]) -> Table:
    network = plan.impairment
    table = Table(
        title=f"{len(calls)} calls, {plan.calls_at_once} at once, {plan.line}, "
        f"loss {network.loss:.0%}, jitter {network.jitter_s * 1000:.0f} ms",
        caption=CAPTIONS[plan.line],
        title_justify="left",
        caption_justify="left",
    )
    table.add_column("ms from the last speech frame, sent")
    for column in ("n", "p50", "p90", "max"):
        table.add_column(column, justify="right")
    replies = [call.reply for call in calls if call.reply is not None]
    right = [call.reply for call in calls if call.reply is not None and is_right(call, expected)]
    _row(table, "first frame of the answer", [r.first_frame_ms for r in replies])
    _row(table, "  where the first line was right", [r.first_frame_ms for r in right])
    _row(table, "that frame in the caller's ear", [r.first_heard_ms for r in replies])
    stages = dict.fromkeys(stage for call in calls for stage in call.stages_ms)
    stages.pop("end_of_speech", None)
    for stage in stages:
        values = [call.stages_ms.get(stage) for call in calls]
        _row(table, f"  by the line's own clock: {stage}", values)
    return table


def _row(table: Table, name: str, measured: Sequence[float | None]) -> None:
    values = [value for value in measured if value is not None]
    shown = ["-"] * 3
    if values:
        figures = (nearest_rank(values, 0.5), nearest_rank(values, 0.9), max(values))
        shown = [f"{value:,.0f}" for value in figures]
    table.add_row(name, str(len(values)), *shown)


def _openings(calls: Sequence[Call], expected: Mapping[str, str]) -> list[str]:
    known = [call for call in calls if call.utterance.name in expected]
    if not known:
        return []
    wrong = [call for call in known if not is_right(call, expected)]
    right = len(known) - len(wrong)
    lines = [f"right first line: {right} of {len(known)} ({right / len(known):.0%})"]
    for call in wrong:
        understood = f"understood {call.understood!r}" if call.understood else "understood nothing"
        lines.append(f"  {call.utterance.name}: {understood}, answered {call.answer!r}")
    return lines


def _manners(calls: Sequence[Call]) -> list[str]:
    ahead = sum(call.was_ahead for call in calls)
    early = sum(call.reply is not None and call.reply.was_early for call in calls)
    again = sum(call.reply is not None and call.reply.times_taken_back > 0 for call in calls)
    return [
        f"first line before the end of the turn: {ahead}; begun before the caller had finished: "
        f"{early}; taken back and said otherwise: {again}"
    ]


def _failures(calls: Sequence[Call]) -> list[str]:
    failures = Counter(call.failure for call in calls if call.failure)
    if not failures:
        return ["failures: none"]
    return [
        f"failures: {failures.total()}",
        *(f"  {count} x {failure}" for failure, count in failures.most_common()),
    ]


def _reliability(calls: Sequence[Call]) -> list[str]:
    late_ms = [late * 1000 for call in calls for late in call.lateness_s]
    if not late_ms:
        return []
    p99 = nearest_rank(late_ms, 0.99)
    doubt = "" if p99 < UNRELIABLE_MS else "; this machine was too busy: read the times as limits"
    return [f"the callers' own frames: p99 {p99:.1f} ms late, max {max(late_ms):.1f} ms{doubt}"]
