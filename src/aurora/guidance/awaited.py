"""What the caller's next yes or no is about: the question spoken last, whichever line asked it."""

from aurora.guidance.procedure import Procedure
from aurora.guidance.spoken import Situation
from aurora.triage.assessment import Assessment, Intent


def note_asked(situation: Situation, fact: str) -> None:
    """A question about this fact is about to be spoken; the next answer belongs to it."""
    state = situation.state
    state.awaiting = fact
    state.asks_anew = fact in situation.facts
    state.asked[fact] = state.asked.get(fact, 0) + 1
    state.questions += 1


def take_answer(
    situation: Situation, procedure: Procedure, assessment: Assessment
) -> frozenset[str]:
    """A yes or no belongs to the question that was asked, unless the words say more than that.

    Returns every fact that these words tell.
    """
    state, facts, awaiting = situation.state, situation.facts, situation.state.awaiting
    told = frozenset(assessment.facts)
    if awaiting is None:
        return told
    is_answer = assessment.intent in (Intent.YES, Intent.NO)
    is_told = (awaiting in facts and not state.asks_anew) or awaiting in assessment.facts
    if is_answer and not is_told and not procedure.is_open(awaiting):
        facts[awaiting] = assessment.intent is Intent.YES
        told |= {awaiting}
    if is_answer or is_told:
        state.awaiting = None
    return told
