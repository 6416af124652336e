"""Guide a caller who cannot get out: shelter, be seen, say where; leaving waits meanwhile."""

from collections.abc import Mapping

from aurora.guidance.cues import Cue
from aurora.guidance.phrasebook import Phrasebook
from aurora.guidance.procedure import Procedure
from aurora.guidance.spoken import Guidance, Situation, Spoken
from aurora.triage.assessment import Assessment, Fact

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
TURNS_TO_ASK = 3
"""Every so many turns they are asked whether they are out by now."""
OF_ANOTHER = ("inside", "trapped", "people_missing")
"""Facts that words about somebody else who cannot get out state: "Tom is trapped in there"."""


def is_shut_in(situation: Situation) -> bool:
    """Whether the caller said that they cannot get out, and not yet that they can or are out."""
    facts = situation.facts
    return facts.get("shut_in") is True and facts.get("escaped") is not True


def is_free_of(situation: Situation, reply: str, stated: Mapping[str, Fact]) -> bool:
    """Whether an answer to the trapped is not for this caller: out already, on a way that is clear,
    or only asking whether one is."""
    if reply not in TO_THE_TRAPPED or stated.get("shut_in") is True:
        return False
    is_out = situation.facts.get("escaped") is True or stated.get("shut_in") is False
    return is_out or Cue.WHETHER in situation.cues


def way_out(situation: Situation) -> dict[str, Fact]:
    """Return what is known of the caller's way as the words that begin a procedure stated it."""
    return {fact: value for fact, value in situation.facts.items() if fact == "shut_in"}


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
        turn = taken.get("shut_in_turns", 0) + 1
        taken["shut_in_turns"] = turn
        if turn % TURNS_TO_ASK or "escaped" not in procedure.hold_until:
            return self._phrases.say(situation, course)
        state = situation.state
        state.awaiting, state.asks_anew = "escaped", "escaped" in situation.facts
        return self._phrases.say(situation, "out_yet")
