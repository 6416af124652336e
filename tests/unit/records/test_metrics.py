"""What a scraper reads of how long callers waited: shares within a promise, and quantiles."""

from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from aurora.conversation.call import Call
from aurora.conversation.timing import TurnTiming
from aurora.conversation.turn import Turn
from aurora.levels import Urgency
from aurora.records.figures import BUDGET_MS
from aurora.records.metrics import BUCKETS_S, Metrics
from aurora.records.newest import NEWEST
from tests.line import new_call


def values(metrics: Metrics, name: str, **labels: str) -> dict[str, float]:
    """The samples of a name with these labels, by quantile or bound."""
    return {
        sample.labels.get("quantile") or sample.labels.get("le") or "": sample.value
        for family in text_string_to_metric_families(metrics.text(0).decode())
        for sample in family.samples
        if sample.name == name and labels.items() <= sample.labels.items()
    }


def turn_of(call: Call) -> Turn:
    situation: Any = None
    return Turn(call, situation)


def timed(*heard_ms: float, urgency: str = "critical") -> Metrics:
    metrics = Metrics()
    for ms in heard_ms:
        metrics.turn_timed(TurnTiming(urgency, {"first_audio_heard": ms}))
    return metrics


@pytest.mark.parametrize("within_s", [0.35, 0.9, *(ms / 1000 for ms in BUDGET_MS.values())])
def test_the_share_of_turns_within_each_promise_can_be_read_off(within_s):
    assert within_s in BUCKETS_S
    metrics = timed(within_s * 1000 - 1, within_s * 1000 + 1)

    within = values(metrics, "aurora_stage_seconds_bucket", stage="first_audio_heard")

    assert within[str(within_s)] == 1.0
    assert within["+Inf"] == 2.0


def test_half_nine_tenths_and_all_but_one_percent_are_told_by_stage_and_urgency():
    metrics = timed(*range(1, 101))
    metrics.turn_timed(TurnTiming("normal", {"first_audio_heard": 900.0}))

    name = "aurora_newest_stage_seconds"
    critical = values(metrics, name, stage="first_audio_heard", urgency="critical")
    assert critical == {"0.5": 0.05, "0.9": 0.09, "0.99": 0.099}
    assert values(metrics, name, urgency="normal")["0.9"] == 0.9
    assert values(metrics, name, urgency="urgent") == {}


def test_a_line_chosen_before_the_last_word_is_told_as_the_time_before_it():
    metrics = timed(-40.0)

    assert values(metrics, "aurora_newest_stage_seconds")["0.5"] == -0.04


def test_turns_are_told_by_urgency_whatever_line_they_came_by():
    metrics = Metrics()
    for total_ms in (4.0, 8.0):
        metrics.turn_taken(turn_of(new_call(urgency=Urgency.URGENT)), total_ms)

    told = values(metrics, "aurora_newest_turn_seconds", urgency="urgent")
    assert told == {"0.5": 0.004, "0.9": 0.008, "0.99": 0.008}


def test_only_the_newest_turns_count():
    metrics = timed(*[5000.0] * 10, *[100.0] * NEWEST)

    assert values(metrics, "aurora_newest_stage_seconds")["0.99"] == 0.1


def test_keys_and_typed_words_are_told_apart_from_speech():
    metrics = timed(300.0)
    metrics.turn_timed(TurnTiming("critical", {"first_audio_heard": 20.0}, by="panic"))

    assert values(metrics, "aurora_newest_stage_seconds")["0.5"] == 0.3
    assert values(metrics, "aurora_stage_seconds_count") == {"": 1.0}
    assert values(metrics, "aurora_newest_press_seconds", by="panic")["0.99"] == 0.02
