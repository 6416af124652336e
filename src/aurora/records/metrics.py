"""Counters and histograms for Prometheus, fed by every finished turn."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily
from prometheus_client.registry import Collector

from aurora.conversation.observer import Observer
from aurora.conversation.timing import SPEECH, TurnTiming
from aurora.conversation.turn import Turn
from aurora.escalation.plan import ChannelKind
from aurora.records.newest import NewestSeconds

BUCKETS_S = (
    *(0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.35),
    *(0.5, 0.8, 0.9, 1.0, 1.5, 3.0, 5.0),
)
"""What is promised or aimed at is a bound, so that the share of turns within it can be read."""


class Metrics(Observer):
    """An observer of the switchboard; each application has its own registry."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        counter = partial(Counter, registry=self.registry)
        histogram = partial(Histogram, buckets=BUCKETS_S, registry=self.registry)
        self._turns = counter("aurora_turns", "Turns answered", ["line", "urgency"])
        self._seconds = histogram(
            "aurora_turn_seconds",
            "From words received to answer on record",
            ["urgency"],
        )
        self._refusals = counter(
            "aurora_grounding_refusals", "Sentences of the model that were not spoken", ["reason"]
        )
        self._faults = counter("aurora_model_faults", "Turns the model failed", ["reason"])
        self._alerts = counter("aurora_alerts_requested", "Roles asked for", ["role"])
        self._stages = histogram(
            "aurora_stage_seconds",
            "From the caller's last speech to each stage of the turn, on lines that bring sound",
            ["stage", "urgency"],
        )
        self._newest_turns = NewestSeconds(
            "aurora_newest_turn_seconds",
            "The same of the newest turns, by quantile",
            ["urgency"],
        )
        self._newest_stages = NewestSeconds(
            "aurora_newest_stage_seconds",
            "The same of the newest turns, by quantile; negative before the last speech",
            ["stage", "urgency"],
        )
        self._newest_presses = NewestSeconds(
            "aurora_newest_press_seconds",
            "From a key, the panic key or typed words to each stage of the turn, by quantile",
            ["by", "stage", "urgency"],
        )
        for newest in (self._newest_turns, self._newest_stages, self._newest_presses):
            self.registry.register(newest)
        self._turn_failures = counter(
            "aurora_turn_failures",
            "Turns that broke inside: the caller heard the safe line and a person was asked for",
        )
        self._alert_failures = counter(
            "aurora_alert_failures", "Alerts that a channel's provider did not take", ["channel"]
        )
        # From zero: the first failure of a channel must be an increase.
        for kind in ChannelKind:
            self._alert_failures.labels(kind.value)
        self.faults_in_a_row = 0
        """Turns that asked the model and got no answer, since the last that did."""
        self.last_fault: str | None = None
        self.has_model_answered = False
        """In the last turn that asked it."""
        self._speech = Gauge(
            "aurora_speech",
            "Of the speech workers and sentences",
            ["figure"],
            registry=self.registry,
        )
        self._speech_figures: Callable[[], Mapping[str, float]] = dict
        self._open = Gauge("aurora_calls_open", "Calls not ended", registry=self.registry)

    def watch_speech(self, figures: Callable[[], Mapping[str, float]]) -> None:
        """Ask for these figures whenever the metrics are read."""
        self._speech_figures = figures

    def watch_records(self, not_stored: Callable[[], int]) -> None:
        """Ask how many entries of calls were not stored whenever the metrics are read."""
        self.registry.register(_NotStored(not_stored))

    def alert_failed(self, channel: ChannelKind) -> None:
        """Count an alert that a provider did not take."""
        self._alert_failures.labels(channel.value).inc()

    def turn_taken(self, turn: Turn, total_ms: float) -> None:
        urgency = turn.call.urgency.value
        self._turns.labels(turn.call.line, urgency).inc()
        self._seconds.labels(urgency).observe(total_ms / 1000)
        self._newest_turns.observe(total_ms / 1000, urgency)
        for refusal in turn.refusals:
            self._refusals.labels(refusal["reason"]).inc()
        self._note_model(turn)
        for event in turn.events:
            if event.kind == "alert_requested":
                for role in event.details["roles"]:
                    self._alerts.labels(role).inc()
            elif event.kind == "turn_failed":
                self._turn_failures.inc()

    def _note_model(self, turn: Turn) -> None:
        if turn.model_fault:
            self._faults.labels(turn.model_fault).inc()
            self.faults_in_a_row += 1
            self.last_fault = turn.model_fault
            self.has_model_answered = False
        elif "model" in turn.stages_ms:
            self.faults_in_a_row, self.last_fault = 0, None
            self.has_model_answered = True

    def turn_timed(self, timing: TurnTiming) -> None:
        if timing.by != SPEECH:
            for stage, ms in timing.stages_ms.items():
                self._newest_presses.observe(ms / 1000, timing.by, stage, timing.urgency)
            return
        for stage, ms in timing.stages_ms.items():
            # A line chosen while the caller still spoke took them no time at all.
            self._stages.labels(stage, timing.urgency).observe(max(ms, 0.0) / 1000)
            self._newest_stages.observe(ms / 1000, stage, timing.urgency)

    def text(self, open_calls: int) -> bytes:
        """Return the metrics in Prometheus' text format; open_calls is as the records have it."""
        self._open.set(open_calls)
        for name, value in self._speech_figures().items():
            self._speech.labels(name).set(value)
        return generate_latest(self.registry)


class _NotStored(Collector):
    """The records count what they could not store; this reads it."""

    def __init__(self, count: Callable[[], int]) -> None:
        self._count = count

    def collect(self) -> Iterator[CounterMetricFamily]:
        words = "Entries of calls that the database refused or was too slow for"
        yield CounterMetricFamily("aurora_records_failures", words, value=self._count())
