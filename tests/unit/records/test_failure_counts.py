"""What goes wrong is counted, so that a rate of errors can wake somebody before a caller does."""

from typing import Any

from aurora.conversation.record import Event
from aurora.conversation.turn import Turn
from aurora.escalation.plan import ChannelKind
from aurora.records.metrics import Metrics
from tests.line import NOON, new_call


def a_turn(*events: Event) -> Turn:
    situation: Any = None
    return Turn(new_call(), situation, events=list(events))


def value(metrics: Metrics, name: str, **labels: str) -> float | None:
    return metrics.registry.get_sample_value(name, labels)


def test_a_turn_that_broke_inside_is_counted_as_one_and_as_a_failure() -> None:
    metrics = Metrics()
    assert value(metrics, "aurora_turn_failures_total") == 0
    metrics.turn_taken(a_turn(Event("turn_failed", NOON, {"error": "KeyError"})), 20.0)
    metrics.turn_taken(a_turn(), 20.0)

    line = new_call().line
    assert value(metrics, "aurora_turn_failures_total") == 1
    assert value(metrics, "aurora_turns_total", line=line, urgency="assistive") == 2


def test_an_alert_that_was_not_taken_is_counted_by_channel_from_zero() -> None:
    metrics = Metrics()
    metrics.alert_failed(ChannelKind.SMS)

    assert value(metrics, "aurora_alert_failures_total", channel="sms") == 1
    assert value(metrics, "aurora_alert_failures_total", channel="voice") == 0


def test_what_the_records_did_not_take_is_read_when_the_metrics_are() -> None:
    metrics, failures = Metrics(), [0]
    metrics.watch_records(lambda: failures[0])
    assert value(metrics, "aurora_records_failures_total") == 0

    failures[0] = 3
    assert "aurora_records_failures_total 3.0" in metrics.text(open_calls=0).decode()
