"""The newest durations of each kind, as quantiles for a scraper that asks for no histogram."""

from collections import deque
from collections.abc import Iterator, Sequence

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from aurora.records.figures import percentile

NEWEST = 500
QUANTILES = (0.5, 0.9, 0.99)


class NewestSeconds(Collector):
    """The last NEWEST durations under each combination of labels, since the start."""

    def __init__(self, name: str, text: str, labels: Sequence[str]) -> None:
        self._name = name
        self._text = text
        self._labels = list(labels)
        self._seconds: dict[tuple[str, ...], deque[float]] = {}

    def observe(self, seconds: float, *labels: str) -> None:
        """Take one duration; labels in the order of their names."""
        self._seconds.setdefault(labels, deque(maxlen=NEWEST)).append(seconds)

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Return nearest-rank quantiles: each is a duration that was measured."""
        told = GaugeMetricFamily(self._name, self._text, labels=[*self._labels, "quantile"])
        for labels, seconds in self._seconds.items():
            ordered = sorted(seconds)
            for quantile in QUANTILES:
                if (value := percentile(ordered, quantile)) is not None:
                    told.add_metric([*labels, str(quantile)], value)
        yield told
