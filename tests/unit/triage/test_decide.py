"""One rating out of rules, wording and encoder."""

import numpy as np
import pytest

from aurora.levels import Hazard, Urgency
from aurora.triage.assessment import Intent
from aurora.triage.decide import Weights, features, rate
from aurora.triage.encoder import HAZARDS, URGENCIES, Reading
from aurora.triage.rules import RuleVerdict
from aurora.triage.wording import Worded

NOTHING = RuleVerdict(urgency=None)
EVEN = Worded(np.full(4, 1 / 4, np.float32), np.full(len(HAZARDS), 0.001, np.float32))


def trusting_the_encoder(**changed: float) -> Weights:
    """Weights under which the rating is the encoder's own."""
    slopes = np.zeros((4, len(features(EVEN, NOTHING, a_reading(Urgency.NORMAL)))))
    slopes[:, -5:-1] = np.eye(4)
    return Weights(
        slopes,
        np.zeros(4),
        changed.get("critical_from", 0.3),
        changed.get("urgent_from", 0.5),
        changed.get("rule_hazard", 2.5),
    )


def a_reading(
    urgency: Urgency, share: float = 0.97, hazard: Hazard = Hazard.FIRE, hazard_share: float = 0.9
) -> Reading:
    levels = np.full(4, (1 - share) / 3, np.float32)
    levels[URGENCIES.index(urgency)] = share
    hazards = np.full(len(HAZARDS), (1 - hazard_share) / (len(HAZARDS) - 1), np.float32)
    hazards[HAZARDS.index(hazard)] = hazard_share
    return Reading(levels, hazards, np.zeros(2, np.float32))


def rated(reading: Reading, verdict: RuleVerdict = NOTHING, **changed: float):
    return rate(EVEN, verdict, reading, trusting_the_encoder(**changed))


@pytest.mark.parametrize("urgency", list(Urgency))
def test_what_is_likely_by_far_is_the_rating(urgency):
    assert rated(a_reading(urgency)).urgency is urgency


def test_a_fair_chance_of_critical_is_critical():
    assert rated(a_reading(Urgency.CRITICAL, 0.35)).urgency is Urgency.CRITICAL


def test_critical_and_urgent_together_make_it_at_least_urgent():
    reading = a_reading(Urgency.URGENT, 0.4)

    assert rated(reading).urgency is Urgency.URGENT


def test_words_the_rules_are_sure_of_are_never_rated_below_urgent():
    sure = RuleVerdict(urgency=Urgency.CRITICAL, hazard=Hazard.FIRE, reasons=("fire_present",))

    assert rated(a_reading(Urgency.NORMAL), sure).urgency is Urgency.URGENT


def test_a_rule_softened_by_a_drill_holds_nothing_up():
    soft = RuleVerdict(
        urgency=Urgency.CRITICAL, hazard=Hazard.FIRE, reasons=("fire_present:drill",)
    )

    assert rated(a_reading(Urgency.NORMAL), soft).urgency is Urgency.NORMAL


def test_what_the_rules_could_not_understand_counts_as_nothing_said():
    unclear = RuleVerdict(urgency=Urgency.URGENT, intent=Intent.UNCLEAR)

    assert np.array_equal(features(EVEN, unclear, None), features(EVEN, NOTHING, None))


def test_the_hazard_of_the_rules_wins_where_the_encoder_is_unsure():
    rules = RuleVerdict(urgency=Urgency.CRITICAL, hazard=Hazard.CHEMICAL, reasons=("spill",))

    unsure = rated(a_reading(Urgency.CRITICAL, hazard=Hazard.FIRE, hazard_share=0.3), rules)
    sure = rated(a_reading(Urgency.CRITICAL, hazard=Hazard.FIRE, hazard_share=0.9), rules)

    assert (unsure.hazard, sure.hazard) == (Hazard.CHEMICAL, Hazard.FIRE)


def test_danger_is_the_chance_that_somebody_must_act():
    rating = rated(a_reading(Urgency.NORMAL, 0.7))

    assert rating.danger == pytest.approx(0.2, abs=0.01)
    assert rating.probabilities.sum() == pytest.approx(1)


def test_a_partial_sentence_is_rated_without_the_encoder():
    weights = Weights(np.zeros((4, 15)), np.array([2.0, 0, 0, 0]), 0.3, 0.5, 0.0)
    rules = RuleVerdict(urgency=Urgency.CRITICAL, hazard=Hazard.FIRE, reasons=("fire_present",))

    rating = rate(EVEN, rules, None, weights)

    assert (rating.urgency, rating.hazard) == (Urgency.CRITICAL, Hazard.FIRE)
