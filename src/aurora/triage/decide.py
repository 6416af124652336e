"""Make one rating of what rules, wording and encoder say of a sentence; knows no call."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from aurora.levels import Hazard, Urgency
from aurora.triage.assessment import Intent
from aurora.triage.encoder import HAZARDS, MODEL, Reading
from aurora.triage.rules import RuleVerdict
from aurora.triage.wording import Worded

LEAST_LOG = -7.0
CRITICAL, URGENT, ASSISTIVE, NORMAL = range(4)
NO_HAZARD = [HAZARDS.index(Hazard.NONE)]
WORDED_SHARE = 0.7
"""Of the wording's say on the hazard, beside the encoder's."""
LEAST_HAZARD = 1e-3
"""No part may rule a hazard out: what it has never met it rates too low."""
RULE_SAYS = ("nothing", "assistive", "normal", "urgent", "urgent:soft", "critical", "critical:soft")
"""What the rules may say, as the combination sees it; soft: inside a drill, the past, a what-if."""


@dataclass(frozen=True, slots=True)
class Weights:
    """How what each says is weighed; fitted on sentences that none of them was made from."""

    slopes: NDArray[np.float64]
    """[4 urgencies, features]."""
    offsets: NDArray[np.float64]
    critical_from: float
    """Probability of critical from which a sentence is rated so."""
    urgent_from: float
    """Probability of critical and urgent together from which it is at least urgent."""
    rule_hazard: float
    """What the hazard of the rules adds to the logarithm of its probability."""


@dataclass(frozen=True, slots=True)
class Rating:
    """The urgency and hazard of one sentence."""

    urgency: Urgency
    hazard: Hazard
    probabilities: NDArray[np.float64]
    """By URGENCIES, calibrated."""

    @property
    def danger(self) -> float:
        """Probability that it is critical or urgent, 0 to 1."""
        return float(self.probabilities[CRITICAL] + self.probabilities[URGENT])


@dataclass(frozen=True, slots=True)
class Scales:
    """The weights for a whole sentence, and for a partial one that the encoder does not read."""

    whole: Weights
    partial: Weights


def load_scales(folder: Path = MODEL) -> Scales:
    """Read the weights beside the models they were fitted with."""
    card = orjson.loads((folder / "card.json").read_bytes())["weights"]
    return Scales(_weights(card["whole"]), _weights(card["partial"]))


def _weights(card: dict[str, Any]) -> Weights:
    return Weights(
        np.array(card["slopes"]),
        np.array(card["offsets"]),
        card["critical_from"],
        card["urgent_from"],
        card["rule_hazard"],
    )


def features(worded: Worded, verdict: RuleVerdict, reading: Reading | None) -> NDArray[np.float64]:
    """Return what is weighed, [15], or [20] with the encoder's reading."""
    says = [float(name == _says(verdict)) for name in RULE_SAYS]
    flags = (
        verdict.is_live,
        verdict.is_drill,
        verdict.intent in (Intent.QUESTION, Intent.REPEAT),
    )
    known = [*_logs(worded.urgency), *_logs(worded.hazard[NO_HAZARD]), *says, *flags]
    if reading is not None:
        known += [*_logs(reading.urgency), *_logs(reading.hazard[NO_HAZARD])]
    return np.array(known, np.float64)


def _logs(probabilities: NDArray[np.float32]) -> NDArray[np.float64]:
    return np.maximum(np.log(np.maximum(probabilities, 1e-9, dtype=np.float64)), LEAST_LOG)


def rate(worded: Worded, verdict: RuleVerdict, reading: Reading | None, weights: Weights) -> Rating:
    """Return the rating; what the rules are sure is critical is never rated below urgent."""
    scores = weights.slopes @ features(worded, verdict, reading) + weights.offsets
    powers = np.exp(scores - scores.max())
    probabilities = powers / powers.sum()
    urgency = _level(probabilities, weights)
    if _says(verdict) == "critical" and not urgency.is_emergency:
        urgency = Urgency.URGENT
    hazard = _hazard(worded, verdict, reading, weights, may_be_none=not urgency.is_emergency)
    return Rating(urgency, hazard, probabilities)


def _level(probabilities: NDArray[np.float64], weights: Weights) -> Urgency:
    critical, urgent, assistive, normal = probabilities
    if critical >= weights.critical_from:
        return Urgency.CRITICAL
    if critical + urgent >= weights.urgent_from:
        return Urgency.URGENT
    return Urgency.ASSISTIVE if assistive >= normal else Urgency.NORMAL


def _hazard(
    worded: Worded,
    verdict: RuleVerdict,
    reading: Reading | None,
    weights: Weights,
    *,
    may_be_none: bool,
) -> Hazard:
    """The likeliest hazard; an emergency has one."""
    scores = _hazard_logs(worded.hazard) * WORDED_SHARE
    if reading is not None:
        scores = scores + _hazard_logs(reading.hazard)
    if verdict.hazard not in (Hazard.NONE, Hazard.OTHER):
        scores[HAZARDS.index(verdict.hazard)] += weights.rule_hazard
    if not may_be_none:
        scores[NO_HAZARD] = -np.inf
    return HAZARDS[int(scores.argmax())]


def _hazard_logs(probabilities: NDArray[np.float32]) -> NDArray[np.float64]:
    return np.log(np.maximum(probabilities, LEAST_HAZARD, dtype=np.float64))


def _says(verdict: RuleVerdict) -> str:
    if verdict.urgency is None or verdict.intent is Intent.UNCLEAR:
        return "nothing"
    if not verdict.urgency.is_emergency:
        return verdict.urgency.value
    return verdict.urgency.value + (":soft" if is_softened(verdict.reasons) else "")


def is_softened(reasons: Sequence[str]) -> bool:
    """Whether every rule that fired did so inside a drill, the past or a what-if."""
    return bool(reasons) and all(":" in reason for reason in reasons)
