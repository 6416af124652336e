"""Fit how rules and encoder are weighed, on the `tune` lines, which neither was made from."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from sklearn.linear_model import LogisticRegression

from aurora.levels import Hazard
from aurora.triage.decide import Scales, Weights, features, rate
from aurora.triage.encoder import URGENCIES, Reading
from aurora.triage.rules import RuleVerdict
from aurora.triage.wording import Worded
from training.corpus import Labelled

THRESHOLDS = 0.30, 0.45
"""Of critical, and of critical and urgent together: below a half, for a miss costs more than an
alarm, and high enough that nine alarms in ten are real."""
PARTIAL_THRESHOLDS = 0.5, 0.6
"""A partial sentence is not over: what it says next may change it, and it will be rated again."""
STRENGTH = 0.3
"""C of the regression: some 900 lines bear few large weights."""
RULE_HAZARDS = (0.0, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0)


@dataclass(frozen=True)
class Heard:
    """What each part says of the tune lines, in their order."""

    lines: Sequence[Labelled]
    wordings: Sequence[Worded]
    verdicts: Sequence[RuleVerdict]
    readings: Sequence[Reading | None]


def fit_scales(heard: Heard) -> Scales:
    """Return the weights for whole sentences and for partial ones."""
    partial = replace(heard, readings=[None] * len(heard.lines))
    return Scales(_fitted(heard, THRESHOLDS), _fitted(partial, PARTIAL_THRESHOLDS))


def _fitted(heard: Heard, thresholds: tuple[float, float]) -> Weights:
    inputs = np.array([features(w, v, r) for w, v, r in _each(heard)])
    gold = [URGENCIES.index(line.urgency) for line in heard.lines]
    model = LogisticRegression(C=STRENGTH, max_iter=5_000).fit(inputs, gold)
    weights = Weights(model.coef_, model.intercept_, *thresholds, rule_hazard=0.0)
    return replace(weights, rule_hazard=_rule_hazard(heard, weights))


def _each(
    heard: Heard,
) -> Iterator[tuple[Worded, RuleVerdict, Reading | None]]:
    return zip(heard.wordings, heard.verdicts, heard.readings, strict=True)


def _rule_hazard(heard: Heard, weights: Weights) -> float:
    def right(share: float) -> int:
        tried = replace(weights, rule_hazard=share)
        return sum(
            rate(wording, verdict, reading, tried).hazard is line.hazard
            for line, (wording, verdict, reading) in zip(heard.lines, _each(heard), strict=True)
            if line.hazard not in (Hazard.NONE, Hazard.OTHER)
        )

    return max(RULE_HAZARDS, key=right)
