"""Find a procedure's answer to what a caller says meanwhile, as long as it has words left."""

from collections.abc import Mapping

from aurora.guidance.cues import Cue
from aurora.guidance.holds import is_resting
from aurora.guidance.items import is_beside_the_point, is_new
from aurora.guidance.library import DANGEROUS_PLACES
from aurora.guidance.matching import NOTHING_STATED, Matcher, Vector
from aurora.guidance.procedure import Procedure, Reply
from aurora.guidance.recovery import is_about_breath
from aurora.guidance.shut_in import is_free_of, way_out
from aurora.guidance.spoken import Situation, is_fresh, was_said
from aurora.triage.assessment import Fact

MOVE = "move"
"""The answer that nobody is to be moved: not for one who is dragged out of a danger."""
FOR_THE_MISSING = frozenset({"go_back", "go_for_them", "go_in", "someone_missing"})
"""Answers that ask who is missing: not for a caller who tells that nobody is."""


class Answers:
    """The replies of every procedure, each until all of its variants were said."""

    def __init__(self, matcher: Matcher) -> None:
        self._matcher = matcher

    def to_first_words(
        self, situation: Situation, procedure: Procedure, text: str, meaning: Vector | None
    ) -> Reply | None:
        """The best reply to words that begin the procedure, by the way out that they stated."""
        stated = way_out(situation)
        return self.best(situation, procedure, text, meaning, is_report=True, stated=stated)

    def best(
        self,
        situation: Situation,
        procedure: Procedure,
        text: str,
        meaning: Vector | None,
        *,
        is_report: bool = False,
        stated: Mapping[str, Fact] = NOTHING_STATED,
    ) -> Reply | None:
        """The best reply that still has something new to give; the rest as `Matcher.find`."""
        cues = situation.cues | ({Cue.CHILD} if situation.is_child else frozenset())
        if is_resting(situation):
            meaning = None  # what only looks like gasps gets the question for breath, as all does
        found = self._matcher.find(
            procedure, text, meaning, is_report=is_report, stated=stated, cues=cues
        )
        if is_resting(situation):
            found = [reply for reply in found if is_about_breath(reply)]
        return next((reply for reply in found if _has_more(situation, reply, stated)), None)


def is_to_be_left(situation: Situation) -> bool:
    """Whether somebody was cared for where a danger drives the caller out."""
    state = situation.state
    is_out = situation.facts.get("escaped") is True
    return state.waiting is not None and state.procedure in DANGEROUS_PLACES and not is_out


def _has_more(situation: Situation, reply: Reply, stated: Mapping[str, Fact]) -> bool:
    if is_beside_the_point(situation, reply) or is_free_of(situation, reply.id, stated):
        return False
    if reply.id in FOR_THE_MISSING and stated.get("people_missing") is False:
        return False
    if reply.id == MOVE and is_to_be_left(situation):
        return False
    is_unsaid = not all(was_said(situation.state, line) for line in reply.say)
    if reply.means_no_breath:  # a breath that stops for the fourth time is pushed for as well
        is_unsaid = any(is_fresh(situation.state, line) for line in reply.say)
    return is_unsaid or (reply.switch is not None and is_new(situation, reply.switch))
