"""The course of a call: greeting, words, silence, keys, end. Pure: no I/O, the clock passed in."""

from copy import deepcopy
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from aurora.conditions.board import Board
from aurora.conditions.exits_heard import ExitsHeard
from aurora.conditions.words import without_drill
from aurora.conversation import handing_off
from aurora.conversation.alerts import alert, request
from aurora.conversation.call import Call, EndReason
from aurora.conversation.drill import end_drill, is_ended_by, is_played, weigh_drill
from aurora.conversation.echo import without_greeting
from aurora.conversation.exits import hear_blocked_exits
from aurora.conversation.facts import learn
from aurora.conversation.hand_off import BY_CALLER
from aurora.conversation.handing_off import has_person
from aurora.conversation.hazard import named_procedure, take_hazard
from aurora.conversation.lost import find, takes_leave
from aurora.conversation.record import Event, Message, as_rated
from aurora.conversation.summary import summarise
from aurora.conversation.turn import Action, Turn
from aurora.conversation.whereabouts import (
    is_only_a_place,
    leave_unasked,
    note_asked,
    place_call,
    without_certainty,
)
from aurora.guidance.cues import Cue, cues_in, where_asked
from aurora.guidance.danger_check import IN_DANGER
from aurora.guidance.guide import Guide
from aurora.guidance.in_context import in_context
from aurora.guidance.library import THREATS
from aurora.guidance.places_spoken import PLACE_QUESTIONS, ZoneTalk
from aurora.guidance.procedure import Procedure
from aurora.guidance.spoken import Guidance, Situation, Spoken, remember
from aurora.levels import Hazard, Urgency, highest
from aurora.site.model import Site
from aurora.triage.assess import Heard, Triage
from aurora.triage.assessment import Assessment, Fact, Intent

RECENT_WORDS = 2
"""Utterances that are read together with the next one."""
MAX_RECENT_CHARS = 200
LINES_THAT_CONNECT = frozenset({"gather", "relay", "stream"})
"""Lines on which a caller can be put through to a person."""


