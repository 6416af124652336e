"""Guide a rescuer whose casualty breathes again: compressions rest, and go on with the first word
that it stopped."""

from collections.abc import Collection

from aurora.guidance.comfort import Comfort
from aurora.guidance.phrasebook import Phrasebook
from aurora.guidance.procedure import Procedure, Reply
from aurora.guidance.spoken import Situation, Spoken
from aurora.triage.assessment import Intent

BREATHING = "breathing"


def note_breath(situation: Situation, procedure: Procedure, told: Collection[str]) -> None:
    """Let compressions rest with the word that the casualty breathes, until they do not."""
    if procedure.rhythm is None:
        return
    state, facts = situation.state, situation.facts
    if BREATHING in told:
        state.is_resting = facts.get(BREATHING) is True
    elif "awake" in told and facts.get("awake") is False:
        state.is_resting &= facts.get(BREATHING) is True


def note_rest(situation: Situation, reply: Reply, intent: Intent) -> None:
    """The same with the answer to other signs, of which a question ("is he breathing?") is none."""
    if reply.rests is False or (reply.rests and intent is not Intent.QUESTION):
        situation.state.is_resting = reply.rests
        if reply.rests is False and situation.facts.get(BREATHING) is True:
            situation.facts[BREATHING] = False  # gasps: those who come are told no better


def is_about_breath(reply: Reply) -> bool:
    """Whether this answers how the casualty is; every other answer goes on with pushing."""
    return reply.rests is not None or BREATHING in reply.stated


class Recovery:
    """The course beside somebody who breathes again; comfort once all of it was said."""

    def __init__(self, phrasebook: Phrasebook, comfort: Comfort) -> None:
        self._phrases = phrasebook
        self._comfort = comfort

    def next(self, situation: Situation) -> list[Spoken]:
        """Return what to do next, or nothing where the procedure's own steps are right."""
        if not situation.state.is_resting:
            return []
        line = self._phrases.fresh(situation, "recovers")
        return [line] if line else self._comfort.lines(situation, None)
