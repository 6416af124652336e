"""Ask once, in a call that only seems ordinary, whether anyone is in danger; starts nothing."""

from aurora.guidance.phrasebook import Phrasebook
from aurora.guidance.runner import Runner
from aurora.guidance.spoken import Guidance, Situation
from aurora.triage.assessment import Assessment, Intent

DOUBT_TO_CHECK = 0.25
"""From here on an ordinary call is asked once whether anyone is in danger."""
IN_DANGER = "in_danger"
"""The fact that this question finds out."""
FAREWELLS = ("goodbye", "wrong_number")
"""Phrases that would end the call before the answer."""


class DangerCheck:
    """The question, and what its answer makes known."""

    def __init__(self, phrasebook: Phrasebook, runner: Runner) -> None:
        self._phrases = phrasebook
        self._runner = runner

    def take_answer(self, situation: Situation, assessment: Assessment) -> bool | None:
        """What the caller says to the danger check; None when it was not what they answer."""
        state, facts = situation.state, situation.facts
        if state.awaiting != IN_DANGER:
            return None
        state.awaiting = None
        # What cannot be ruled out is at least urgent: who does not know has not said no.
        may_be = assessment.intent in (Intent.YES, Intent.UNSURE)
        if may_be or assessment.facts.get("people_hurt") is True:
            facts[IN_DANGER] = True
        elif assessment.intent is Intent.NO:
            facts[IN_DANGER] = False
        value = facts.get(IN_DANGER)
        return value if isinstance(value, bool) else None

    def add_to(self, situation: Situation, assessment: Assessment, guidance: Guidance) -> Guidance:
        """Add the danger check, once a call, where ordinary words leave too much doubt."""
        state = situation.state
        is_grave = situation.urgency.is_emergency or assessment.urgency.is_emergency
        if is_grave or assessment.doubt < DOUBT_TO_CHECK or "danger_check" in state.taken:
            return guidance
        state.awaiting = IN_DANGER
        answers = [s for s in guidance.sentences if not s.is_question and s.name not in FAREWELLS]
        question = self._phrases.say(situation, "danger_check")
        guidance.sentences = [*answers, question, *self._runner.keys_for(situation)]
        return guidance
