"""Figures over calls: nearest-rank percentiles, every urgency shown, nothing invented."""

from datetime import UTC, datetime

import pytest

from aurora.conversation.call import CallPlace
from aurora.conversation.timing import TurnTiming
from aurora.levels import Hazard, Urgency
from aurora.records.figures import emergency_stats, percentile, performance_metrics, stage_metrics
from aurora.records.history import FinishedTurn, Tally
from tests.line import NOON, new_call

SINCE = datetime(2026, 3, 1, tzinfo=UTC)


def turn(total_ms: float, urgency: Urgency = Urgency.CRITICAL) -> FinishedTurn:
    return FinishedTurn("call_1", NOON, urgency.value, total_ms)


@pytest.mark.parametrize(
    ("share", "value"), [(0.05, 15), (0.30, 20), (0.40, 20), (0.50, 35), (1.00, 50), (0.0, 15)]
)
def test_a_percentile_is_a_value_that_was_measured(share, value):
    assert percentile([50, 15, 35, 20, 40], share) == value


def test_a_percentile_of_one_value_is_that_value():
    assert [percentile([7.5], share) for share in (0.5, 0.9, 0.99)] == [7.5] * 3


def test_a_percentile_of_nothing_is_none():
    assert percentile([], 0.5) is None


def test_p99_of_a_hundred_is_the_ninety_ninth():
    assert percentile(range(1, 101), 0.99) == 99
    assert percentile(range(1, 101), 0.50) == 50
    assert percentile(range(1, 101), 0.90) == 90


def test_the_order_of_the_values_does_not_matter():
    values = [5, 1, 4, 2, 3]
    percentile(values, 0.5)

    assert values == [5, 1, 4, 2, 3]


def test_times_are_given_by_urgency_worst_first_beside_what_was_promised():
    turns = [turn(10), turn(30), turn(20), turn(400, Urgency.NORMAL)]
    metrics = performance_metrics(turns, SINCE)

    assert list(metrics["by_urgency"]) == ["critical", "urgent", "normal", "assistive"]
    assert metrics["by_urgency"]["critical"] == {
        "budget": 300,
        "count": 3,
        "p50": 20,
        "p90": 30,
        "p99": 30,
        "max": 30,
    }
    assert metrics["all"]["count"] == 4
    assert metrics["all"]["max"] == 400


def test_without_turns_there_are_no_times_rather_than_zeros():
    metrics = performance_metrics([], SINCE)

    nothing = {"count": 0, "p50": None, "p90": None, "p99": None, "max": None}
    assert metrics["all"] == nothing
    assert metrics["by_urgency"]["urgent"] == {"budget": 500, **nothing}


def test_what_was_measured_is_said_with_it():
    metrics = performance_metrics([], SINCE)

    assert metrics["unit"] == "ms"
    assert metrics["since"] == "2026-03-01T00:00:00+00:00"
    assert metrics["measured_from"] == "words received"
    assert metrics["measured_to"] == "answer ready"


def tally(**parts) -> Tally:
    row = {
        "calls": 1,
        "urgency": "critical",
        "hazard": "fire",
        "zone_id": "b",
        "status": "ended",
    }
    return Tally.of([row, {**row, **parts}])


def test_calls_are_counted_by_kind():
    stats = emergency_stats(tally(hazard="fall", zone_id=None, calls=3), [])

    assert stats["total_calls"] == 4
    assert stats["by_hazard"] == {"fall": 3, "fire": 1}
    assert stats["by_zone"] == {"b": 1}
    assert stats["by_status"] == {"ended": 4}


def test_every_urgency_is_shown_even_without_calls():
    stats = emergency_stats(Tally.of([]), [])

    assert stats["by_urgency"] == {"critical": 0, "urgent": 0, "normal": 0, "assistive": 0}
    assert list(stats["by_urgency"]) == ["critical", "urgent", "normal", "assistive"]
    assert stats["total_calls"] == stats["active_calls"] == 0


def test_open_calls_are_counted_by_their_urgency_now():
    calls = [
        new_call(id=f"call_{n}", urgency=urgency, hazard=Hazard.FIRE, place=CallPlace("x", "b"))
        for n, urgency in enumerate([Urgency.CRITICAL, Urgency.CRITICAL, Urgency.NORMAL])
    ]
    stats = emergency_stats(Tally.of([]), calls)

    assert stats["active_calls"] == 3
    assert stats["active_by_urgency"] == {"critical": 2, "normal": 1}


def test_stages_are_told_by_urgency_in_their_order():
    timings = [
        TurnTiming("critical", {"first_line": -40.0, "end_of_speech": 0.0}, is_ahead=True),
        TurnTiming("critical", {"end_of_speech": 0.0, "first_line": 200.0}),
        TurnTiming("normal", {"end_of_speech": 0.0, "text": 300.0}),
    ]

    metrics = stage_metrics(timings)

    assert metrics["turns"] == 3
    assert metrics["first_lines_before_the_end_of_the_turn"] == 1
    assert list(metrics["all"]) == ["end_of_speech", "text", "first_line"]
    assert metrics["critical"]["first_line"]["p50"] == -40.0
    assert metrics["critical"]["first_line"]["p99"] == 200.0
    assert metrics["normal"]["text"]["count"] == 1
    assert "urgent" not in metrics


def test_no_turns_with_sound_are_no_stages():
    assert stage_metrics([])["turns"] == 0


def test_what_was_typed_or_pressed_stands_apart_from_speech():
    timings = [
        TurnTiming("critical", {"first_line": 300.0}),
        TurnTiming("critical", {"first_line": 5.0}, by="panic"),
    ]

    metrics = stage_metrics(timings)

    assert metrics["turns"] == 1
    assert metrics["all"]["first_line"]["max"] == 300.0
    assert metrics["panic"]["first_line"]["p50"] == 5.0


def test_timings_kept_before_keys_were_timed_are_of_speech():
    kept = {"urgency": "urgent", "stages_ms": {"text": 1.0}, "is_ahead": False}

    assert TurnTiming.of(kept).by == "speech"
    assert TurnTiming.of(TurnTiming("urgent", by="key").as_record()).by == "key"
