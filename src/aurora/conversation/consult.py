"""Let the language model rate and answer an open turn; whatever it does wrong, the turn stands."""

import time
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import asdict
from datetime import datetime

import structlog

from aurora.conversation.dialogue import Dialogue
from aurora.conversation.speaker import UNSPOKEN, Speaker
from aurora.conversation.think_ahead import AnswersAhead
from aurora.conversation.turn import Turn
from aurora.errors import ModelFault
from aurora.guidance.by_hazard import procedure_for
from aurora.guidance.grounding.check import Grounding
from aurora.guidance.header import Header
from aurora.guidance.language_model import Figures, LanguageModel
from aurora.guidance.prompt import build_prompt
from aurora.guidance.spoken import Spoken, was_said
from aurora.guidance.ways_out import LINES as WAYS_OUT
from aurora.guidance.ways_out import names_wrong_exit
from aurora.levels import Hazard

log = structlog.get_logger()

MAX_MODEL_SENTENCES = 2
ANSWERING_S = 0.2
"""Of a turn's time, kept back from the model: the answer still has to be recorded and sent."""
UNKNOWN_HAZARDS = (Hazard.NONE, Hazard.OTHER)
STAND_INS = (
    *("cannot_answer", "do_not_know_in_emergency", "handbook_other_language"),
    *("noted", "clarify"),
)
"""Phrases for want of an answer."""


class Consultation:
    """The model's place in a call: it may raise urgency and add grounded sentences."""

    def __init__(self, dialogue: Dialogue, model: LanguageModel, grounding: Grounding) -> None:
        self._dialogue = dialogue
        self._model = model
        self._grounding = grounding
        self._ahead = AnswersAhead(model)

    def think_ahead(
        self, turn: Turn, history: Sequence[tuple[str, str]], *, within_s: float
    ) -> None:
        """Begin the answer to a turn that was only played, on a copy of the call."""
        messages = self._messages(turn, history)
        self._ahead.begin(turn.call.id, messages, within_s - ANSWERING_S)

    def think_no_more(self, call_id: str) -> None:
        """What was begun for this call is not wanted."""
        self._ahead.drop(call_id)

    async def ask(
        self,
        turn: Turn,
        history: Sequence[tuple[str, str]],
        now: datetime,
        *,
        within_s: float,
        speaker: Speaker = UNSPOKEN,
    ) -> None:
        """Put the model's answer, if it is usable in time, in place of the turn's own sentences.

        within_s: seconds for the whole turn; the model gets what recording and sending leave.
        speaker: is given each sentence as soon as it is known to be spoken.
        """
        messages = self._messages(turn, history)
        started = time.perf_counter()
        ahead = self._ahead.take(turn.call.id, messages)
        figures = ahead.figures if ahead else Figures()
        if ahead is not None:
            turn.stages_ms["model_ahead"] = round(ahead.ahead_ms, 3)
            parts = ahead.parts()
        else:
            parts = self._model.answer(messages, within_s=within_s - ANSWERING_S, figures=figures)
        has_header, is_taken_over = False, False
        sentences: list[Spoken] = []
        try:
            async with aclosing(parts) as answer:
                async for part in answer:
                    if isinstance(part, Header):
                        has_header = True
                        turn.stages_ms["model_header"] = _since(started)
                        is_taken_over = self._take_header(turn, part, now, speaker)
                    elif not is_taken_over and len(sentences) < MAX_MODEL_SENTENCES:
                        grounded = self._grounded(turn, part)
                        speaker.say(turn, grounded)
                        sentences += grounded
        except ModelFault as fault:
            turn.model_fault = fault.reason
            sentences = [s for s in sentences if speaker.was_said(s)]
        turn.stages_ms |= {"model": _since(started), **figures.stages_ms()}
        if sentences:
            _put_in(turn, sentences)
        if has_header:
            self._dialogue.alert(turn, now)

    async def rate(
        self, turn: Turn, history: Sequence[tuple[str, str]], *, within_s: float
    ) -> Header | None:
        """Return the model's rating of a turn already answered, or None on any fault."""
        if "model" in turn.stages_ms:
            return None  # It was asked in the turn itself, and its rating taken.
        messages = build_prompt(self._dialogue.site, turn.situation, None, history)
        header: Header | None = None
        try:
            async with aclosing(self._model.answer(messages, within_s=within_s)) as answer:
                # Read to the end: hanging up would cost the next turn a new connection.
                async for part in answer:
                    header = part if isinstance(part, Header) else header
        except ModelFault as fault:
            log.info("rating_failed", reason=fault.reason)
        return header

    def _messages(self, turn: Turn, history: Sequence[tuple[str, str]]) -> list[dict[str, str]]:
        dialogue = self._dialogue
        library = dialogue.guide.library
        procedure = library.running(turn.call.guidance, turn.call.language)
        return build_prompt(dialogue.site, turn.situation, procedure, history)

    def _grounded(self, turn: Turn, sentence: str) -> list[Spoken]:
        library = self._dialogue.guide.library
        procedure = library.running(turn.call.guidance, turn.call.language)
        refusal = self._grounding.refuse(sentence, turn.situation, procedure)
        if refusal is None and names_wrong_exit(sentence, turn.situation):
            refusal = "wrong_exit"
        if refusal is None and was_said(turn.call.guidance, sentence):
            refusal = "repetition"
        if refusal is None:
            return [Spoken(sentence, "model")]
        turn.refusals.append({"sentence": sentence, "reason": refusal})
        turn.call.refusals += 1
        return []

    def _take_header(self, turn: Turn, header: Header, now: datetime, speaker: Speaker) -> bool:
        """Raise urgency to the model's; a hazard it names brings that procedure's first line.

        True when that procedure speaks in place of the model.
        """
        turn.model_rating = {k: v and str(v) for k, v in asdict(header).items()}
        call, dialogue = turn.call, self._dialogue
        rose = header.urgency.rank > call.urgency.rank
        dialogue.raise_urgency(turn, header.urgency, "model", now)
        if call.hazard is Hazard.NONE:
            call.hazard = header.hazard
        turn.situation = dialogue.situation(call, now)
        candidate = procedure_for(header.urgency, header.hazard)
        # Words no rule knew are urgent already, so a hazard that the model makes out in them may
        # raise nothing; the first instruction must be the procedure's all the same.
        is_found = call.guidance.procedure is None and header.hazard not in UNKNOWN_HAZARDS
        is_due = rose or is_found
        if not (is_due and candidate and dialogue.guide.may_start(turn.situation, candidate)):
            return False
        _take_back(turn, speaker)
        begun = dialogue.guide.start(turn.situation, candidate)
        speaker.say(turn, begun.sentences)
        dialogue.apply(turn, begun, now)
        return True


