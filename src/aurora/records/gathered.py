"""What many calls come to, as it is added up, kept as JSON and taken back; pure.

Sums of two stretches of time add up to those of both: a year is made of days.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Self

import orjson

KINDS = ("urgency", "hazard", "zone_id", "language", "answer")
QUARTER_S = 900
"""A quarter of an hour: the least that clocks are put forward by, and that zones are apart."""


@dataclass(slots=True)
class Kinds:
    """Calls by what they were; drills apart."""

    by: dict[str, Counter[str]] = field(default_factory=lambda: {kind: Counter() for kind in KINDS})
    """By urgency, hazard, zone_id ("" for an unknown one), language and answer."""
    drills: int = 0

    @property
    def calls(self) -> int:
        return self.by["urgency"].total()

    def count(self, call: Mapping[str, Any]) -> None:
        """Add a row of the index."""
        if call["is_drill"]:
            self.drills += 1
            return
        for kind, counts in self.by.items():
            counts[call[kind] or ""] += 1

    def add(self, other: "Kinds") -> None:
        self.drills += other.drills
        for kind, counts in other.by.items():
            self.by[kind].update(counts)

    def as_json(self) -> str:
        return orjson.dumps({"drills": self.drills, "by": self.by}).decode()

    @classmethod
    def from_json(cls, text: str) -> Self:
        kept = orjson.loads(text)
        return cls({kind: Counter(kept["by"][kind]) for kind in KINDS}, kept["drills"])


@dataclass(slots=True)
class Gathered:
    """Calls that began in a stretch of time, and turns answered in it."""

    kinds: Kinds = field(default_factory=Kinds)
    began: dict[str, dict[str, list[int]]] = field(default_factory=dict)
    """Quarters of an hour since 1970, UTC, in which calls began that were no drill; by urgency and
    hazard."""
    delays_s: dict[str, list[tuple[float | None, float | None]]] = field(default_factory=dict)
    """Of calls with alerts, no drills: seconds to the first alert and to acceptance; by urgency."""
    turn_ms: dict[str, list[int]] = field(default_factory=dict)
    """Whole milliseconds from words received to answer ready, drills included; by urgency."""
    findings: dict[str, Counter[str]] = field(default_factory=dict)
    """How often each subject was found; by kind."""
    unanswered: Counter[str] = field(default_factory=Counter)
    """Questions that had no approved answer: never kept, for they are a caller's words."""

    def count_call(self, call: Mapping[str, Any]) -> None:
        """Add a row of the index."""
        self.kinds.count(call)
        if call["is_drill"]:
            return
        hazards = self.began.setdefault(call["urgency"], {})
        hazards.setdefault(call["hazard"], []).append(call["started_s"] // QUARTER_S)
        if call["answer"] != "not_asked":
            delays = (call["alerted_after_s"], call["accepted_after_s"])
            self.delays_s.setdefault(call["urgency"], []).append(delays)

    def count_turn(self, urgency: str, total_ms: float) -> None:
        self.turn_ms.setdefault(urgency, []).append(int(total_ms + 0.5))

    def count_finding(self, kind: str, subject: str, times: int) -> None:
        self.findings.setdefault(kind, Counter())[subject] += times

    def add(self, other: "Gathered") -> None:
        """Add another stretch's."""
        self.kinds.add(other.kinds)
        for urgency, hazards in other.began.items():
            own = self.began.setdefault(urgency, {})
            for hazard, quarters in hazards.items():
                own.setdefault(hazard, []).extend(quarters)
        for urgency, delays in other.delays_s.items():
            self.delays_s.setdefault(urgency, []).extend(delays)
        for urgency, times in other.turn_ms.items():
            self.turn_ms.setdefault(urgency, []).extend(times)
        for kind, subjects in other.findings.items():
            self.findings.setdefault(kind, Counter()).update(subjects)
        self.unanswered.update(other.unanswered)

    def details_as_json(self) -> str:
        """Return all but the kinds and the words."""
        kept = {name: getattr(self, name) for name in _KEPT}
        return orjson.dumps(kept).decode()

    @classmethod
    def from_json(cls, kinds: str, details: str) -> Self:
        kept = orjson.loads(details)
        return cls(Kinds.from_json(kinds), **{name: kept[name] for name in _KEPT})


_KEPT = ("began", "delays_s", "turn_ms", "findings")


def sum_of(parts: Iterable[Gathered]) -> Gathered:
    """Return what the parts come to together."""
    found = Gathered()
    for part in parts:
        found.add(part)
    return found
