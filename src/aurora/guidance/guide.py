"""Choose what to say in a turn: procedure, place or an everyday sentence; the model is later."""

from dataclasses import replace

from aurora.guidance import danger_near
from aurora.guidance.by_hazard import procedure_for, rated
from aurora.guidance.care import (
    CASUALTIES,
    TO_RESCUERS,
    comes_next,
    endangers_rescuer,
    goes_first,
    is_beside_them,
    is_choking,
    keep_burns,
    may_be_away,
    may_come_near,
    may_follow,
    must_leave_them,
    take_release,
    with_care_named,
)
from aurora.guidance.cues import Cue
from aurora.guidance.danger_check import DangerCheck
from aurora.guidance.handbook.handbook import Handbook
from aurora.guidance.holds import is_held, keep_waiting, released
from aurora.guidance.in_context import forget_what_was, is_of_another
from aurora.guidance.library import Library
from aurora.guidance.matching import Matcher, Vector
from aurora.guidance.phrasebook import Phrasebook
from aurora.guidance.places_asked import PlacesAsked
from aurora.guidance.places_spoken import PlacesSpoken, ZoneTalk
from aurora.guidance.procedure import Procedure
from aurora.guidance.questions import Questions
from aurora.guidance.runner import Runner
from aurora.guidance.shut_in import is_shut_in, is_to_the_trapped, keep_shut_in
from aurora.guidance.spoken import Guidance, Situation, Spoken
from aurora.guidance.ways_out import LINES as WAY_OUT_LINES
from aurora.site.model import Site, Zone
from aurora.triage.assessment import Assessment, Intent

BRIDGES = ("only_in", "hand_off")
"""Phrases that lead over to a person; they go before what they announce."""
KEYS = ("quiet_ready", "keypad_menu", "keypad_yes_no")
"""Phrases that say how to answer without speaking."""
TIMES_CLARIFIED = 2
"""After so many questions without an answer that is understood, the general procedure begins."""
WITHOUT_PLACE_QUESTION = frozenset({"violence"})


