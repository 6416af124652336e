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
from aurora.triage.encoder import HAZARDS, MODEL, URGENCIES, Reading
from aurora.triage.rules import RuleVerdict

LEAST_LOG = -7.0
CRITICAL, URGENT, ASSISTIVE, NORMAL = range(4)
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
    """What the hazard of the rules adds to the encoder's probability of it."""


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


def features(
    wording: NDArray[np.float32], verdict: RuleVerdict, reading: Reading | None
) -> NDArray[np.float64]:
    """Return what is weighed, [14], or [18] with the encoder's reading.

    wording: probabilities by URGENCIES.
    """
    says = [float(name == _says(verdict)) for name in RULE_SAYS]
    flags = (
        verdict.is_live,
        verdict.is_drill,
        verdict.intent in (Intent.QUESTION, Intent.REPEAT),
    )
    read = _logs(reading.urgency) if reading is not None else []
    return np.array([*_logs(wording), *says, *map(float, flags), *read], np.float64)


def _logs(probabilities: NDArray[np.float32]) -> NDArray[np.float32]:
    logs: NDArray[np.float32] = np.maximum(np.log(np.maximum(probabilities, 1e-9)), LEAST_LOG)
    return logs


def rate(
    wording: NDArray[np.float32],
    verdict: RuleVerdict,
    reading: Reading | None,
    weights: Weights,
) -> Rating:
    """Return the rating; what the rules are sure is critical is never rated below urgent."""
    scores = weights.slopes @ features(wording, verdict, reading) + weights.offsets
    powers = np.exp(scores - scores.max())
    probabilities = powers / powers.sum()
    urgency = _level(probabilities, weights)
    if _says(verdict) == "critical" and not urgency.is_emergency:
        urgency = Urgency.URGENT
    return Rating(urgency, _hazard(reading, verdict, weights), probabilities)


def _level(probabilities: NDArray[np.float64], weights: Weights) -> Urgency:
    critical, urgent, assistive, normal = probabilities
    if critical >= weights.critical_from:
        return Urgency.CRITICAL
    if critical + urgent >= weights.urgent_from:
        return Urgency.URGENT
    return Urgency.ASSISTIVE if assistive >= normal else Urgency.NORMAL


def _hazard(reading: Reading | None, verdict: RuleVerdict, weights: Weights) -> Hazard:
    if reading is None:
        return verdict.hazard
    scores = reading.hazard.astype(np.float64)
    if verdict.hazard is not Hazard.NONE and verdict.hazard is not Hazard.OTHER:
        scores[HAZARDS.index(verdict.hazard)] += weights.rule_hazard
    return HAZARDS[int(scores.argmax())]


def _says(verdict: RuleVerdict) -> str:
    if verdict.urgency is None or verdict.intent is Intent.UNCLEAR:
        return "nothing"
    if not verdict.urgency.is_emergency:
        return verdict.urgency.value
    return verdict.urgency.value + (":soft" if is_softened(verdict.reasons) else "")


def is_softened(reasons: Sequence[str]) -> bool:
    """Whether every rule that fired did so inside a drill, the past or a what-if."""
    return bool(reasons) and all(":" in reason for reason in reasons)
