"""Figures over many calls, as the API gives them; percentiles by the nearest-rank method."""

import math
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from aurora.conversation.call import Call
from aurora.conversation.timing import KEY, PANIC, SPEECH, STAGES, WORDS, TurnTiming
from aurora.levels import Urgency
from aurora.records.history import FinishedTurn, Tally

BUDGET_MS = {
    Urgency.CRITICAL: 300,
    Urgency.URGENT: 500,
    Urgency.NORMAL: 800,
    Urgency.ASSISTIVE: 1000,
}
"""What the original promised for each urgency, shown beside what was measured."""


def performance_metrics(turns: Iterable[FinishedTurn], since: datetime) -> dict[str, Any]:
    """Return response times in milliseconds, from words received to answer ready, by urgency."""
    by_urgency: dict[str, list[float]] = {urgency.value: [] for urgency in Urgency}
    for turn in turns:
        by_urgency[turn.urgency].append(turn.total_ms)
    everything = [ms for times in by_urgency.values() for ms in times]
    return {
        "since": since.isoformat(timespec="seconds"),
        "unit": "ms",
        "measured_from": "words received",
        "measured_to": "answer ready",
        "all": _distribution(everything),
        "by_urgency": {
            urgency.value: {"budget": BUDGET_MS[urgency], **_distribution(by_urgency[urgency])}
            for urgency in reversed(Urgency)
        },
    }


def stage_metrics(timings: Iterable[TurnTiming]) -> dict[str, Any]:
    """Return when the stages of turns were reached, on lines that bring sound, by urgency.

    What was typed or pressed needs no recogniser, and stands apart by what it was.
    """
    reached: dict[str, dict[str, list[float]]] = {}
    turns = ahead = 0
    for timing in timings:
        is_spoken = timing.by == SPEECH
        turns, ahead = turns + is_spoken, ahead + timing.is_ahead
        for stage, ms in timing.stages_ms.items():
            for group in ("all", timing.urgency) if is_spoken else (timing.by,):
                reached.setdefault(group, {}).setdefault(stage, []).append(ms)
    groups = ["all", *(urgency.value for urgency in reversed(Urgency)), WORDS, KEY, PANIC]
    return {
        "unit": "ms",
        "measured_from": "last frame of the caller's speech, or the key or words that came in",
        "turns": turns,
        "first_lines_before_the_end_of_the_turn": ahead,
        **{
            group: {
                stage: _distribution(reached[group][stage])
                for stage in STAGES
                if stage in reached[group]
            }
            for group in groups
            if group in reached
        },
    }


def emergency_stats(tally: Tally, open_calls: Sequence[Call]) -> dict[str, Any]:
    """Return how many calls there were and are, by urgency, hazard and zone."""
    return {
        "total_calls": tally.calls,
        "active_calls": len(open_calls),
        "active_by_urgency": _count(call.urgency.value for call in open_calls),
        "by_urgency": {level.value: tally.by_urgency.get(level, 0) for level in reversed(Urgency)},
        "by_hazard": dict(tally.by_hazard),
        "by_zone": dict(tally.by_zone),
        "by_status": dict(tally.by_status),
    }


def percentile(values: Sequence[float], share: float) -> float | None:
    """Return the nearest-rank percentile of the values, or None without any; share is 0 to 1."""
    return nearest_rank(values, share) if values else None


def nearest_rank(values: Sequence[float], share: float) -> float:
    """The same of one value or more: the smallest that this share of them does not exceed."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def _distribution(values: Sequence[float]) -> dict[str, Any]:
    return {
        "count": len(values),
        "p50": percentile(values, 0.50),
        "p90": percentile(values, 0.90),
        "p99": percentile(values, 0.99),
        "max": max(values, default=None),
    }


def _count(values: Iterable[str]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for value in values:
        counts[value] = counts.get(value, 0) + 1
    return counts
