"""Find other words for what a caller did not hear: a question, whoever asked it, or a step."""

from aurora.guidance.items import is_beside_the_point
from aurora.guidance.phrasebook import Phrasebook
from aurora.guidance.procedure import Ask, Procedure, Step
from aurora.guidance.spoken import Situation, Spoken, fold, was_said

ASKS_AFTER = {"casualty": "breathing"}
"""Phrases that ask, and the fact that they ask for."""


def question_again(
    situation: Situation, procedure: Procedure, phrases: Phrasebook
) -> Spoken | None:
    """Return the question of the last turn in words that are new to this call: those of the line
    that asked it, else the procedure's own. None when there are none left, or when no question was
    open: whoever answers yes then answers something else."""
    state = situation.state
    last = state.recent[-1] if state.recent else []
    own = _questions(situation, procedure)
    lines = [*_lines(situation, procedure, phrases), own]
    asked = [one for one in lines if any(fold(line.text) in last for line in one)]
    if not asked:
        return None
    fresh = (line for one in [*asked, own] for line in one if not was_said(state, line.text))
    return next((line for line in fresh if line.is_question), None)


def last_given(situation: Situation, procedure: Procedure) -> Ask | Step | None:
    """Return the last item, if it has other words left and is a question still without an answer
    or a step."""
    state = situation.state
    last = int(state.last_instruction or len(procedure.then))
    # Another language's list may be shorter than the one the instruction was given from.
    item = procedure.then[last] if last < len(procedure.then) else None
    if item is None or was_said(state, item.again):
        return None
    is_answered = isinstance(item, Ask) and item.fact in situation.facts
    return None if is_answered else item


def _questions(situation: Situation, procedure: Procedure) -> list[Spoken]:
    """The procedure's own questions for the fact that is waited for."""
    asks = [i for i in procedure.then if isinstance(i, Ask) and i.fact == situation.state.awaiting]
    return [
        Spoken(text, f"{procedure.reference}:again")
        for item in asks
        if not is_beside_the_point(situation, item)
        for text in (item.again, item.ask)
    ]


def _lines(situation: Situation, procedure: Procedure, phrases: Phrasebook) -> list[list[Spoken]]:
    """Every other line that asks for it, each in all of its words."""
    fact = situation.state.awaiting
    lines = [
        [Spoken(text, f"{procedure.reference}:{part}") for text in texts]
        for part, texts in procedure.lines_asking(fact)
    ]
    names = [name for name, asked_for in ASKS_AFTER.items() if asked_for == fact]
    return [*lines, *(phrases.every(situation, name) for name in names)]
