"""What a caller is owed, and what of it is said again with which turn."""

from dataclasses import dataclass

import pytest

from aurora.conversation.turn import Turn
from aurora.guidance.spoken import Spoken
from aurora.lines.owed import is_owed, once_each, owed_with
from tests.line import NOON, dialogue, new_call

FIRST = Spoken("Get out now.", "fire.en@1:first_line")
OTHER = Spoken("Call his name.", "medical.en@1:first_line")
WAY_OUT = Spoken("Leave by the east gate.", "phrases.en@1:leave_by")
ANOTHER_WAY = Spoken("Leave by the west gate.", "phrases.en@1:leave_by")
QUESTION = Spoken("Is anybody hurt?", "fire.en@1:ask_hurt")
TYPED = Spoken("The operator says: close the door.", "operator:Ana")
ASKED = Spoken("How many are you?", "whisper:Ana")


@dataclass(frozen=True)
class Line:
    sentence: Spoken


def turn(*sentences: Spoken) -> Turn:
    opened = dialogue().open_turn(new_call(), NOON)
    opened.sentences = list(sentences)
    return opened


def again(opened: Turn, *lost: Spoken, said: tuple[str, ...] = ()) -> list[Spoken]:
    return [line.sentence for line in owed_with(opened, map(Line, lost), said)]


@pytest.mark.parametrize(
    ("sentence", "owed"),
    [
        (FIRST, True),
        (WAY_OUT, True),
        (TYPED, True),
        (ASKED, True),
        (QUESTION, False),
        (Spoken("Close the door.", "model"), False),
    ],
)
def test_first_lines_ways_out_and_words_of_people_are_owed(sentence: Spoken, owed: bool) -> None:
    assert is_owed(sentence) is owed


def test_what_was_lost_is_said_again_in_its_order() -> None:
    assert again(turn(QUESTION), FIRST, WAY_OUT, TYPED) == [FIRST, WAY_OUT, TYPED]


def test_what_the_turn_says_itself_is_not_said_twice() -> None:
    assert again(turn(WAY_OUT), FIRST, WAY_OUT) == [FIRST]
    assert again(turn(QUESTION), FIRST, WAY_OUT, said=(FIRST.text,)) == [WAY_OUT]


def test_a_first_line_of_its_own_leaves_only_the_words_of_people() -> None:
    assert again(turn(OTHER, QUESTION), FIRST, WAY_OUT, TYPED, ASKED) == [TYPED, ASKED]


def test_a_way_out_takes_the_place_of_the_one_before() -> None:
    assert again(turn(QUESTION, ANOTHER_WAY), FIRST, WAY_OUT) == [FIRST]


def test_what_was_cut_twice_is_said_again_once() -> None:
    assert once_each([Line(FIRST), Line(WAY_OUT), Line(FIRST)]) == [Line(FIRST), Line(WAY_OUT)]
