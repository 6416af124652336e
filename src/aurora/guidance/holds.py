"""What a running procedure keeps from beginning, and the question that ends it; asking is the
runner's work."""

from collections.abc import Mapping

from aurora.guidance.items import MAX_TIMES_ASKED, breath_ask, is_new
from aurora.guidance.library import DANGEROUS_PLACES, outranks
from aurora.guidance.procedure import Ask, Branch, Procedure
from aurora.guidance.spoken import Situation, is_fresh
from aurora.guidance.state import GuidanceState
from aurora.triage.assessment import Fact

CARDIAC_ARREST = "cardiac_arrest"


def is_held(situation: Situation, running: Procedure | None, candidate: str) -> bool:
    """Whether the running procedure keeps `candidate` from taking over yet."""
    if running is None or not running.hold_until or candidate in DANGEROUS_PLACES:
        return False
    return not is_over(situation, running)


def is_over(situation: Situation, procedure: Procedure) -> bool:
    """Whether what this procedure holds for is known, or its danger to be elsewhere."""
    if procedure.procedure in situation.state.elsewhere:
        return True
    facts = situation.facts
    return any(facts.get(fact) == value for fact, value in procedure.hold_until.items())


def may_switch(situation: Situation, running: Procedure | None, target: str) -> bool:
    """No compressions for a casualty who is awake, nor where the rescuer would be next."""
    return not (target == CARDIAC_ARREST and is_awake(situation)) and not is_held(
        situation, running, target
    )


def is_resting(situation: Situation) -> bool:
    """Whether compressions rest: the casualty is known to breathe, which no sign and no likeness
    says, but their words or a yes to the question."""
    return situation.state.procedure == CARDIAC_ARREST and situation.facts.get("breathing") is True


def keep_waiting(state: GuidanceState, care: str) -> None:
    """Note care that has to wait; of several, the worst."""
    if state.waiting is None or outranks(care, state.waiting):
        state.waiting = care


def released(situation: Situation, running: Procedure | None) -> str | None:
    """Return the care that waited once nothing holds it, unless for somebody who is still in."""
    waiting = situation.state.waiting
    is_inside = situation.facts.get("inside") is True
    if waiting is None or is_inside:
        return None
    if waiting == CARDIAC_ARREST and not is_new(situation, waiting):
        # Compressions that a danger stopped go on, or rest, as they did; awake ends neither.
        return None if is_held(situation, running, waiting) else waiting
    return waiting if may_switch(situation, running, waiting) else None


def is_awake(situation: Situation) -> bool:
    """Whether the casualty is; of several, one who is says nothing about the others."""
    facts = situation.facts
    return facts.get("awake") is True and facts.get("others_hurt") is not True


def question_of(procedure: Procedure) -> Ask | None:
    """Return the question whose answer can end the hold; the loader sees that there is one."""
    asks = (item for item in procedure.then if isinstance(item, Ask) and item.is_yes_no)
    return next((item for item in asks if item.fact in procedure.hold_until), None)


def known_answer(situation: Situation, question: Ask) -> Branch | None:
    """Return what the answer that the call has already leads to: "stay away from it, then"."""
    value = situation.facts.get(question.fact)
    return None if value is None else question.if_yes if value else question.if_no


def has_words_left(situation: Situation, question: Ask) -> bool:
    """Whether the question has words that were not said a moment ago."""
    state = situation.state
    return is_fresh(state, question.ask) or is_fresh(state, question.again)


def urgent_question(situation: Situation, procedure: Procedure) -> Ask | None:
    """Return what a holding procedure has to find out before all else, if anything: whether
    somebody can be helped by now, else whether who was brought out and does not wake breathes."""
    if not procedure.hold_until:
        return None
    facts, waiting = situation.facts, situation.state.waiting
    if is_held(situation, procedure, waiting or ""):
        is_needed = facts.get("breathing") is False or waiting is not None
        question = question_of(procedure) if is_needed else None
    else:
        question = breath_ask(situation, procedure)
    if question is None or not has_words_left(situation, question):
        return None
    if facts.get("breathing") is False and waiting is not None:
        return question  # an earlier no does not hold compressions back for ever
    is_spent = situation.state.asked.get(question.fact, 0) >= MAX_TIMES_ASKED
    return None if is_spent or question.fact in facts else question


def breath_due(situation: Situation, procedure: Procedure) -> Ask | None:
    """Return the question for breath, which goes before any other once nothing keeps the caller
    from going near."""
    held = is_held(situation, procedure, CARDIAC_ARREST)
    return None if held else breath_ask(situation, procedure)


def question_after(
    situation: Situation, procedure: Procedure, told: Mapping[str, Fact]
) -> Ask | None:
    """Return what has to be found out in this turn, whatever else it says: the urgent question, or
    the breath of somebody who, as was just told, does not wake."""
    urgent = urgent_question(situation, procedure)
    if urgent is None and told.get("awake") is False:
        return breath_due(situation, procedure)
    return urgent
