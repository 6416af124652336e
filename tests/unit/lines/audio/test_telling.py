"""Which lines that were begun before their turn stand once the turn is known."""

import pytest

from aurora.guidance.spoken import Spoken
from aurora.lines.audio.mouth import Line
from aurora.lines.audio.telling import Ahead
from tests.line import NOON, dialogue, new_call

FIRST = Spoken("Get out now.", "fire.en@1:first_line")
OTHER = Spoken("Call his name.", "medical.en@1:first_line")
WAY_OUT = Spoken("Leave by the east gate.", "phrases.en@1:leave_by")
ANOTHER_WAY = Spoken("Leave by the west gate.", "phrases.en@1:leave_by")
QUESTION = Spoken("Is anybody hurt?", "fire.en@1:ask_hurt")
TYPED = Spoken("The operator says: close the door.", "operator:Ana")


@pytest.mark.parametrize(
    ("owed", "answer", "is_right"),
    [
        (FIRST, [QUESTION], True),
        (FIRST, [FIRST, QUESTION], True),
        (FIRST, [OTHER, QUESTION], False),
        (WAY_OUT, [QUESTION], True),
        (WAY_OUT, [QUESTION, WAY_OUT], True),
        (WAY_OUT, [QUESTION, ANOTHER_WAY], False),
        (TYPED, [QUESTION, ANOTHER_WAY], True),
        (TYPED, [OTHER], False),
    ],
)
def test_an_owed_line_stands_before_an_answer_that_does_not_make_it_out_of_date(
    owed, answer, is_right
):
    turn = dialogue().open_turn(new_call(), NOON)
    turn.sentences = answer

    assert Ahead(None, Line(owed, "en", 1), 0.0).is_right(turn) is is_right