class Guide:
    """Everything Aurora says in its own approved words."""

    def __init__(
        self, site: Site, library: Library, handbook: Handbook, matcher: Matcher | None = None
    ) -> None:
        """matcher: without one, replies are found by the letter alone."""
        self.library = library
        self.phrases = Phrasebook(library)
        self._site = site
        self._runner = Runner(library, self.phrases, matcher or Matcher())
        self._places = PlacesSpoken(site, self.phrases)
        self._asked = PlacesAsked(library, self._places)
        self._danger = DangerCheck(self.phrases, self._runner)
        self._questions = Questions(site, self.phrases, handbook)

    def plan(
        self,
        situation: Situation,
        assessment: Assessment,
        text: str,
        talk: ZoneTalk = ZoneTalk.NOTHING,
        doubtful: Zone | None = None,
    ) -> Guidance:
        """Return what to say to these words; `text` is the normalised utterance."""
        situation.state.turns += 1
        if Cue.NEXT in situation.cues and situation.state.procedure is not None:
            assessment = replace(assessment, intent=Intent.DONE)
        running = self.library.running(situation.state, situation.language)
        assessment = with_care_named(assessment, running)
        guidance = self._planned(situation, assessment, text, talk, doubtful)
        keep_shut_in(situation, assessment, guidance)
        running = self.library.running(situation.state, situation.language)
        keep_burns(situation, running, assessment)
        return self._in_a_known_tongue(situation, guidance)

    def _planned(
        self,
        situation: Situation,
        assessment: Assessment,
        text: str,
        talk: ZoneTalk,
        doubtful: Zone | None,
    ) -> Guidance:
        state = situation.state
        is_in_danger = self._danger.take_answer(situation, assessment)
        answered = "emergency" if is_in_danger else None
        candidate = self._candidate(situation, assessment, text) or answered or state.pending
        state.pending = None
        running = state.procedure
        place = self.library.running(state, situation.language)
        settled = danger_near.settle(situation, assessment, text, candidate, place)
        assessment, text = settled.heard(assessment, text)
        candidate = settled.begins
        candidate = self._care_that_waited(situation, assessment, candidate)
        is_answered = self._is_answered(situation, assessment, text, candidate)
        if candidate is not None and not is_answered and self.may_start(situation, candidate):
            # A report holds no question to answer by what it means: "there is fire" is not "I am
            # shut in by fire", however near the two are.
            meaning = assessment.meaning if assessment.intent is Intent.QUESTION else None
            place = self.library.procedure(candidate, situation.language)
            forget_what_was(situation, place, assessment)
            guidance = self._begun(situation, candidate, text, meaning)
            guidance = self._with_place(situation, guidance, talk, doubtful, is_start=True)
            return self._asked.with_answer(situation, guidance, talk)
        if assessment.intent is Intent.HUMAN:
            return Guidance([self.phrases.say(situation, "hand_off")])
        if Cue.QUIET in situation.cues and running is None:
            ready = self.phrases.say(situation, "quiet_ready")
            menu = self.phrases.say(situation, "keypad_menu")
            return Guidance([ready, menu], opens_keypad=True)
        wanted = self._asked.wanted(situation, talk)
        if wanted is not None:
            state.wanted = None if situation.zone else wanted
            answer = self._questions.answer(situation, assessment, text)
            return answer or self._asked.answer(situation, wanted, talk, doubtful)
        if running is not None:
            is_casualty = candidate in CASUALTIES and running not in CASUALTIES
            is_casualty = is_casualty and is_of_another(situation.cues, assessment.facts)
            guidance = self._runner.advance(situation, assessment, text, is_casualty=is_casualty)
            if may_come_near(situation, candidate):
                guidance.open_with(self.phrases.say(situation, "move_on"))
            self._offer_quiet(situation, guidance)
            if must_leave_them(situation, place):
                asked = [sentence for sentence in guidance.sentences if sentence.is_question]
                guidance.sentences = [self.phrases.say(situation, "leave_them"), *asked]
            keys = self._runner.keys_for(situation)
            danger_near.ask(situation, self.phrases, guidance, keys)
            is_start = state.procedure != running
            return self._with_place(situation, guidance, talk, doubtful, is_start=is_start)
        if is_in_danger is False:
            return Guidance([self.phrases.say(situation, "noted")])
        guidance = self._everyday(situation, assessment, text, talk, doubtful)
        return self._danger.add_to(situation, assessment, guidance)

    def start(
        self,
        situation: Situation,
        procedure_id: str,
        talk: ZoneTalk = ZoneTalk.NOTHING,
        doubtful: Zone | None = None,
    ) -> Guidance:
        """Begin a procedure that the keypad or the model named."""
        guidance = self._begun(situation, procedure_id)
        guidance = self._with_place(situation, guidance, talk, doubtful, is_start=True)
        return self._in_a_known_tongue(situation, guidance)

    def divert(self, situation: Situation, guidance: Guidance) -> None:
        """Answer a caller who just said that an exit is blocked: the other one, or how to wait."""
        zone = situation.zone
        procedure = self.library.running(situation.state, situation.language)
        is_to_leave = procedure.uses_exit if procedure else situation.urgency.is_emergency
        if zone is None or not is_to_leave:
            return
        is_shut_in = not situation.conditions.open_exits(zone)
        replaced = (*WAY_OUT_LINES, ":acknowledge")
        kept = [s for s in guidance.sentences if not s.source.endswith(replaced)]
        kept = [s for s in kept if not is_to_the_trapped(s)]
        if is_shut_in:
            # The rest is about getting out.
            kept = [s for s in kept if s.is_question or s.name in (*BRIDGES, *KEYS)]
        else:
            situation.facts.pop("shut_in", None)
        first = [s for s in kept if s.name in (*BRIDGES, "first_line")]
        diverted = self._places.other_way(situation, zone)
        guidance.sentences = [*first, *diverted, *(s for s in kept if s not in first)]
        guidance.is_settled = True

    def waiting(self, situation: Situation) -> list[Spoken]:
        """Something new for a caller who is silent in an emergency."""
        return self._runner.wait(situation)

    def is_keeping_count(self, situation: Situation) -> bool:
        """Whether a rescuer is kept in rhythm, so that silence is no sign of trouble."""
        return self._runner.is_keeping_count(situation)

    def may_start(self, situation: Situation, procedure_id: str) -> bool:
        """Whether this procedure may begin now, or take over from the running one."""
        running = self.library.running(situation.state, situation.language)
        danger = self.library.procedure(procedure_id, situation.language)
        if endangers_rescuer(situation, running, danger):
            return True
        is_kept = is_held(situation, running, procedure_id)
        return may_follow(situation, running, procedure_id) and not is_kept

    def _care_that_waited(
        self, situation: Situation, assessment: Assessment, candidate: str | None
    ) -> str | None:
        """The care that has waited until the caller was out, unless the words call for another;
        care that still has to wait is kept."""
        if candidate is not None and self.may_start(situation, candidate):
            return candidate
        running = self.library.running(situation.state, situation.language)
        if candidate in CASUALTIES and is_held(situation, running, candidate):
            # "I'm trapped", said in a fire, is no word of a machine.
            is_own = assessment.facts.get("shut_in") is True
            if not is_own and may_follow(situation, running, candidate):
                keep_waiting(situation.state, candidate)
            return candidate
        take_release(situation, running, assessment)
        return released(situation, running) or candidate

    def _begun(
        self, situation: Situation, candidate: str, text: str = "", meaning: Vector | None = None
    ) -> Guidance:
        """A procedure's beginning. Care that it puts off is kept, and whoever was cared for comes
        along where that can be; care out of a danger is for whoever is out of it as well."""
        state = situation.state
        left = self.library.running(state, situation.language)
        place = self.library.procedure(candidate, situation.language)
        is_beside = is_beside_them(situation, left)
        guidance = self._runner.start(situation, candidate, text, meaning)
        if place is not None and place.uses_exit and is_beside:
            guidance.sentences.insert(1, self.phrases.say(situation, "take_along"))
        was_told = "casualty" in state.taken
        is_here = state.elsewhere[-1:] == [left.procedure] if left else False
        may_be_in_it = comes_next(candidate, left) and may_be_away(situation.facts)
        if may_be_in_it and not is_here and not was_told:
            guidance.sentences.insert(1, self.phrases.say(situation, "beside_you"))
        return guidance

    def _candidate(self, situation: Situation, assessment: Assessment, text: str) -> str | None:
        candidate = rated(self.library, situation, assessment, text)
        running = self.library.running(situation.state, situation.language)
        if goes_first(running) and assessment.procedure is None:
            # Compressions stop for a danger that the words name, not for a guess.
            called = self.library.particular("", text, situation.language, is_guess=True)
            candidate = None if candidate in TO_RESCUERS else candidate
            candidate = called if called in TO_RESCUERS else candidate
        elif candidate is not None:
            is_guess = assessment.procedure is None
            particular = self.library.particular(
                candidate, text, situation.language, is_guess=is_guess
            )
            # A bomb that went off is no longer a threat.
            went_off = particular == "security_threat" and Cue.BLAST in situation.cues
            candidate = candidate if went_off and candidate == "explosion" else particular
        if candidate == "cardiac_arrest" and is_choking(situation.facts, assessment.reasons):
            return "choking"
        if candidate in (None, "medical") and Cue.HIDES in situation.cues:
            return "violence"
        if candidate == "medical" and Cue.QUIET in situation.cues:
            return None  # "I can't talk" may be anything; the keypad menu finds out
        return candidate

    def _is_answered(
        self, situation: Situation, assessment: Assessment, text: str, candidate: str | None
    ) -> bool:
        """Whether the running procedure has an answer to words that name no other procedure."""
        is_guess = assessment.procedure is None and situation.state.procedure is not None
        guessed = procedure_for(assessment.urgency, assessment.hazard)
        is_guess = is_guess and candidate == guessed
        return is_guess and self._runner.has_answer(situation, assessment, text)

    def _with_place(
        self,
        situation: Situation,
        guidance: Guidance,
        talk: ZoneTalk,
        doubtful: Zone | None,
        *,
        is_start: bool,
    ) -> Guidance:
        """Add the way out for a confirmed zone, else the question where; one question a turn."""
        procedure = self.library.running(situation.state, situation.language)
        if procedure is None:
            return guidance
        way_out = self._places.way_out(situation, procedure)
        is_kept_in = is_shut_in(situation) or any(map(is_to_the_trapped, guidance.sentences))
        if is_kept_in:
            way_out = []  # the way out is what they do not have
        is_apart = situation.incident_zone not in (None, situation.zone)
        if talk is ZoneTalk.CORRECTED or (talk is ZoneTalk.NOTED and (is_apart or not way_out)):
            way_out = self._places.read_back(situation, talk) + way_out
        if is_start:
            guidance.sentences += way_out
        else:
            guidance.sentences[:0] = way_out or self._muster(situation, procedure, guidance)
        if guidance.has_question:
            return guidance
        if is_start and self._runner.asks_at_once(situation, guidance):
            return guidance
        if self._may_ask_place(situation, talk):
            guidance.sentences += self._places.question(situation, talk, doubtful)
        elif is_start and not is_kept_in:
            self._runner.next_question(situation, guidance)
        return guidance

    def _may_ask_place(self, situation: Situation, talk: ZoneTalk) -> bool:
        """Where they are is asked every other turn at most, and never of a caller in hiding; a
        place that was named is cleared up at once."""
        if talk is not ZoneTalk.ASK:
            return talk.is_question
        state = situation.state
        is_rest = state.place_asked_at is not None and state.turns - state.place_asked_at < 2
        if is_rest or state.procedure in WITHOUT_PLACE_QUESTION:
            return False
        state.place_asked_at = state.turns
        return True

    def _muster(
        self, situation: Situation, procedure: Procedure, guidance: Guidance
    ) -> list[Spoken]:
        """Where to go once out of the zone, in a turn that gives no other instruction."""
        is_only_asking = guidance.sentences != [] and "?" in guidance.sentences[-1].text
        if situation.facts.get("escaped") is not True or not is_only_asking:
            return []
        return self._places.muster(situation, procedure)

    def _offer_quiet(self, situation: Situation, guidance: Guidance) -> None:
        """To a caller who has to whisper: once, that the keys will do, unless a reply said so."""
        is_hushed = Cue.QUIET in situation.cues or Cue.HIDES in situation.cues
        is_answered = any(s.name.startswith("reply.") for s in guidance.sentences)
        if is_hushed and not is_answered and "quiet_ready" not in situation.state.taken:
            guidance.open_with(self.phrases.say(situation, "quiet_ready"))

    def _in_a_known_tongue(self, situation: Situation, guidance: Guidance) -> Guidance:
        """Say once that what runs is not in the caller's language, and call for a person."""
        state = situation.state
        procedure = self.library.running(state, situation.language)
        if procedure is None or procedure.language == situation.language:
            return guidance
        mark = f"only_in:{procedure.language}:{situation.language}"
        if mark in state.taken:
            return guidance
        state.taken[mark] = 1
        tongues = self.library.phrases_in(situation.language).tongues
        tongue = tongues.get(procedure.language, procedure.language)
        bridge = self.phrases.say(situation, "only_in", tongue=tongue)
        hand_off = self.phrases.say(situation, "hand_off")
        guidance.sentences[:0] = [bridge, hand_off]
        guidance.needs_person = True
        return guidance

    def _everyday(
        self,
        situation: Situation,
        assessment: Assessment,
        text: str,
        talk: ZoneTalk,
        doubtful: Zone | None,
    ) -> Guidance:
        """No procedure runs: settled for courtesies and what the site's own texts answer, open to
        the model for the rest."""
        settled = {
            Intent.DRILL: "drill_noted",
            Intent.WRONG_NUMBER: "wrong_number",
            Intent.THANKS: "thanks",
            Intent.GOODBYE: "goodbye",
        }
        if situation.urgency.is_emergency:
            settled[Intent.GOODBYE] = "not_ending"
            settled[Intent.ALL_CLEAR] = "not_all_clear"
        if assessment.intent in settled:
            phrase = self.phrases.say(situation, settled[assessment.intent], site=self._site.name)
            return Guidance([phrase])
        if situation.urgency.is_emergency:
            return self._find_out(situation, talk, doubtful)
        if (answer := self._questions.answer(situation, assessment, text)) is not None:
            return answer
        unsettled = {Intent.QUESTION: "cannot_answer", Intent.REPORT: "noted"}
        name = unsettled.get(assessment.intent, "clarify")
        return Guidance([self.phrases.say(situation, name)], is_settled=False)

    def _find_out(self, situation: Situation, talk: ZoneTalk, doubtful: Zone | None) -> Guidance:
        """Something grave, not understood: what is happening goes before where."""
        if talk in (ZoneTalk.CONFIRM, ZoneTalk.UNKNOWN):
            return Guidance(self._places.question(situation, talk, doubtful), is_settled=False)
        if situation.state.taken.get("clarify", 0) >= TIMES_CLARIFIED:
            return self.start(situation, "emergency", talk, doubtful)
        return Guidance([self.phrases.say(situation, "clarify")], is_settled=False)