class Dialogue:
    """How Aurora conducts every call of one site."""

    def __init__(
        self,
        site: Site,
        triage: Triage,
        guide: Guide,
        *,
        max_exchanges: int,
        board: Board | None = None,
        stays_until_joined: bool = False,
    ) -> None:
        """board: the site's conditions; without one nothing of them is known.

        stays_until_joined: people are rung beside the call, and callers are with Aurora until one
        of them joins; else a caller is put through at once.
        """
        self.site = site
        self.guide = guide
        self.board = board or Board()
        self._exits = ExitsHeard(site)
        self._triage = triage
        self._max_exchanges = max_exchanges
        self._stays_until_joined = stays_until_joined
        self._timezone = ZoneInfo(site.timezone)

    def greet(self, call: Call, now: datetime) -> Turn:
        """Answer the call."""
        turn = self.open_turn(call, now)
        self.say(turn, "greeting", site=self.site.name)
        return turn

    def greet_again(self, turn: Turn) -> None:
        """Say who is there to a caller who may have heard nothing yet, or that the line is open."""
        if turn.call.exchanges == 0:
            self.say(turn, "greeting", site=self.site.name)
        else:
            self.say(turn, "still_with_you")

    def hear(self, call: Call, words: str, now: datetime) -> Turn:
        """Take the caller's words; the turn is open until the model was asked or not needed."""
        turn = self.open_turn(call, now)
        self.take_words(turn, words, now)
        return turn

    def take_words(
        self, turn: Turn, words: str, now: datetime, *, doubts_place: bool = False
    ) -> None:
        """Take words into an open turn.

        doubts_place: whoever read them is not sure of the place in them.
        """
        call = turn.call
        said = call.guidance.said if "greeting" in call.guidance.taken else []
        spoken_words = without_greeting(words, said)
        if not spoken_words:
            turn.heard = _message("user", words, now, call, {"is_echo": True})
            self.ask_to_repeat(turn)
            return
        heard = self._understand(turn, spoken_words, now)
        if doubts_place:
            heard = without_certainty(heard)
        turn.stages_ms["triage"] = heard.triage_ms
        language = self._language_of(call, heard.assessment)
        cues = cues_in(heard.text, language, is_asked="?" in spoken_words)
        rated = in_context(heard.assessment, call.guidance.procedure, cues)
        heard = replace(heard, assessment=rated)
        talk = self._take_in(turn, heard, cues, now)
        is_way_blocked = hear_blocked_exits(self._exits, self.site, turn, heard, cues, now)
        turn.heard = _message("user", words, now, call, as_rated(heard.assessment))
        if self._is_over_limit(call, heard.assessment):
            self._end(turn, EndReason.TURN_LIMIT, now)
            self.say(turn, "limit_reached")
            return
        turn.situation = self.situation(call, now, cues)
        doubtful = self.site.zone(call.place.unconfirmed_zone_id)
        guidance = self.guide.plan(turn.situation, heard.assessment, heard.text, talk, doubtful)
        if is_way_blocked:
            self.guide.divert(turn.situation, guidance)
        self.apply(turn, guidance, now)
        named = named_procedure(call, heard.assessment)
        alert(self.site, self.guide.library.procedure(named, call.language), turn, now)
        asks_for_place = any(map(_asks_for_place, turn.sentences))
        if talk.is_question and not asks_for_place:
            leave_unasked(call.place)
        elif asks_for_place and not talk.is_question:
            note_asked(call.place)
        self._take_leave(turn, heard.assessment.intent, now)

    def foresee(
        self, call: Call, words: str, now: datetime, *, in_any_case: bool = False
    ) -> Turn | None:
        """Play a turn with unfinished words on a copy of the call.

        None where a glance at them shows no emergency, unless it is played `in_any_case`: the
        whole turn costs ten times as much.
        """
        if not in_any_case:
            glanced = self._triage.glance(words, language=call.language)
            if not glanced.urgency.is_emergency:
                return None
        return self.hear(deepcopy(call), words, now)

    def open_turn(self, call: Call, now: datetime) -> Turn:
        call.last_message_at = now
        call.turns += 1
        return Turn(call, self.situation(call, now), facts_before=dict(call.facts))

    def close_turn(self, turn: Turn) -> None:
        """Note what is about to be said; the turn changes no more."""
        ahead = [turn.spoken_ahead] if turn.spoken_ahead else []
        rest = [sentence for sentence in turn.sentences if sentence not in ahead]
        remember(turn.call.guidance, [*ahead, *rest])

    def say(self, turn: Turn, phrase: str, **slots: str) -> None:
        """Add one phrase in the call's language."""
        turn.sentences.append(self.guide.phrases.say(turn.situation, phrase, **slots))

    def ask_to_repeat(self, turn: Turn) -> None:
        """Nothing was heard: ask again, but never a caller who must not be heard."""
        if turn.situation.is_quiet:
            quiet = self.guide.phrases.fresh(turn.situation, "quiet_silence", "keypad_yes_no")
            turn.sentences += [quiet] if quiet else self.guide.waiting(turn.situation)
        else:
            self.say(turn, "did_not_hear")

    def apply(self, turn: Turn, guidance: Guidance, now: datetime) -> None:
        """Take guidance into the turn: its words, its rise in urgency, whom it alerts."""
        turn.sentences += guidance.sentences
        turn.is_settled = guidance.is_settled
        running = turn.call.guidance.procedure
        procedure = self.guide.library.running(turn.call.guidance, turn.call.language)
        if procedure is not None and f"started:{running}" not in turn.call.guidance.taken:
            turn.call.guidance.taken[f"started:{running}"] = 1
            details = {
                "procedure": procedure.reference,
                "state": procedure.approval.state,
                "sha256": self.guide.library.digest(procedure),
            }
            turn.events.append(Event("procedure_started", now, details))
            turn.call.is_menu_open = False  # 1 and 2 are yes and no from here on
            turn.call.is_quiet |= running in THREATS
            if guidance.urgency and guidance.urgency.rank >= turn.call.urgency.rank:
                turn.call.hazard = procedure.hazard
        if guidance.urgency is not None and not _is_overruled(turn, procedure, guidance.urgency):
            is_in_danger = turn.call.facts.get(IN_DANGER) != turn.facts_before.get(IN_DANGER)
            source = "danger_check" if is_in_danger else "procedure"
            self.raise_urgency(turn, guidance.urgency, source, now)
        if guidance.opens_keypad:
            self.take_as_mute(turn, now)
        self.alert(turn, now)
        if guidance.needs_person and procedure is not None:
            details = {"procedure": procedure.reference, "language": turn.call.language}
            turn.events.append(Event("spoken_in_another_language", now, details))
            self.hand_off(turn, now)

    def take_as_mute(self, turn: Turn, now: datetime) -> None:
        """The keypad menu is open to someone who cannot speak, and people are told."""
        turn.call.is_menu_open = True
        # Someone who cannot speak may be choking, gassed or hiding: the worst until they say less.
        self.raise_urgency(turn, Urgency.CRITICAL, "cannot_speak", now)
        request(turn, ["control_room"], now)
        self.alert(turn, now)

    def alert(self, turn: Turn, now: datetime) -> None:
        """Put on the record whom the call now needs."""
        procedure = self.guide.library.running(turn.call.guidance, turn.call.language)
        alert(self.site, procedure, turn, now)

    def raise_urgency(
        self, turn: Turn, urgency: Urgency, source: str, now: datetime, **why: str
    ) -> None:
        """The ratchet: the call takes the higher of its own urgency and this one.

        source: what asks for it, with why, for the record.
        """
        call = turn.call
        if urgency.is_emergency and is_ended_by(turn, source, now):
            end_drill(turn, source, now)
        risen = highest(call.urgency, urgency)
        if risen is call.urgency:
            return
        details = {"from": call.urgency.value, "to": risen.value, "source": source, **why}
        turn.events.append(Event("urgency_rose", now, details))
        call.urgency, call.floor_lifted = risen, None

    def situation(self, call: Call, now: datetime, cues: frozenset[Cue] = frozenset()) -> Situation:
        """What guidance may know of the call."""
        conditions = self.board.at(now)
        if call.blocked_exits:
            conditions = replace(conditions, own_blocked=frozenset(call.blocked_exits))
        return Situation(
            state=call.guidance,
            facts=call.facts,
            language=call.language,
            urgency=call.urgency,
            now=now.astimezone(self._timezone),
            zone=self.site.zone(call.place.callers_zone_id),
            incident_zone=self.site.zone(call.place.zone_id),
            is_keypad_only=call.is_keypad_only,
            is_quiet=call.is_quiet,
            is_child=call.is_child,
            cues=cues,
            conditions=conditions,
        )

    def end(self, call: Call, reason: EndReason, now: datetime) -> list[Event]:
        """End the call; a second end changes nothing."""
        if call.ended_at is not None:
            return []
        call.ended_at, call.end_reason = now, reason
        over = handing_off.close(call, "call_ended", now)
        summary = summarise(call, self.site, now)
        return [*over, Event("ended", now, {"reason": reason.value, "summary": summary})]

    def _understand(self, turn: Turn, words: str, now: datetime) -> Heard:
        """Rate the words as what they are: an answer, part of a drill, or an alarm."""
        call = turn.call
        expects_place = call.place.times_asked > 0 and call.place.zone_id is None
        heard = self._triage.assess(
            words,
            language=call.language,
            # A critical call can rise no further: it is not read twice.
            before="" if call.urgency is Urgency.CRITICAL else ". ".join(call.recent_words),
            is_place_expected=expects_place,
        )
        call.recent_words = [*call.recent_words, words[:MAX_RECENT_CHARS]][-RECENT_WORDS:]
        if expects_place and is_only_a_place(heard.assessment, heard.text):
            # It was asked for: the rules know no hazard in a bare place, and rate it as unknown.
            answer = replace(heard.assessment, urgency=Urgency.NORMAL, hazard=Hazard.NONE)
            heard = replace(heard, assessment=answer)
        weigh_drill(turn, heard, self.site.languages, now)
        if is_played(turn, heard):
            heard = self._rated_as_played(heard, call.language)
        return heard

    def _language_of(self, call: Call, assessment: Assessment) -> str:
        """The language these words are answered in."""
        is_spoken_here = assessment.language in self.site.languages
        return assessment.language if is_spoken_here else call.language

    def _take_in(self, turn: Turn, heard: Heard, cues: frozenset[Cue], now: datetime) -> ZoneTalk:
        """Let the words change what is known of the call; urgency only rises."""
        call, assessment = turn.call, heard.assessment
        call.exchanges += 1
        call.silences = 0
        call.has_taken_leave = takes_leave(assessment, cues)
        find(turn, "words", now)
        call.language = self._language_of(call, assessment)
        self._note_caller(turn, cues, now)
        if assessment.intent is not Intent.UNCLEAR:
            call.is_menu_open = False
        self.raise_urgency(turn, assessment.urgency, "rules", now)
        learn(call.facts, _stated(assessment, cues))
        take_hazard(call, assessment)
        talk = place_call(call.place, assessment)
        if talk is ZoneTalk.ASK and not call.urgency.is_emergency:
            leave_unasked(call.place)
            return ZoneTalk.NOTHING
        return talk

    def _note_caller(self, turn: Turn, cues: frozenset[Cue], now: datetime) -> None:
        """Keep for the rest of the call what the words show of who is calling."""
        call = turn.call
        known = (call.is_quiet, call.is_child)
        call.is_quiet |= Cue.QUIET in cues or Cue.HIDES in cues
        call.is_child |= Cue.CHILD in cues
        if (call.is_quiet, call.is_child) != known:
            details = {"is_quiet": call.is_quiet, "is_child": call.is_child}
            turn.events.append(Event("caller_known", now, details))

    def _rated_as_played(self, heard: Heard, language: str) -> Heard:
        """Rate what an announced drill plays, so that everything runs as it would for real."""
        played = without_drill(heard.text, self.site.languages)
        if not played:
            return heard
        rated = self._triage.assess(played, language=heard.assessment.language or language)
        is_worse = rated.assessment.urgency.rank > heard.assessment.urgency.rank
        if not is_worse or not rated.assessment.reasons:
            return heard
        place = heard.assessment.place or rated.assessment.place
        assessment = replace(rated.assessment, is_drill=True, place=place)
        return replace(rated, text=heard.text, assessment=assessment)

    def _is_over_limit(self, call: Call, assessment: Assessment) -> bool:
        is_everyday = not call.urgency.is_emergency and not assessment.urgency.is_emergency
        return is_everyday and call.exchanges > self._max_exchanges

    def _take_leave(self, turn: Turn, intent: Intent, now: datetime) -> None:
        call = turn.call
        if intent is Intent.HUMAN:
            self.hand_off(turn, now)
        elif call.urgency.is_emergency or any(s.is_question for s in turn.sentences):
            return
        elif intent is Intent.WRONG_NUMBER:
            self._end(turn, EndReason.WRONG_NUMBER, now)
        elif intent is Intent.GOODBYE:
            self._end(turn, EndReason.SAID_GOODBYE, now)

    def _end(self, turn: Turn, reason: EndReason, now: datetime) -> None:
        turn.action = Action.END
        turn.events += self.end(turn.call, reason, now)

    def hand_off(self, turn: Turn, now: datetime) -> None:
        """Bring a person to the caller, or give the control room's number where that cannot be."""
        desk = self.site.contact(self.site.control_room)
        turn.is_settled = True
        if has_person(turn.call):
            return
        if turn.call.line not in LINES_THAT_CONNECT:
            turn.events += handing_off.request(turn.call, BY_CALLER, now)
            turn.sentences = [s for s in turn.sentences if not s.source.endswith(":hand_off")]
            self.say(turn, "control_room_is", number=desk.number)
        elif self._stays_until_joined and not turn.is_failing:
            turn.events += handing_off.request(turn.call, BY_CALLER, now)
        else:
            turn.events += handing_off.put_through(turn.call, desk.id, BY_CALLER, now)
            turn.action = Action.HAND_OFF


def _is_overruled(turn: Turn, procedure: Procedure | None, urgency: Urgency) -> bool:
    """Whether this is only the floor of a procedure that an operator lowered the call below."""
    if procedure is None or turn.call.floor_lifted != procedure.procedure:
        return False
    return urgency is procedure.urgency and turn.facts_before == turn.call.facts


def _stated(assessment: Assessment, cues: frozenset[Cue]) -> dict[str, Fact]:
    """The facts in these words. Who asks where the defibrillator is does not have it."""
    facts = dict(assessment.facts)
    if where_asked(cues) is Cue.AED:
        facts.pop("aed_here", None)
    if Cue.SELF_HURT in cues:
        facts.setdefault("self_hurt", True)
    return facts


def _asks_for_place(sentence: Spoken) -> bool:
    return sentence.name in PLACE_QUESTIONS


def _message(
    role: str, content: str, at: datetime, call: Call, details: dict[str, object]
) -> Message:
    return Message(role, content, at, call.urgency.value, details)  # type: ignore[arg-type]
