"""Guide a rescuer whose casualty breathes again: compressions rest for as long as that is known,
and go on with the first word that it stopped."""

from aurora.guidance.comfort import Comfort
from aurora.guidance.holds import is_resting
from aurora.guidance.phrasebook import Phrasebook
from aurora.guidance.procedure import Procedure, Reply
from aurora.guidance.spoken import Situation, Spoken
from aurora.triage.assessment import Fact

BREATHING = "breathing"
HOW_THEY_ARE = frozenset({BREATHING, "awake"})


def note_no_breath(situation: Situation, reply: Reply, told: frozenset[str]) -> None:
    """Gasps and blue lips: those who push go on, and those who come are told no better."""
    if reply.means_no_breath and BREATHING not in told:
        situation.facts[BREATHING] = False


def stated_of_breath(
    situation: Situation, procedure: Procedure, told: frozenset[str]
) -> dict[str, Fact]:
    """A no to whether they breathe is answered as the words for it are, and nobody without breath
    is awake any more."""
    is_no = BREATHING in told and situation.facts.get(BREATHING) is False
    if not is_no or procedure.rhythm is None:
        return {}
    if "awake" not in told:
        situation.facts.pop("awake", None)
    return {BREATHING: False}


def is_about_breath(reply: Reply) -> bool:
    """Whether this answers how the casualty is; every other answer goes on with pushing."""
    return reply.means_no_breath or not HOW_THEY_ARE.isdisjoint(reply.stated)


class Recovery:
    """The course beside somebody who breathes again; comfort once all of it was said."""

    def __init__(self, phrasebook: Phrasebook, comfort: Comfort) -> None:
        self._phrases = phrasebook
        self._comfort = comfort

    def next(self, situation: Situation) -> list[Spoken]:
        """Return what to do next, or nothing where the procedure's own steps are right."""
        if not is_resting(situation):
            return []
        line = self._phrases.fresh(situation, "recovers")
        return [line] if line else self._comfort.lines(situation, None)
