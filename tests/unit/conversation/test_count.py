"""Telephone CPR: once every step was given, the count goes on until somebody takes over."""

import re
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from pydantic import ValidationError

from aurora.conversation import silence
from aurora.conversation.turn import Action, Turn
from aurora.guidance.procedure import Rhythm
from aurora.levels import Hazard, Urgency
from aurora.site.model import LANGUAGES
from aurora.triage.assessment import Intent
from tests.line import NOON, dialogue, example_library, new_call, said

NEW_STEPS = 14
"""Turns after which every step of the procedure was given."""


class Rescue:
    """A caller who pushes: mostly silent, now and then a word, the clock moved by hand."""

    def __init__(self, language: str = "en") -> None:
        arrest = said(
            Urgency.CRITICAL,
            hazard=Hazard.MEDICAL,
            procedure="cardiac_arrest",
            language=language,
        )
        words = {
            "okay": said(intent=Intent.DONE, language=language),
            "still going": said(language=language),
            "what now": said(intent=Intent.QUESTION, language=language),
            "the aed is here": said(language=language, facts={"aed_here": True}),
            "he is breathing again": said(language=language, facts={"breathing": True}),
            "he's not breathing": arrest,
        }
        self.line = dialogue(words)
        self.call = new_call(language=language)
        self.now: datetime = NOON
        self.hear("he's not breathing")

    def hear(self, words: str, seconds: float = 8) -> Turn:
        turn = self.line.hear(self.call, words, self.now)
        return self._close(turn, seconds)

    def push(self, seconds: float = 8) -> Turn:
        turn = silence.wait(self.line, self.call, self.now)
        return self._close(turn, seconds)

    def told_everything(self) -> "Rescue":
        for _ in range(NEW_STEPS):
            self.hear("okay", seconds=2)
        return self

    def _close(self, turn: Turn, seconds: float) -> Turn:
        self.line.close_turn(turn)
        self.now += timedelta(seconds=seconds)
        return turn


def parts(turn: Turn) -> list[str]:
    return [sentence.name for sentence in turn.sentences]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_silent_rescuer_gets_the_steps_and_then_the_count(language):
    rescue = Rescue(language)
    turns = [rescue.push() for _ in range(12)]

    assert parts(turns[0]) == ["step"]
    assert parts(turns[-1])[-1] == "count"
    assert {turn.action for turn in turns} == {Action.LISTEN}


@pytest.mark.parametrize("words", ["okay", "still going", "what now"])
def test_a_word_from_the_rescuer_keeps_the_count(words):
    rescue = Rescue().told_everything()

    assert parts(rescue.hear(words))[-1] == "count"
    assert parts(rescue.push())[-1] == "count"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_two_minutes_by_the_clock_rescuers_change_over(language):
    rescue = Rescue(language).told_everything()
    started = NOON
    changes = []
    for _ in range(80):
        at = rescue.now
        turn = rescue.push()
        if "change_over" in parts(turn):
            changes.append(((at - started).total_seconds(), turn.sentences[0].text))
    seconds = [at for at, _ in changes]

    assert len(changes) >= 4
    assert 120 <= seconds[0] < 130
    assert all(120 <= b - a < 130 for a, b in pairwise(seconds))
    minutes = [int(re.search(r"\d+", text).group()) for _, text in changes]
    assert minutes == [int(at // 60) for at in seconds]


def test_a_change_over_comes_even_before_the_last_step():
    rescue = Rescue()
    rescue.now += timedelta(seconds=121)

    assert parts(rescue.push()) == ["change_over", "count"]
    assert parts(rescue.push()) == ["step"]


def test_no_two_turns_of_a_long_rescue_are_the_same():
    rescue = Rescue()
    messages = [rescue.push().message for _ in range(120)]

    assert len(set(messages)) == len(messages)


def test_the_defibrillator_and_breathing_are_answered_in_the_middle_of_the_count():
    rescue = Rescue().told_everything()
    rescue.push()

    assert parts(rescue.hear("the aed is here"))[0] in ("reply.aed", "branch")
    assert parts(rescue.push())[-1] == "count"
    assert parts(rescue.hear("he is breathing again"))[0] == "reply.breathing_again"


def test_a_busy_rescuer_is_neither_asked_to_press_keys_nor_put_through():
    rescue = Rescue().told_everything()
    turns = [rescue.push() for _ in range(14)]

    assert not any("press 1" in turn.message.lower() for turn in turns)
    assert {turn.action for turn in turns} == {Action.LISTEN}
    assert "control_room" in rescue.call.roles_alerted


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_count_is_kept_in_every_language(language):
    rhythm = example_library().procedures["cardiac_arrest", language].rhythm

    assert rhythm is not None
    assert rhythm.every_s == 120
    assert len({line.lower() for line in rhythm.count}) == len(rhythm.count)


def test_a_change_over_that_names_no_minutes_is_refused():
    count = [f"{n}, one, two." for n in range(11)]
    with pytest.raises(ValidationError, match=r"name \{minutes\}"):
        Rhythm(count=count, change_over=["Change.", "Swap."], every_s=120)
