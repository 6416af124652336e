"""Choose what takes the place of a procedure's steps and questions for as long as something holds:
the caller is shut in, the casualty breathes again."""

from aurora.guidance.comfort import Comfort
from aurora.guidance.holds import is_resting
from aurora.guidance.phrasebook import Phrasebook
from aurora.guidance.procedure import Procedure
from aurora.guidance.recovery import Recovery
from aurora.guidance.shut_in import ShutIn, is_shut_in
from aurora.guidance.spoken import Situation, Spoken


class Courses:
    """Of both, that of the caller themself goes first."""

    def __init__(self, phrasebook: Phrasebook, comfort: Comfort) -> None:
        self._shut_in = ShutIn(phrasebook)
        self._recovery = Recovery(phrasebook, comfort)

    def is_open(self, situation: Situation) -> bool:
        """Whether the last instruction is not to be said again."""
        return is_shut_in(situation) or is_resting(situation)

    def next(self, situation: Situation, procedure: Procedure) -> list[Spoken]:
        """Return what to do next, or nothing where the procedure's own steps are right."""
        shelter = self._shut_in.next(situation, procedure)
        return [shelter] if shelter else self._recovery.next(situation)
