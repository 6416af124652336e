"""Score ratings of single utterances against their labels; rating them is left to rating."""

import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Labelled = Mapping[str, Any]
Rated = Mapping[str, Any]

DANGER = {"critical": 2, "urgent": 1, "normal": 0, "assistive": 0}
"""Normal and assistive are equally safe to confuse."""
NOT_RATED = -1
Z_95 = 1.96
MARK = re.compile(r"\b(?:[A-Z]|\w*\d\w*)\b")
"""What tells a zone or a line from its neighbour."""
JOINING = frozenset(
    {
        *("the", "of", "at", "in", "de", "la", "el", "los", "las", "del"),
        *("le", "les", "du", "des", "der", "die", "das", "am", "im"),
    }
)


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many."""

    hits: int
    of: int

    @property
    def rate(self) -> float | None:
        return self.hits / self.of if self.of else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """The 95 % Wilson interval."""
        if not self.of:
            return None
        rate, spread = self.hits / self.of, Z_95**2 / self.of
        middle = (rate + spread / 2) / (1 + spread)
        reach = Z_95 * math.sqrt(rate * (1 - rate) / self.of + spread / (4 * self.of))
        reach /= 1 + spread
        return max(0.0, middle - reach), min(1.0, middle + reach)


@dataclass(frozen=True, slots=True)
class UrgencyScore:
    """How a set of utterances was rated."""

    strict: Share
    lenient: Share
    critical_recall: Share
    critical_lost: Share
    """Critical ones called normal or assistive, or not rated: the worst there is."""
    under: Share
    over: Share
    false_alarm: Share
    hazard: Share
    place: Share
    """Of those that say one."""
    macro_f1: float | None


def score_urgency(labelled: Sequence[Labelled], ratings: Mapping[Any, Rated]) -> UrgencyScore:
    """Return the score of one set; an utterance without a rating counts as the worst answer."""

    def said(item: Labelled) -> Any:
        return ratings.get(item["id"], {}).get("urgency")

    def danger(item: Labelled) -> int:
        return DANGER.get(said(item), NOT_RATED)

    def accepted(item: Labelled) -> list[int]:
        return [DANGER[level] for level in item["accept"]]

    def share(items: Iterable[Labelled], is_hit: Callable[[Labelled], bool]) -> Share:
        hits = [is_hit(item) for item in items]
        return Share(sum(hits), len(hits))

    def rated_alike(item: Labelled) -> bool:
        return bool(ratings.get(item["id"], {}).get("hazard") == item["hazard"])

    def is_placed(item: Labelled) -> bool:
        return is_same_place(ratings.get(item["id"], {}).get("zone") or "", item["zone"])

    critical = [item for item in labelled if item["urgency"] == "critical"]
    actionable = [item for item in labelled if DANGER[item["urgency"]] >= 1]
    calm = [item for item in labelled if DANGER[item["urgency"]] == 0]
    return UrgencyScore(
        strict=share(labelled, lambda item: said(item) == item["urgency"]),
        lenient=share(labelled, lambda item: said(item) in item["accept"]),
        critical_recall=share(critical, lambda item: said(item) == "critical"),
        critical_lost=share(critical, lambda item: danger(item) <= 0),
        under=share(actionable, lambda item: danger(item) < min(accepted(item))),
        over=share(
            [item for item in labelled if DANGER[item["urgency"]] < 2],
            lambda item: danger(item) > max(accepted(item)),
        ),
        false_alarm=share(calm, lambda item: danger(item) > max(accepted(item))),
        hazard=share(
            [item for item in labelled if item["hazard"] not in ("none", "other")], rated_alike
        ),
        place=share([item for item in labelled if item.get("zone")], is_placed),
        macro_f1=_macro_f1([(item["urgency"], said(item)) for item in labelled]),
    )


def _macro_f1(pairs: Sequence[tuple[str, Any]]) -> float | None:
    scores = []
    for level in DANGER:
        right = sum(gold == said == level for gold, said in pairs)
        gold_or_said = sum(gold == level for gold, _ in pairs) + sum(
            said == level for _, said in pairs
        )
        if any(gold == level for gold, _ in pairs):
            scores.append(2 * right / gold_or_said)
    return sum(scores) / len(scores) if scores else None


def is_same_place(said: str, meant: str) -> bool:
    """Tell whether two names share a word and no letter or number in them differs.

    "Boiler house" is the boiler house roof; "Zone A" is not "Zone B".
    """
    shared = _words(said) & _words(meant)
    marks_said, marks_meant = set(MARK.findall(said)), set(MARK.findall(meant))
    return bool(shared) and (not marks_said or not marks_meant or marks_said == marks_meant)


def _words(place: str) -> set[str]:
    return set(re.findall(r"\w+", place.lower())) - JOINING
