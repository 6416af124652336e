"""What the caller's next yes or no is about: the question spoken last, whichever line asked it."""

from aurora.guidance.holds import is_awake, is_resting
from aurora.guidance.items import (
    MAX_TIMES_ASKED,
    UNSURE_IF_AWAKE,
    is_no_breath,
    open_branches,
    unanswered_ask,
)
from aurora.guidance.procedure import Ask, Procedure
from aurora.guidance.shut_in import is_shut_in
from aurora.guidance.spoken import Guidance, Situation, is_fresh, questions_in_a_row, was_said
from aurora.levels import Hazard
from aurora.triage.assessment import Assessment, Intent

ANEW = MAX_TIMES_ASKED + 1
"""Asked twice already, it is asked once more when the answer decides about compressions."""
ONGOING = "ongoing"
MAX_QUESTIONS_IN_A_ROW = 2
"""Without an instruction or a comfort line between them."""


def may_ask(situation: Situation, guidance: Guidance) -> bool:
    """Whether the caller can take one more question before they are told something."""
    asked = questions_in_a_row(situation.state, guidance.sentences)
    return asked < MAX_QUESTIONS_IN_A_ROW and not guidance.has_question


def note_asked(situation: Situation, fact: str) -> None:
    """A question about this fact is about to be spoken; the next answer belongs to it."""
    state = situation.state
    state.awaiting = fact
    state.asks_anew = fact in situation.facts
    state.asked[fact] = state.asked.get(fact, 0) + 1
    state.questions += 1


def come_between(situation: Situation, procedure: Procedure, fact: str) -> None:
    """The same, of a question that comes out of turn: the open one is asked again after it."""
    if (unanswered := unanswered_ask(situation, procedure)) is not None:
        situation.state.position = procedure.then.index(unanswered)
    note_asked(situation, fact)


def take_answer(
    situation: Situation, procedure: Procedure, assessment: Assessment
) -> frozenset[str]:
    """A yes or no belongs to the question that was asked, unless the words say more than that;
    but no "no, it is off" is taken for off. Returns every fact that these words tell."""
    if assessment.intent is Intent.REPEAT and is_shut_in(situation):
        situation.state.awaiting = None  # not heard, and how to hold out is what comes next
    if is_resting(situation):  # whatever was asked last, a plain no is about the breath
        situation.state.awaiting, situation.state.asks_anew = "breathing", True
    state, facts, awaiting = situation.state, situation.facts, situation.state.awaiting
    told = frozenset(assessment.facts)
    if _is_fit_over(procedure, assessment):
        facts[ONGOING] = False
        told |= {ONGOING}
    if awaiting is None:
        return told
    said, held_for = assessment.facts.get(awaiting), procedure.hold_until.get(awaiting)
    is_answer = assessment.intent in (Intent.YES, Intent.NO)
    is_told = said is not None or (awaiting in facts and not state.asks_anew)
    ends_hold = held_for is not None and said in (None, held_for)
    if is_answer and (ends_hold or not is_told) and not procedure.is_open(awaiting):
        facts[awaiting] = assessment.intent is Intent.YES
        told |= {awaiting}
    elif (
        awaiting == "breathing"
        and assessment.intent is Intent.UNSURE
        and (is_no_breath(situation) or _is_in_doubt(situation))
    ):
        facts[awaiting] = said if isinstance(said, bool) else False
        told |= {awaiting}
        state.awaiting = None
    elif awaiting == "awake" and assessment.intent is Intent.UNSURE:
        state.taken.setdefault(UNSURE_IF_AWAKE, 1)
    if is_answer or is_told:
        state.awaiting = None
    return told


def _is_in_doubt(situation: Situation) -> bool:
    """Whether not to know was said to the question if one who rests from compressions breathes."""
    was_asked = situation.state.questions_in_a_row > 0
    return was_asked and is_resting(situation) and situation.facts.get("awake") is not True


def _is_fit_over(procedure: Procedure, assessment: Assessment) -> bool:
    """Whether "it is over" is said of an illness that comes and goes, and not of a danger."""
    is_told = assessment.intent is Intent.ALL_CLEAR and ONGOING not in assessment.facts
    is_asked = any(isinstance(i, Ask) and i.fact == ONGOING for i in procedure.then)
    return is_told and is_asked and procedure.hazard is Hazard.MEDICAL


def has_words_for(situation: Situation, procedure: Procedure, told: frozenset[str]) -> bool:
    """Whether the procedure has words for what was just told, not said yet."""
    is_breath = "breathing" in told and situation.facts.get("breathing") is True
    if is_breath and procedure.rhythm is None:
        return True  # "she's breathing" is no fit, however near the two are
    return any(
        mark.split(":")[2] in told and branch.say and not was_said(situation.state, branch.say)
        for mark, branch in open_branches(situation, procedure)
    )


def who_was_awake(situation: Situation, procedure: Procedure, told: frozenset[str]) -> Ask | None:
    """Return the question to ask anew of a casualty who was awake and breathes badly by now:
    whoever still answers is short of breath, whoever does not needs compressions."""
    is_bad = situation.facts.get("breathing") is False and "breathing" in told
    if not is_bad or not is_awake(situation) or situation.state.asked.get("awake", 0) >= ANEW:
        return None
    items = (i for i in procedure.then if isinstance(i, Ask) and i.fact == "awake")
    return next((i for i in items if is_fresh(situation.state, i.again)), None)
