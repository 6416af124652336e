"""A connection that came back: what it had still to say is said, what saves lives first."""

import pytest

from aurora.conversation.rejoin import with_unheard
from aurora.guidance.spoken import Spoken
from tests.line import fire
from tests.switchboard import TWILIO, Line, words

GREETING = Spoken("This is the emergency line.", "phrases.en@1:greeting")
FIRST = Spoken("Get out now.", "fire.en@1:first_line")
WAYS_OUT = Spoken("Leave by the east gate.", "fire.en@1:ways_out")
ANA = Spoken("Ana says: the crew is coming.", "operator:ana")
GAS = Spoken("Hold your breath and leave.", "toxic_gas.en@1:first_line")
STEP = Spoken("Move upwind.", "toxic_gas.en@1:step_1")


async def line() -> Line:
    made = Line({"fire in zone b": fire()})
    await made.ring(TWILIO)
    await made.hear("fire in zone b")
    return made


async def test_what_was_not_heard_is_said_again_in_its_order():
    made = await line()

    answer = await made.board.rejoin("CA1", [FIRST, WAYS_OUT], words)

    assert answer == f"listen: {FIRST.text} {WAYS_OUT.text}"


@pytest.mark.parametrize(
    ("unheard", "sentences", "told"),
    [
        ([], [STEP], [STEP]),
        ([WAYS_OUT], [STEP], [WAYS_OUT, STEP]),
        ([WAYS_OUT, STEP], [STEP], [WAYS_OUT, STEP]),
        ([GREETING, FIRST, WAYS_OUT], [STEP], [FIRST, WAYS_OUT, STEP]),
        ([GREETING], [GAS, STEP], [GAS, STEP]),
        ([FIRST, WAYS_OUT], [GAS, STEP], [GAS, STEP]),
        ([GREETING], [STEP, GAS], [STEP, GAS]),
        ([GREETING, ANA, FIRST, WAYS_OUT], [STEP], [FIRST, ANA, WAYS_OUT, STEP]),
        ([ANA, FIRST], [GAS, STEP], [GAS, ANA, STEP]),
    ],
)
def test_the_newest_first_line_goes_first_and_no_words_of_people_are_lost(unheard, sentences, told):
    assert with_unheard(unheard, sentences) == told


async def test_a_greeting_that_was_not_heard_does_not_keep_a_first_line_waiting():
    made = await line()

    answer = await made.board.rejoin("CA1", [GREETING, FIRST, WAYS_OUT], words)

    assert answer == f"listen: {FIRST.text} {WAYS_OUT.text}"


async def test_who_heard_everything_is_told_that_the_line_is_open():
    made = await line()

    answer = await made.board.rejoin("CA1", [], words)

    assert answer
    assert FIRST.text not in answer


async def test_who_is_put_through_is_told_first_what_they_did_not_hear():
    made = await line()
    (await made.board.call("CA1")).is_hand_off_due = True

    answer = await made.board.rejoin("CA1", [GREETING, FIRST, WAYS_OUT], words)

    assert answer == f"hand_off: {FIRST.text} {WAYS_OUT.text}"
    assert not (await made.board.call("CA1")).is_hand_off_due
