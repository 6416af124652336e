"""Act on what is heard while the caller speaks: a first line early, giving way, an echo."""

import asyncio
from collections.abc import Callable
from functools import partial

from aurora.conversation.echo import own_words
from aurora.conversation.foresight import Foreseen
from aurora.conversation.switchboard import Switchboard
from aurora.guidance.spoken import Spoken
from aurora.lines.audio.ears import Ears
from aurora.lines.audio.mouth import Line, Mouth
from aurora.lines.audio.reading import Reading
from aurora.lines.audio.reflex import Reflex
from aurora.lines.audio.sending import Sender
from aurora.lines.audio.telling import Ahead
from aurora.lines.audio.turns import Turns
from aurora.lines.audio.utterance import Utterance
from aurora.speech.barge_in import BargeIn
from aurora.speech.waiting import Priority

BREATH_S = 0.15
"""A shorter pause is one between two words: nobody is spoken to in it."""
SILENCE_S = 0.3
"""Of an ordinary turn's end: what is owed to the caller waits no longer for their words."""
ECHO_WITHIN_S = 1.0
NO_TURN_S = 0.3
"""After a sound that stopped Aurora: it was no one's turn when none has begun by then."""


class Attention:
    """One call's; listens to its ears and hands each finished turn over to be taken."""

    def __init__(
        self,
        name: str,
        switchboard: Switchboard,
        ears: Ears,
        mouth: Mouth,
        sender: Sender,
        turns: Turns,
        clock: Callable[[], float],
    ) -> None:
        """name: the call's id or provider id."""
        self._name = name
        self._switchboard = switchboard
        self._ears = ears
        self._mouth = mouth
        self._sender = sender
        self._turns = turns
        self._clock = clock
        self._reflex = Reflex(self._foresee)
        self._ahead: Ahead | None = None
        self._is_paused = False
        self._is_speech: bool | None = None
        """Whether the sound before the present pause was the caller's speech, once it is read."""
        self._barge_in = BargeIn(ears.window_s)
        self._going_on: asyncio.TimerHandle | None = None
        """Set where something was cut off and no turn has begun that would be answered."""
        self._has_word = False
        """Something of what the caller is saying has been put into words."""
        self._played: dict[str, float] = {}
        """What was in the caller's ear lately, and when it last was."""

    def verdict(self, now: float, is_speech: bool) -> None:
        """Let the caller speak over what is being said, once it is plain that they do."""
        if self._is_paused:
            self._speak_ahead()
        line, playing = self._mouth.playing() or (None, None)
        utterance = self._ears.utterance
        if line is not None:
            self._played[line.sentence.text] = now
            if utterance is not None:
                utterance.spoken_over.add(line.sentence.text)
        has_word = self._has_word and is_speech
        is_over = self._barge_in.decide(
            is_speech,
            playing,
            has_word=has_word,
            is_plain=self._ears.is_plain,
            is_in_turn=utterance is not None,
        )
        # Who speaks over a person's announcement speaks to that person.
        is_heard_out = self._turns.has_person
        if is_over and not is_heard_out and (has_word or line is None or not line.is_insistent):
            self.give_way()
            if utterance is None:
                self._go_on_soon()

    def speech_started(self, utterance: Utterance) -> None:
        if self._going_on is not None:
            self._going_on.cancel()
        self._reflex, self._ahead, self._is_paused = Reflex(self._foresee), None, False
        since = self._clock() - ECHO_WITHIN_S
        self._played = {text: at for text, at in self._played.items() if at >= since}
        utterance.spoken_over |= self._played.keys()

    def words_read(self, utterance: Utterance, reading: Reading, *, is_pause: bool) -> None:
        words = own_words(reading.words, utterance.spoken_over, is_partial=True)
        if not words:
            return
        self._sender.show({"kind": "words", "text": words, "is_final": False})
        self._switchboard.hear_so_far(self._name, words)
        if utterance is self._ears.utterance:
            self._has_word = True
            language = self._ears.language
            self._reflex.read(words, language, is_pause=is_pause, is_sure=reading.is_sure)
            self._speak_ahead()

    def pause_read(self, utterance: Utterance, reading: Reading) -> None:
        if utterance is self._ears.utterance:
            own = own_words(reading.words, utterance.spoken_over, is_partial=True)
            self._is_speech = reading.is_unsure or bool(own)
            self._speak_ahead()

    def speech_paused(self, utterance: Utterance) -> None:
        self._is_paused, self._is_speech = True, None

    def speech_resumed(self, utterance: Utterance) -> None:
        self._is_paused = self._has_word = False

    def turn_ended(self, utterance: Utterance) -> None:
        try:
            self._speak_ahead(is_over=True)
        finally:
            # What breaks in speaking early must not lose what the caller said.
            ahead, self._ahead = self._ahead, None
            self._is_paused = self._has_word = False
            self._turns.put(partial(self._turns.hear, utterance, ahead))

    def give_way(self) -> None:
        """Stop speaking; what was cut may have to be said again."""
        if self._mouth.is_busy:
            self._turns.lost += self._sender.stop()

    def _go_on_soon(self) -> None:
        """Say what was cut off after all, unless a turn begins that is answered."""
        if self._going_on is not None:
            self._going_on.cancel()
        loop = asyncio.get_running_loop()
        self._going_on = loop.call_later(NO_TURN_S, self._turns.put, self._turns.go_on)

    def _foresee(self, words: str, *, is_likely_all: bool) -> Foreseen | None:
        return self._switchboard.foresee(self._name, words, is_likely_all=is_likely_all)

    def _speak_ahead(self, *, is_over: bool = False) -> None:
        """Speak in the caller's pause what their turn will be answered with first."""
        is_breath = self._ears.silence_s < BREATH_S - 1e-9
        if not self._is_paused or is_breath or self._turns.is_busy or self._turns.has_person:
            return
        before = self._ahead
        # Who went on over it has their words read anew before it is said again.
        if before is not None and not (self._is_speech and before.line.is_lost):
            return
        if (foreseen := self._reflex.due) is not None:
            self.give_way()
            line = self._say(foreseen.first_line, foreseen.language)
            cut = before.attempts if before is not None else ()
            self._ahead = Ahead(foreseen, line, self._clock(), cut)
        elif (before is None or before.foreseen is None) and (owed := self._owed(is_over=is_over)):
            line = self._say(owed.sentence, owed.language, is_life_safety=owed.is_life_safety)
            self._ahead = Ahead(None, line, self._clock())
        else:
            return
        self._ears.priority = Priority.CRITICAL

    def _owed(self, *, is_over: bool) -> Line | None:
        """What this turn will be answered with unless its words call for a first line."""
        is_silence = is_over or self._ears.silence_s >= SILENCE_S - 1e-9
        is_due = is_silence if self._is_speech is None else self._is_speech
        return self._turns.owed if is_due and self._reflex.leaves_open else None

    def _say(self, sentence: Spoken, language: str, *, is_life_safety: bool = True) -> Line:
        return self._mouth.say(
            sentence, language, is_life_safety=is_life_safety, is_owed=True, is_opening=True
        )
