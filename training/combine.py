"""Fit how rules and encoder are weighed, on the `tune` lines, which neither was made from."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from aurora.levels import Hazard
from aurora.triage.decide import CRITICAL, URGENT, Scales, Weights, features, rate
from aurora.triage.encoder import URGENCIES, Reading
from aurora.triage.rules import RuleVerdict
from training.corpus import Labelled

LEAST_CRITICAL_RECALL = 0.985
MOST_UNDER_TRIAGED = 0.015
BOUNDS = 0.1, 0.5
"""Of the thresholds: below, everything is an emergency; above, too much is missed."""
STRENGTH = 0.3
"""C of the regression: some 900 lines bear few large weights."""
RULE_HAZARDS = (0.0, 0.1, 0.2, 0.3, 0.4, 0.6, 0.8)


@dataclass(frozen=True)
class Heard:
    """What each part says of the tune lines, in their order."""

    lines: Sequence[Labelled]
    wordings: Sequence[NDArray[np.float32]]
    verdicts: Sequence[RuleVerdict]
    readings: Sequence[Reading | None]


def fit_scales(heard: Heard) -> Scales:
    """Return the weights for whole sentences and for partial ones."""
    partial = replace(heard, readings=[None] * len(heard.lines))
    return Scales(_fitted(heard), _fitted(partial))


def _fitted(heard: Heard) -> Weights:
    """The weights, and the thresholds that keep under-triage where it must be."""
    inputs = np.array([features(w, v, r) for w, v, r in _each(heard)])
    gold = np.array([URGENCIES.index(line.urgency) for line in heard.lines])
    model = LogisticRegression(C=STRENGTH, max_iter=5_000).fit(inputs, gold)
    probabilities = model.predict_proba(inputs)
    found = probabilities[gold == CRITICAL, CRITICAL]
    danger = probabilities[:, [CRITICAL, URGENT]].sum(axis=1)
    weights = Weights(
        slopes=model.coef_,
        offsets=model.intercept_,
        critical_from=_highest_threshold(found, 1 - LEAST_CRITICAL_RECALL),
        urgent_from=_highest_threshold(danger[gold <= URGENT], MOST_UNDER_TRIAGED),
        rule_hazard=0.0,
    )
    return replace(weights, rule_hazard=_rule_hazard(heard, weights))


def _each(
    heard: Heard,
) -> Iterator[tuple[NDArray[np.float32], RuleVerdict, Reading | None]]:
    return zip(heard.wordings, heard.verdicts, heard.readings, strict=True)


def _highest_threshold(probabilities: NDArray[np.float64], lost: float) -> float:
    """The highest threshold within bounds that leaves at most this share below it."""
    return float(np.clip(np.quantile(probabilities, lost), *BOUNDS))


def _rule_hazard(heard: Heard, weights: Weights) -> float:
    def right(share: float) -> int:
        tried = replace(weights, rule_hazard=share)
        return sum(
            rate(wording, verdict, reading, tried).hazard is line.hazard
            for line, (wording, verdict, reading) in zip(heard.lines, _each(heard), strict=True)
            if line.hazard not in (Hazard.NONE, Hazard.OTHER)
        )

    return max(RULE_HAZARDS, key=right)
