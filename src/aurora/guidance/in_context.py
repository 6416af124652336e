"""Take back what no longer means what it did: a hazard only named, being out of another danger."""

from collections.abc import Collection
from dataclasses import replace

from aurora.guidance.cues import Cue
from aurora.guidance.library import DANGEROUS_PLACES
from aurora.guidance.procedure import Procedure
from aurora.guidance.spoken import Situation
from aurora.levels import Hazard
from aurora.triage.assessment import Assessment

SMARTING = frozenset(
    {"chemical_splash", "burns", "arc_flash", "steam", "spill", "hydraulic_injection"}
    | {"chlorine", "ammonia", "toxic_gas"}
)
"""Procedures whose casualty says "it burns" of skin, eyes or throat."""


def in_context(assessment: Assessment, running: str | None, cues: Collection[Cue]) -> Assessment:
    """Return the rating without a fire that is only pain, for which a shower must not be left, and
    without an explosion that a bomb threat only threatens, for which nobody may be told of a second
    blast.

    running: the procedure that runs. The urgency stays.
    """
    is_pain = running in SMARTING and Cue.SMARTS in cues and assessment.hazard is Hazard.FIRE
    is_threat = (
        running == "security_threat"
        and assessment.hazard is Hazard.EXPLOSION
        and Cue.BLAST not in cues
    )
    if not (is_pain or is_threat):
        return assessment
    return replace(assessment, hazard=Hazard.NONE, procedure=None)


def forget_the_way_out(
    situation: Situation, place: Procedure | None, assessment: Assessment
) -> None:
    """Whoever was out of one danger is not, by that, out of the next, which `place` is about."""
    if place is None or place.procedure not in DANGEROUS_PLACES:
        return
    if situation.state.procedure is None:
        return
    for fact in place.hold_until.keys() - assessment.facts.keys():
        situation.facts.pop(fact, None)
