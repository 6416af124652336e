"""Run a procedure over a call: first line, then one step or question a turn, no words twice."""

from aurora.guidance import holds, items
from aurora.guidance.answers import Answers
from aurora.guidance.asked_again import last_given, question_again
from aurora.guidance.awaited import (
    come_between,
    has_words_for,
    may_ask,
    note_asked,
    take_answer,
    who_was_awake,
)
from aurora.guidance.care import begin
from aurora.guidance.comfort import Comfort
from aurora.guidance.courses import Courses
from aurora.guidance.cues import Cue
from aurora.guidance.items import is_new, open_branches, unanswered_ask
from aurora.guidance.library import THREATS, Library, note_text
from aurora.guidance.matching import Matcher, Vector
from aurora.guidance.phrasebook import Phrasebook, next_variant
from aurora.guidance.procedure import Ask, Asking, Branch, Procedure, Reply, Step
from aurora.guidance.recovery import BREATHING, note_no_breath, stated_of_breath
from aurora.guidance.spoken import Guidance, Situation, Spoken, is_fresh, was_said
from aurora.levels import highest
from aurora.triage.assessment import Assessment, Intent


class Runner:
    """The state machine of every procedure; the state itself is the call's."""

    def __init__(self, library: Library, phrasebook: Phrasebook, matcher: Matcher) -> None:
        self._library = library
        self._answers = Answers(matcher)
        self._phrases = phrasebook
        self._comfort = Comfort(phrasebook)
        self._courses = Courses(phrasebook, self._comfort)

    def start(
        self,
        situation: Situation,
        procedure_id: str,
        text: str = "",
        meaning: Vector | None = None,
    ) -> Guidance:
        """Begin a procedure: its first line, and the answer to what was asked along with it.

        text, meaning: the caller's words, if any, as `Matcher.find` takes them.
        """
        procedure = self._library.procedure(procedure_id, situation.language)
        if procedure is None:
            return Guidance(is_settled=False)
        state = situation.state
        begin(situation, self._running(situation), procedure)
        note_text(state, procedure, situation.language, anew=True)
        state.procedure, state.position, state.awaiting = procedure_id, 0, None
        state.taken[f"procedure:{procedure_id}"] = 1
        state.last_instruction = state.changed_over_at_s = None
        state.began_at_s = int(situation.now.timestamp())
        guidance = Guidance(urgency=procedure.urgency)
        if holds.is_resting(situation):  # they breathed again before a danger came between
            guidance.sentences += self._courses.next(situation, procedure)
            return guidance
        opening = self._spoken(situation, procedure, "first_line", procedure.first_line, procedure)
        guidance.sentences += opening
        reply = self._answers.to_first_words(situation, procedure, text, meaning)
        # "He does not breathe" is why it began; that he does not breathe again comes later.
        if reply is not None and not reply.stated:
            return self._give_reply(situation, procedure, reply, guidance)
        if "medical" in procedure.alert and isinstance(procedure.then[0], Step):
            self._give_step(situation, procedure, guidance)
        return guidance

    def advance(
        self,
        situation: Situation,
        assessment: Assessment,
        text: str,
        *,
        is_casualty: bool = False,
    ) -> Guidance:
        """Answer the caller, then give the next step or question of the running procedure.

        is_casualty: the words tell of somebody hurt or ill, whose own procedure has to wait.
        """
        procedure = self._running(situation)
        if procedure is None:
            return Guidance(is_settled=False)
        note_text(situation.state, procedure, situation.language)
        guidance = self._advanced(situation, procedure, assessment, text, is_casualty)
        if situation.state.procedure == procedure.procedure:
            question = holds.question_after(situation, procedure, assessment.facts)
            if question is not None and may_ask(situation, guidance):
                guidance.sentences += self._ask(situation, procedure, question, question.ask)
        return guidance

    def _advanced(
        self,
        situation: Situation,
        procedure: Procedure,
        assessment: Assessment,
        text: str,
        is_casualty: bool,
    ) -> Guidance:
        guidance = Guidance(urgency=procedure.urgency)
        told = take_answer(situation, procedure, assessment)
        if self._take_switch(situation, procedure, guidance):
            return guidance
        if (doubted := who_was_awake(situation, procedure, told)) is not None:
            guidance.sentences += self._ask(situation, procedure, doubted, doubted.again)
            return guidance
        if assessment.intent is Intent.REPEAT and not self._courses.is_open(situation):
            self._say_again(situation, procedure, guidance)
            return guidance
        # The branch for what these words tell goes before what else they may mean.
        meaning = None if has_words_for(situation, procedure, told) else assessment.meaning
        stated = {**assessment.facts, **stated_of_breath(situation, procedure, told)}
        reply = self._answers.best(
            situation, procedure, text, meaning, is_report=is_casualty, stated=stated
        )
        if reply is not None:
            note_no_breath(situation, reply, told)
            return self._give_reply(situation, procedure, reply, guidance)
        is_asked_after = is_casualty and situation.facts.get(BREATHING) is not False
        casualty = self._phrases.unsaid(situation, "casualty") if is_asked_after else None
        if casualty is not None:
            guidance.sentences.append(casualty)
            come_between(situation, procedure, BREATHING)
            guidance.sentences += self.keys_for(situation)
            return guidance
        if course := self._courses.next(situation, procedure):
            guidance.is_settled = assessment.intent is not Intent.QUESTION
            guidance.sentences += course
            return guidance
        if self._take_branch(situation, procedure, guidance):
            # An instruction already: a question may follow it, a second step may not.
            self.next_question(situation, guidance)
            return guidance
        if assessment.intent is Intent.ALL_CLEAR:
            guidance.sentences.append(self._phrases.say(situation, "not_all_clear"))
            return guidance
        if self._comfort.is_counting(situation, procedure):
            guidance.sentences += self._comfort.keep_on(situation, procedure)
        elif Cue.NEXT in situation.cues:
            self._step_and_question(situation, procedure, guidance)
        else:
            guidance.is_settled = assessment.intent is not Intent.QUESTION
            guidance.sentences += self._response(situation, assessment)
            self._next_item(situation, procedure, guidance)
            if assessment.intent is Intent.QUESTION and guidance.sentences[-1].name == "step":
                only_this = self._phrases.fresh(situation, "only_what_i_say")
                guidance.sentences[:-1] = [only_this] if only_this else []
        return guidance

    def wait(self, situation: Situation) -> list[Spoken]:
        """Something new for a caller who is silent: the next step where hands are busy with a
        count, else the count, else comfort."""
        procedure = self._running(situation)
        if procedure and (course := self._courses.next(situation, procedure)):
            return course
        is_busy = procedure is not None and procedure.rhythm is not None
        if procedure is None or not is_busy or self._comfort.is_counting(situation, procedure):
            return self._comfort.keep_on(situation, procedure)
        if not isinstance(items.next_of_use(situation, procedure), Step):
            return self._comfort.keep_on(situation, procedure)
        guidance = Guidance()
        self._give_step(situation, procedure, guidance)
        return guidance.sentences

    def is_keeping_count(self, situation: Situation) -> bool:
        """Whether the running procedure keeps a count, so that silence is a caller at work."""
        return (running := self._running(situation)) is not None and running.rhythm is not None

    def has_answer(self, situation: Situation, assessment: Assessment, text: str) -> bool:
        """Whether a reply of the running procedure fits these words beyond doubt."""
        procedure = self._running(situation)
        if procedure is None:
            return False
        meaning, stated = assessment.meaning, assessment.facts
        return bool(
            self._answers.best(situation, procedure, text, meaning, is_report=True, stated=stated)
        )

    def asks_at_once(self, situation: Situation, guidance: Guidance) -> bool:
        """Ask what goes before where the caller is: what care waits for, or whether a casualty who
        does not respond is breathing; if that is asked at all."""
        procedure = self._running(situation)
        if procedure is None:
            return False
        question = holds.urgent_question(situation, procedure)
        if situation.state.waiting is not None and question is not None:
            guidance.sentences += self._ask(situation, procedure, question, question.ask)
        elif holds.breath_due(situation, procedure):
            self._next_item(situation, procedure, guidance)
        return guidance.has_question

    def next_question(self, situation: Situation, guidance: Guidance) -> None:
        """Add the next item if it is a question: it can follow an instruction in one turn."""
        procedure = self._running(situation)
        if procedure is None:
            return
        item = items.next_of_use(situation, procedure)
        if isinstance(item, Ask) and may_ask(situation, guidance):
            self._next_item(situation, procedure, guidance)

    def _running(self, situation: Situation) -> Procedure | None:
        return self._library.running(situation.state, situation.language)

    def _response(self, situation: Situation, assessment: Assessment) -> list[Spoken]:
        """What comes before the next step: that the words were heard, or have no answer."""
        if assessment.intent is Intent.QUESTION:
            return [self._phrases.say(situation, "do_not_know_in_emergency")]
        acknowledgement = self._phrases.unsaid(situation, "acknowledge")
        return [acknowledgement] if acknowledgement else []

    def _take_switch(self, situation: Situation, procedure: Procedure, guidance: Guidance) -> bool:
        """Go to the procedure that an answer calls for, once nothing holds it back.

        Whoever does not breathe gets compressions, whatever runs and whichever line asked.
        """
        branches = [branch for _, branch in open_branches(situation, procedure)]
        if (care := holds.released(situation, procedure)) is not None:
            branches.append(Branch(switch=care))
        if situation.facts.get(BREATHING) is False:
            branches.append(Branch(switch=holds.CARDIAC_ARREST))
        return any(
            self._follow(situation, procedure, branch, guidance)
            for branch in branches
            if branch.switch and holds.may_switch(situation, procedure, branch.switch)
        )

    def _take_branch(self, situation: Situation, procedure: Procedure, guidance: Guidance) -> bool:
        """Take what one answer leads to, once; True when it gave something to say."""
        for mark, branch in open_branches(situation, procedure):
            situation.state.taken[mark] = 1
            if (
                branch.switch
                and procedure.hold_until
                and not holds.is_held(situation, procedure, branch.switch)
            ):
                continue  # such words are for as long as the power is on
            self._follow(situation, procedure, branch.model_copy(update={"switch": None}), guidance)
            if guidance.sentences:
                return True
        return False

    def _follow(
        self,
        situation: Situation,
        procedure: Procedure,
        branch: Branch | Reply,
        guidance: Guidance,
    ) -> bool:
        """Take a branch's rise, and its switch or its words; True when it switched."""
        levels = [level for level in (guidance.urgency, branch.urgency) if level]
        if branch.switch and holds.is_held(situation, procedure, branch.switch):
            self._postpone(situation, procedure, branch.switch, guidance)
        elif branch.switch and is_new(situation, branch.switch):
            started = self.start(situation, branch.switch)
            guidance.sentences += started.sentences
            levels += [started.urgency] if started.urgency else []
        elif isinstance(branch, Branch) and branch.say:
            guidance.sentences += self._unless_said(situation, procedure, branch, branch.say)
        guidance.urgency = highest(*levels) if levels else None
        return guidance.sentences != [] and situation.state.procedure != procedure.procedure

    def _postpone(
        self, situation: Situation, procedure: Procedure, target: str, guidance: Guidance
    ) -> None:
        """In place of a procedure that has to wait: what it waits for, told and asked."""
        holds.keep_waiting(situation.state, target)
        question = holds.question_of(procedure)
        answer = holds.known_answer(situation, question) if question else None
        if answer and answer.say:
            guidance.sentences += self._unless_said(situation, procedure, answer, answer.say)
        can_ask = may_ask(situation, guidance)
        if question is not None and can_ask and holds.has_words_left(situation, question):
            guidance.sentences += self._ask(situation, procedure, question, question.ask)
        elif not guidance.sentences:
            guidance.sentences += self._comfort.keep_on(situation, procedure)

    def _unless_said(
        self, situation: Situation, procedure: Procedure, branch: Branch, words: str
    ) -> list[Spoken]:
        if not words or was_said(situation.state, words):
            return []
        return self._spoken(situation, procedure, "branch", words, branch)

    def _spoken(
        self, situation: Situation, procedure: Procedure, part: str, words: str, asking: Asking
    ) -> list[Spoken]:
        """One line of the procedure; what it asks is what the caller answers next."""
        line = _from(procedure, part, words)
        if asking.asks is None or not line.is_question:
            return [line]
        come_between(situation, procedure, asking.asks)
        return [line, *self.keys_for(situation)] if asking.is_yes_no else [line]

    def _give_reply(
        self, situation: Situation, procedure: Procedure, reply: Reply, guidance: Guidance
    ) -> Guidance:
        target = reply.switch
        if not target or not (
            is_new(situation, target) or holds.is_held(situation, procedure, target)
        ):
            name = f"reply:{procedure.procedure}:{reply.id}"
            line = next_variant(situation, name, reply.say)
            part = f"reply.{reply.id}"
            guidance.sentences += self._spoken(situation, procedure, part, line, reply)
        self._follow(situation, procedure, reply, guidance)
        return guidance

    def _say_again(self, situation: Situation, procedure: Procedure, guidance: Guidance) -> None:
        """The open question, else the last instruction in other words; then comfort."""
        item = last_given(situation, procedure)
        if (question := question_again(situation, procedure, self._phrases)) is None:
            situation.state.awaiting = None  # not heard: no later "yes" is an answer to it
        if question is not None:
            guidance.sentences.append(question)
        elif isinstance(item, Ask):
            guidance.sentences += self._ask(situation, procedure, item, item.again)
        elif item is not None:
            guidance.sentences.append(_from(procedure, "again", item.again))
        else:
            guidance.sentences += self._comfort.keep_on(situation, procedure)

    def _next_item(self, situation: Situation, procedure: Procedure, guidance: Guidance) -> None:
        state = situation.state
        breath = holds.breath_due(situation, procedure)
        can_ask = may_ask(situation, guidance) or (breath and not guidance.has_question)
        unanswered = breath or unanswered_ask(situation, procedure)
        state.awaiting = None
        if unanswered is not None and can_ask:
            state.last_instruction = str(procedure.then.index(unanswered))
            words = unanswered.again if state.asked.get(unanswered.fact) else unanswered.ask
            guidance.sentences += self._ask(situation, procedure, unanswered, words)
            return
        if unanswered is not None:  # asked again after this turn
            state.position = min(state.position, procedure.then.index(unanswered))
        item = items.next_of_use(situation, procedure)
        if isinstance(item, Step):
            self._give_step(situation, procedure, guidance)
        elif item is not None and can_ask:
            state.last_instruction = str(state.position)
            state.position += 1
            guidance.sentences += self._ask(situation, procedure, item, item.ask)
        else:
            guidance.sentences += self._comfort.keep_on(situation, procedure)

    def _give_step(self, situation: Situation, procedure: Procedure, guidance: Guidance) -> None:
        state = situation.state
        item = items.next_of_use(situation, procedure)
        if not isinstance(item, Step):
            return
        state.last_instruction = str(state.position)
        state.position += 1
        is_repeated = was_said(state, item.do) and is_fresh(state, item.again)
        words = item.again if is_repeated else item.do
        guidance.sentences.append(_from(procedure, "step", words))

    def _step_and_question(
        self, situation: Situation, procedure: Procedure, guidance: Guidance
    ) -> None:
        """To "what now?": the next step, and with it the question that is still open."""
        unanswered = unanswered_ask(situation, procedure)
        if not isinstance(items.next_of_use(situation, procedure), Step):
            self._next_item(situation, procedure, guidance)
            return
        self._give_step(situation, procedure, guidance)
        situation.state.awaiting = None
        if unanswered is not None:
            guidance.sentences += self._ask(situation, procedure, unanswered, unanswered.again)

    def _ask(
        self, situation: Situation, procedure: Procedure, item: Ask, words: str
    ) -> list[Spoken]:
        note_asked(situation, item.fact)
        if not is_fresh(situation.state, words):
            words = item.again
        question = _from(procedure, f"ask.{item.fact}", words)
        return [question, *self.keys_for(situation)] if item.is_yes_no else [question]

    def keys_for(self, situation: Situation) -> list[Spoken]:
        """How to answer a yes/no question by key, for a caller who cannot or should not speak."""
        if situation.is_keypad_only:
            return [self._phrases.say(situation, "keypad_yes_no")]
        if situation.is_quiet or situation.state.procedure in THREATS:
            hint = self._phrases.fresh(situation, "keypad_yes_no")
            return [hint] if hint else []
        return []


def _from(procedure: Procedure, part: str, text: str) -> Spoken:
    return Spoken(text, f"{procedure.reference}:{part}")
