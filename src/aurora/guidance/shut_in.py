"""Guide a caller who cannot get out: shelter, be seen, say where; leaving waits meanwhile."""

from aurora.guidance.phrasebook import Phrasebook
from aurora.guidance.procedure import Procedure
from aurora.guidance.spoken import Guidance, Situation, Spoken
from aurora.triage.assessment import Assessment

COURSES = {
    **dict.fromkeys(("fire", "battery_fire", "hot_work"), "shut_in_smoke"),
    **dict.fromkeys(("flammable_gas", "toxic_gas", "chlorine", "ammonia"), "shut_in_gas"),
    **dict.fromkeys(("carbon_monoxide", "oxygen_deficient"), "shut_in_gas"),
    **dict.fromkeys(("explosion", "collapse"), "shut_in_rubble"),
}
"""By procedure, the phrases that take the place of its steps and questions."""
TO_THE_TRAPPED = ("trapped", "cannot_leave", "blocked", "blocked_exit")
"""The procedures' answers to a caller who cannot get out, by id."""
_SOURCES = tuple(f":reply.{reply}" for reply in TO_THE_TRAPPED)
OF_ANOTHER = ("inside", "trapped", "people_missing")
"""Facts that words about somebody else who cannot get out state: "Tom is trapped in there"."""


def is_shut_in(situation: Situation) -> bool:
    """Whether the caller said that they cannot get out, and not yet that they can."""
    return situation.facts.get("shut_in") is True


def is_to_the_trapped(sentence: Spoken) -> bool:
    """Whether this is a procedure's answer to a caller who cannot get out."""
    return sentence.source.endswith(_SOURCES)


def keep_shut_in(situation: Situation, assessment: Assessment, guidance: Guidance) -> None:
    """Whoever was told how to hold out is shut in from then on: the next "I can't" is not answered
    with the way through the smoke. Who is out already, or spoke of somebody else, is not."""
    facts, stated = situation.facts, assessment.facts
    is_of_another = any(stated.get(fact) is True for fact in OF_ANOTHER)
    is_free = facts.get("escaped") is True or "shut_in" in stated or is_of_another
    if not is_free and any(map(is_to_the_trapped, guidance.sentences)):
        facts["shut_in"] = True
        facts.setdefault("trapped", True)


class ShutIn:
    """The course of a caller who is shut in; a new line a turn, from the first again at its end."""

    def __init__(self, phrasebook: Phrasebook) -> None:
        self._phrases = phrasebook

    def next(self, situation: Situation, procedure: Procedure) -> Spoken | None:
        """Return what to do next, or None where the procedure's own steps are right."""
        course = COURSES.get(procedure.procedure)
        if course is None or not is_shut_in(situation):
            return None
        taken = situation.state.taken
        if any(f"reply:{procedure.procedure}:{reply}" in taken for reply in TO_THE_TRAPPED):
            taken.setdefault(course, 1)  # its answer told them to close the doors
        return self._phrases.say(situation, course)
