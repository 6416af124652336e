"""Which steps, questions and branches of a procedure are still of use; giving them is the
runner's work."""

from collections.abc import Iterator

from aurora.guidance.procedure import Ask, Branch, Procedure, Reply, Step
from aurora.guidance.spoken import Situation, is_fresh
from aurora.guidance.state import GuidanceState

MAX_TIMES_ASKED = 2
UNSURE_IF_AWAKE = "unsure:awake"
"""Taken once the caller did not know whether the casualty is awake."""
MAX_QUESTIONS = 8
"""Of procedures, in one call; after them steps and comfort only."""


def is_needless(situation: Situation, item: Ask | Step) -> bool:
    """Whether its answer is known, it was asked too often, or what it is for does not hold."""
    if is_beside_the_point(situation, item):
        return True
    if isinstance(item, Ask):
        state = situation.state
        too_often = (
            state.asked.get(item.fact, 0) >= MAX_TIMES_ASKED or state.questions >= MAX_QUESTIONS
        )
        needs_words = situation.is_keypad_only and not item.is_yes_no
        return item.fact in situation.facts or too_often or needs_words
    return False


def is_beside_the_point(situation: Situation, item: Ask | Step | Reply) -> bool:
    """Whether what it is for is known not to hold."""
    return bool(item.unless) and all(
        situation.facts.get(fact) == value for fact, value in item.unless.items()
    )


def is_stale(state: GuidanceState, item: Ask | Step) -> bool:
    """Whether all of its words were said a moment ago, by the procedure that ran before."""
    first = item.ask if isinstance(item, Ask) else item.do
    return not is_fresh(state, first) and not is_fresh(state, item.again)


def next_of_use(situation: Situation, procedure: Procedure) -> Ask | Step | None:
    """Return the next item that is still of use, the position moved up to it."""
    state = situation.state
    while state.position < len(procedure.then):
        item = procedure.then[state.position]
        if not is_needless(situation, item) and not is_stale(state, item):
            return item
        state.position += 1
    return None


def breath_ask(situation: Situation, procedure: Procedure) -> Ask | None:
    """The question whether one who does not respond is breathing, while that is not known."""
    awake = situation.facts.get("awake")
    # Who does not know whether somebody is awake has somebody before them who does not answer.
    is_lying_there = awake is False or (awake is None and UNSURE_IF_AWAKE in situation.state.taken)
    if not is_lying_there or situation.facts.get("breathing") is not None:
        return None
    asks = (item for item in procedure.then if isinstance(item, Ask) and item.fact == "breathing")
    return next(
        (
            ask
            for ask in asks
            # Asked before, it is asked again in its other words only.
            if not is_needless(situation, ask) and is_fresh(situation.state, ask.again)
        ),
        None,
    )


def is_new(situation: Situation, procedure_id: str) -> bool:
    """Whether this procedure has not run in this call."""
    return f"procedure:{procedure_id}" not in situation.state.taken


def open_branches(situation: Situation, procedure: Procedure) -> Iterator[tuple[str, Branch]]:
    """Yield the branches of answered questions that were not taken yet, each with its mark."""
    for item in procedure.then:
        if not isinstance(item, Ask) or item.fact not in situation.facts:
            continue
        if is_beside_the_point(situation, item):
            continue
        value = situation.facts[item.fact]
        branch = item.if_no if value is False else item.if_yes
        mark = f"branch:{procedure.procedure}:{item.fact}:{value}"
        if branch is None or _is_for_outside(situation, procedure, item, branch):
            continue
        is_open = mark not in situation.state.taken
        if is_open or (branch.switch and is_new(situation, branch.switch)):
            yield mark, branch


def _is_for_outside(situation: Situation, procedure: Procedure, item: Ask, branch: Branch) -> bool:
    """Whether these are words about whoever is hurt ("keep them in fresh air"), which a caller who
    is not known to be out of the danger does not need yet."""
    is_about_them = item.fact == "people_hurt" and branch.switch is None
    is_held = procedure.hold_until.get("escaped") is True
    return is_about_them and is_held and situation.facts.get("escaped") is not True


def unanswered_ask(situation: Situation, procedure: Procedure) -> Ask | None:
    """Return the last question, if it got no answer and may be asked once more."""
    state = situation.state
    is_spent = state.questions >= MAX_QUESTIONS
    if is_spent or state.asked.get(state.awaiting or "", 0) >= MAX_TIMES_ASKED:
        return None
    items = (i for i in procedure.then if isinstance(i, Ask) and i.fact == state.awaiting)
    return next((i for i in items if is_fresh(state, i.again)), None)


def is_no_breath(situation: Situation) -> bool:
    """Whether not to know if somebody breathes counts as a no, as it does in first aid: of one who
    does not respond at once, else when it was asked twice."""
    awake = situation.facts.get("awake")
    if awake is True:
        return False
    return awake is False or situation.state.asked.get("breathing", 0) >= MAX_TIMES_ASKED
