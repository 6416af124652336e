"""Ask whoever gives compressions whether a danger that they told of is where they are, and know
when it is not; compressions go on meanwhile."""

from dataclasses import dataclass, replace

from aurora.guidance.care import TO_RESCUERS, goes_first
from aurora.guidance.cues import Cue
from aurora.guidance.holds import CARDIAC_ARREST
from aurora.guidance.library import DANGEROUS_PLACES, THREATS
from aurora.guidance.phrasebook import Phrasebook
from aurora.guidance.procedure import Procedure
from aurora.guidance.spoken import Guidance, Situation, Spoken
from aurora.triage.assessment import Assessment, Intent

NEAR = "danger_near"
"""The fact that this question finds out; of this turn's danger only, so never kept."""
NOES = frozenset({"no", "nope", "non", "nein", "nee", "ne"})
"""Words that answer it before whatever else is said: "no, I'm in here with him, pushing"."""
YESES = frozenset({"yes", "yeah", "yep", "si", "oui", "ouais", "ja", "jawohl"})
"""The same: "yes, he's still here"."""


@dataclass(frozen=True, slots=True)
class Settled:
    """What words about a danger come to."""

    begins: str | None
    """The procedure that may begin by them, if any."""
    is_elsewhere: bool = False
    """They tell that no danger is here, and need no answer of their own."""

    def heard(self, assessment: Assessment, text: str) -> tuple[Assessment, str]:
        """Return the words as what follows is to take them: whoever pushes is not told to keep
        away until an all-clear."""
        if not self.is_elsewhere:
            return assessment, text
        return replace(assessment, intent=Intent.DONE, meaning=None), ""


def settle(
    situation: Situation,
    assessment: Assessment,
    text: str,
    candidate: str | None,
    running: Procedure | None,
) -> Settled:
    """Return what may begin by these words: no danger that is elsewhere, nor one that is only a
    cause or an alarm, until the caller says that it is here; and the care that such a danger had
    stopped."""
    state = situation.state
    asked_of = state.doubted if state.awaiting == NEAR else None
    would_stop = goes_first(running) and candidate in TO_RESCUERS
    state.doubted = None
    if asked_of is not None:
        state.awaiting = None
        if _is_elsewhere(situation, assessment, asked_of) or text.split(" ")[0] in NOES:
            state.elsewhere.append(asked_of)
            return Settled(None if would_stop else candidate, is_elsewhere=True)
        if assessment.intent is Intent.YES or text.split(" ")[0] in YESES:
            return Settled(asked_of)
        if assessment.intent is Intent.REPEAT:
            state.doubted = asked_of
            return Settled(None)
    if not would_stop or candidate is None:
        return _stopped_for_nothing(situation, assessment, candidate, running)
    if Cue.ELSEWHERE not in situation.cues:
        if _is_elsewhere(situation, assessment, candidate):
            return Settled(None, is_elsewhere=True)
        state.elsewhere = [one for one in state.elsewhere if one != candidate]
        return Settled(candidate)
    if candidate not in state.elsewhere:
        state.doubted = candidate
    return Settled(None)


def _stopped_for_nothing(
    situation: Situation, assessment: Assessment, candidate: str | None, running: Procedure | None
) -> Settled:
    """The compressions that wait for a danger which, as these words tell, is not where they are."""
    state = situation.state
    if goes_first(running):
        is_false = {Cue.FAR, Cue.OVER} <= situation.cues
        return Settled(candidate, assessment.intent is Intent.ALL_CLEAR or is_false)
    if running is None or running.procedure not in DANGEROUS_PLACES:
        return Settled(candidate)
    is_waiting = state.waiting == CARDIAC_ARREST
    if not is_waiting or not _is_elsewhere(situation, assessment, running.procedure):
        return Settled(candidate)
    state.elsewhere.append(running.procedure)
    return Settled(CARDIAC_ARREST, is_elsewhere=True)


def _is_elsewhere(situation: Situation, assessment: Assessment, danger: str) -> bool:
    if assessment.intent is Intent.QUESTION or Cue.STAYS in situation.cues:
        return False
    if assessment.intent is Intent.ALL_CLEAR or Cue.FAR in situation.cues:
        return True
    return danger in THREATS and Cue.FLED in situation.cues


def ask(situation: Situation, phrases: Phrasebook, guidance: Guidance, keys: list[Spoken]) -> None:
    """Ask it in place of whatever else this turn would ask, if it is to be asked."""
    if situation.state.doubted is None:
        return
    kept = [sentence for sentence in guidance.sentences if not sentence.is_question]
    guidance.sentences = [*kept, phrases.say(situation, NEAR), *keys]
    situation.state.awaiting = NEAR
