"""When the readings of unfinished words are enough to speak a first line."""

import pytest

from aurora.conversation.foresight import Foreseen
from aurora.guidance.spoken import Spoken
from aurora.levels import Urgency
from aurora.lines.audio.reflex import Reflex

FIRE = Spoken("Get out now.", "fire.en@1:first_line")
GAS = Spoken("Move upwind now.", "flammable_gas.en@1:first_line")


def foreseen(
    line: Spoken, urgency: Urgency = Urgency.CRITICAL, *, is_named: bool = True
) -> Foreseen:
    return Foreseen("", line, urgency, "en", is_drill=False, is_named=is_named)


class Foresight:
    """Foresees what the test wrote down, and counts how often it is asked."""

    def __init__(self, **script: Foreseen) -> None:
        self.script = {words.replace("_", " "): line for words, line in script.items()}
        self.asked: list[tuple[str, bool]] = []

    def __call__(self, words: str, *, is_likely_all: bool) -> Foreseen | None:
        self.asked.append((words, is_likely_all))
        return self.script.get(words)


def read(reflex: Reflex, *readings: str, is_pause: bool = False, is_sure: bool = True) -> None:
    for words in readings:
        reflex.read(words, "en", is_pause=is_pause, is_sure=is_sure)


def test_two_readings_that_agree_are_enough():
    reflex = Reflex(Foresight(there_is_a_fire=foreseen(FIRE), there_is_a_fire_in=foreseen(FIRE)))

    read(reflex, "there is a fire")
    assert reflex.due is None

    read(reflex, "there is a fire in")
    assert reflex.due is not None


def test_one_reading_of_a_whole_sentence_in_a_pause_is_enough():
    reflex = Reflex(Foresight(there_is_a_fire_here=foreseen(FIRE)))

    read(reflex, "there is a fire here", is_pause=True)

    assert reflex.due is not None


def test_words_that_stop_before_the_hazard_is_named_wait_for_more():
    reflex = Reflex(Foresight(his_hand_is=foreseen(GAS)))

    read(reflex, "his hand is", is_pause=True)

    assert reflex.due is None


def test_a_reading_the_recogniser_doubts_is_not_enough_alone():
    reflex = Reflex(Foresight(there_is_a_fire_here=foreseen(FIRE)))

    read(reflex, "there is a fire here", is_pause=True, is_sure=False)

    assert reflex.due is None


def test_few_words_that_name_nothing_are_not_enough_alone():
    guessed = foreseen(FIRE, is_named=False)
    reflex = Reflex(Foresight(the_forklift=guessed))

    read(reflex, "the forklift", is_pause=True)

    assert reflex.due is None


def test_the_same_words_once_more_say_nothing_new():
    reflex = Reflex(Foresight(his_hand_is=foreseen(GAS)))

    read(reflex, "his hand is", "his hand is")
    read(reflex, "his hand is", is_pause=True)

    assert reflex.due is None


def test_readings_that_differ_begin_anew():
    sight = Foresight(there_is_gas=foreseen(GAS), there_is_gas_on_fire=foreseen(FIRE))
    reflex = Reflex(sight)

    read(reflex, "there is gas", "there is gas on fire")
    assert reflex.due is None

    read(reflex, "there is a cat")
    assert reflex.due is None


@pytest.mark.parametrize("urgency", [Urgency.URGENT, Urgency.NORMAL])
def test_only_a_critical_line_is_spoken_early(urgency):
    reflex = Reflex(Foresight(a_drum_of_solvent_fell=foreseen(FIRE, urgency)))

    read(reflex, "a drum of solvent fell", is_pause=True)

    assert reflex.due is None


def test_nothing_is_foreseen_twice_for_the_same_words():
    sight = Foresight()

    read(Reflex(sight), "there is", "there is a", "there is a")

    assert sight.asked == [("there is", False), ("there is a", False), ("there is a", True)]
