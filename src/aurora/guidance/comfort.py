"""What a caller hears who has been told everything: a count to keep, or comfort; no words soon
again."""

from aurora.guidance.items import next_of_use
from aurora.guidance.phrasebook import Phrasebook
from aurora.guidance.procedure import Procedure, Rhythm
from aurora.guidance.spoken import Situation, Spoken, freshest, was_said


class Comfort:
    """Something new for every turn of a call that goes on."""

    def __init__(self, phrasebook: Phrasebook) -> None:
        self._phrases = phrasebook

    def keep_on(self, situation: Situation, procedure: Procedure | None) -> list[Spoken]:
        """Keep the procedure's count, or comfort."""
        if procedure is None or procedure.rhythm is None:
            return self.lines(situation, procedure)
        rhythm, taken = procedure.rhythm, situation.state.taken
        # Both lists move on with every turn: their lengths share no factor, so that no two turns
        # of a rescue are the same.
        turn = taken.get("count", 0)
        taken["count"] = turn + 1
        count = rhythm.count[turn % len(rhythm.count)]
        lead = self._change_over(situation, procedure, rhythm)
        if lead is None:
            lead = Spoken(
                procedure.comfort[turn % len(procedure.comfort)], f"{procedure.reference}:comfort"
            )
        return [lead, Spoken(count, f"{procedure.reference}:count")]

    def lines(self, situation: Situation, procedure: Procedure | None) -> list[Spoken]:
        """Return a comfort line or the open line's phrase; once all were said, the time goes
        before one, so that no two turns are the same."""
        state = situation.state
        text = freshest(state, procedure.comfort) if procedure else None
        comfort = Spoken(text, f"{procedure.reference}:comfort") if procedure and text else None
        still_here = self._phrases.fresh(situation, "still_with_you")
        options = [spoken for spoken in (comfort, still_here) if spoken is not None]
        for spoken in options:
            if not was_said(state, spoken.text):
                return [spoken]
        time = situation.now.strftime("%H:%M:%S")
        return [self._phrases.say(situation, "time_check", time=time), *options[:1]]

    def is_change_due(self, situation: Situation, procedure: Procedure) -> bool:
        """Whether rescuers have pushed long enough since the count began or the last change."""
        state, now_s = situation.state, int(situation.now.timestamp())
        if procedure.rhythm is None or state.began_at_s is None:
            return False
        since_s = state.began_at_s if state.changed_over_at_s is None else state.changed_over_at_s
        return now_s - since_s >= procedure.rhythm.every_s

    def is_counting(self, situation: Situation, procedure: Procedure) -> bool:
        """Whether this turn belongs to the count: a change is due, or every step was given."""
        if procedure.rhythm is None:
            return False
        is_due = self.is_change_due(situation, procedure)
        return is_due or next_of_use(situation, procedure) is None

    def _change_over(
        self, situation: Situation, procedure: Procedure, rhythm: Rhythm
    ) -> Spoken | None:
        state = situation.state
        if not self.is_change_due(situation, procedure) or state.began_at_s is None:
            return None
        state.changed_over_at_s = int(situation.now.timestamp())
        minutes = (state.changed_over_at_s - state.began_at_s) // 60
        turn = state.taken.get("change_over", 0)
        state.taken["change_over"] = turn + 1
        line = rhythm.change_over[turn % len(rhythm.change_over)]
        return Spoken(line.format(minutes=minutes), f"{procedure.reference}:change_over")