def standing(turn: Turn) -> list[Spoken]:
    """Return the sentences of an open turn that are spoken whatever the model answers."""
    return [s for s in turn.sentences if not _leaves_open(s) and not _gives_way(s)]


def _put_in(turn: Turn, sentences: list[Spoken]) -> None:
    """Put the model's sentences where they belong among the approved ones."""
    # A step or a way out in this turn counts as given, so it must be spoken all the same.
    # Approved words come first, and the question that is left open comes last.
    questions = [s for s in turn.sentences if _leaves_open(s)]
    turn.sentences = standing(turn) + sentences + questions


def _take_back(turn: Turn, speaker: Speaker) -> None:
    """Leave this turn's sentences unsaid, so that another procedure may give the way out."""
    zone, given = turn.situation.zone, turn.call.guidance.site_lines
    mark = f"exit:{zone.id}" if zone else ""
    heard = speaker.take_back(turn)
    unsaid = [s for s in turn.sentences if s not in heard]
    if mark in given and any(s.source.endswith(WAYS_OUT) for s in unsaid):
        given.remove(mark)
    turn.sentences = heard


def _gives_way(sentence: Spoken) -> bool:
    """Whether a sentence only stood in for an answer that the model now gives."""
    return sentence.name in STAND_INS and not _leaves_open(sentence)


def _leaves_open(sentence: Spoken) -> bool:
    """Whether it ends by asking, so that nothing may come between it and the caller's answer."""
    return sentence.text.endswith("?")


def _since(started: float) -> float:
    return round((time.perf_counter() - started) * 1000, 3)
