"""Callers who ask where something is: what they want, and the confirmed zone's answer to it."""

from aurora.guidance.cues import Cue, where_asked
from aurora.guidance.library import Library
from aurora.guidance.places_spoken import PlacesSpoken, ZoneTalk
from aurora.guidance.spoken import Guidance, Situation, Spoken
from aurora.site.model import Zone

STAY_PUT = frozenset({"violence", "shelter", "severe_weather", "lift"})
"""Whoever asks for the way out in one of these is answered by the procedure alone."""


class PlacesAsked:
    """Which way out, where to go, where the equipment is."""

    def __init__(self, library: Library, places: PlacesSpoken) -> None:
        self._library = library
        self._places = places

    def wanted(self, situation: Situation, talk: ZoneTalk) -> Cue | None:
        """The place to tell of in this turn: asked for now, or before the zone was known."""
        state = situation.state
        asked = where_asked(situation.cues)
        if asked is None and talk in (ZoneTalk.NOTED, ZoneTalk.CORRECTED) and state.wanted:
            asked = Cue(state.wanted)
        is_way = asked in (Cue.EXIT, Cue.MUSTER)
        if is_way and (state.procedure in STAY_PUT or situation.facts.get("trapped") is True):
            return None
        return asked

    def answer(
        self, situation: Situation, wanted: Cue, talk: ZoneTalk, doubtful: Zone | None
    ) -> Guidance:
        """Answer from the confirmed zone's data; while there is none, ask for the zone."""
        state, zone = situation.state, situation.zone
        if zone is None or talk in (ZoneTalk.CONFIRM, ZoneTalk.UNKNOWN):
            state.wanted, state.place_asked_at = wanted, state.turns
            question = talk if talk.is_question else ZoneTalk.ASK
            return Guidance(self._places.question(situation, question, doubtful))
        state.wanted = None
        answer = self._told(situation, zone, wanted)
        return Guidance(self._places.read_back(situation, talk) + answer)

    def with_answer(self, situation: Situation, guidance: Guidance, talk: ZoneTalk) -> Guidance:
        """Add to a first line the place that was asked for with it, now or once the zone is
        known; a question stays last."""
        wanted, zone = self.wanted(situation, talk), situation.zone
        situation.state.wanted = None if zone else wanted
        if zone is None or wanted is None:
            return guidance
        given = guidance.sentences
        names = [sentence.name for sentence in given]
        new = [told for told in self._told(situation, zone, wanted) if told.name not in names]
        at = next((i for i, s in enumerate(given) if s.is_question), len(given))
        given[at:at] = new
        return guidance

    def _told(self, situation: Situation, zone: Zone, wanted: Cue) -> list[Spoken]:
        procedure = self._library.running(situation.state, situation.language)
        should_leave = procedure is not None and procedure.uses_exit
        return self._places.asked_for(situation, zone, wanted, should_leave=should_leave)
