"""Let the language model rate and answer an open turn; whatever it does wrong, the turn stands."""

import time
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import asdict
from datetime import datetime

import structlog

from aurora.conversation.dialogue import Dialogue
from aurora.conversation.turn import Turn
from aurora.errors import ModelFault
from aurora.guidance.grounding.check import Grounding
from aurora.guidance.guide import procedure_for
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

    async def ask(
        self, turn: Turn, history: Sequence[tuple[str, str]], now: datetime, *, within_s: float
    ) -> None:
        """Put the model's answer, if it is usable in time, in place of the turn's own sentences.

        within_s: seconds for the whole turn; the model gets what recording and sending leave.
        """
        dialogue = self._dialogue
        library = dialogue.guide.library
        procedure = library.procedure(turn.call.guidance.procedure, turn.call.language)
        messages = build_prompt(dialogue.site, turn.situation, procedure, history)
        started = time.perf_counter()
        figures = Figures()
        header: Header | None = None
        sentences: list[Spoken] = []
        try:
            async with aclosing(
                self._model.answer(messages, within_s=within_s - ANSWERING_S, figures=figures)
            ) as answer:
                async for part in answer:
                    if isinstance(part, Header):
                        header = part
                        turn.stages_ms["model_header"] = _since(started)
                    elif len(sentences) < MAX_MODEL_SENTENCES:
                        sentences += self._grounded(turn, part)
        except ModelFault as fault:
            turn.model_fault = fault.reason
            sentences = []
        turn.stages_ms |= {"model": _since(started), **figures.stages_ms()}
        if header is not None:
            self._follow(turn, header, sentences, now)

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

    def _grounded(self, turn: Turn, sentence: str) -> list[Spoken]:
        library = self._dialogue.guide.library
        procedure = library.procedure(turn.call.guidance.procedure, turn.call.language)
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

    def _follow(self, turn: Turn, header: Header, sentences: list[Spoken], now: datetime) -> None:
        """Raise urgency to the model's; a hazard it names brings that procedure's first line."""
        turn.model_rating = {k: v and str(v) for k, v in asdict(header).items()}
        call, dialogue = turn.call, self._dialogue
        rose = header.urgency.rank > call.urgency.rank
        dialogue.raise_urgency(turn, header.urgency, "model", now)
        if call.hazard is Hazard.NONE:
            call.hazard = header.hazard
        turn.situation = dialogue.situation(call, now)
        if rose:  # an emergency now: what was harmless talk before may say too much in it
            sentences = [kept for s in sentences for kept in self._grounded(turn, s.text)]
        candidate = procedure_for(header.urgency, header.hazard)
        # Words no rule knew are urgent already, so a hazard that the model makes out in them may
        # raise nothing; the first instruction must be the procedure's all the same.
        is_found = call.guidance.procedure is None and header.hazard not in UNKNOWN_HAZARDS
        is_due = rose or is_found
        if is_due and candidate and dialogue.guide.may_start(turn.situation, candidate):
            _take_back(turn)
            dialogue.apply(turn, dialogue.guide.start(turn.situation, candidate), now)
        elif sentences:
            # A step or a way out in this turn counts as given, so it must be spoken all the same.
            # Approved words come first, and the question that is left open comes last.
            kept = [s for s in turn.sentences if not _gives_way(s)]
            questions = [s for s in kept if s.text.endswith("?")]
            approved = [s for s in kept if not s.text.endswith("?")]
            turn.sentences = approved + sentences + questions
        dialogue.alert(turn, now)


def _take_back(turn: Turn) -> None:
    """Leave this turn's sentences unsaid, so that another procedure may give the way out."""
    zone, given = turn.situation.zone, turn.call.guidance.site_lines
    mark = f"exit:{zone.id}" if zone else ""
    if mark in given and any(s.source.endswith(WAYS_OUT) for s in turn.sentences):
        given.remove(mark)
    turn.sentences = []


def _gives_way(sentence: Spoken) -> bool:
    """Whether a sentence only stood in for an answer that the model now gives."""
    name = sentence.source.rpartition(":")[2]
    return name in STAND_INS and not sentence.text.endswith("?")


def _since(started: float) -> float:
    return round((time.perf_counter() - started) * 1000, 3)
