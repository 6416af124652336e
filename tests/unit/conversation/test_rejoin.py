"""A connection that came back: what it had still to say is said, what saves lives first."""

from aurora.guidance.spoken import Spoken
from tests.line import fire
from tests.switchboard import TWILIO, Line, words

GREETING = Spoken("This is the emergency line.", "phrases.en@1:greeting")
FIRST = Spoken("Get out now.", "fire.en@1:first_line")
WAYS_OUT = Spoken("Leave by the east gate.", "fire.en@1:ways_out")


async def line() -> Line:
    made = Line({"fire in zone b": fire()})
    await made.ring(TWILIO)
    await made.hear("fire in zone b")
    return made


async def test_what_was_not_heard_is_said_again_in_its_order():
    made = await line()

    answer = await made.board.rejoin("CA1", [FIRST, WAYS_OUT], words)

    assert answer == f"listen: {FIRST.text} {WAYS_OUT.text}"


async def test_a_greeting_that_was_not_heard_does_not_keep_a_first_line_waiting():
    made = await line()

    answer = await made.board.rejoin("CA1", [GREETING, FIRST, WAYS_OUT], words)

    assert answer == f"listen: {FIRST.text} {WAYS_OUT.text}"


async def test_who_heard_everything_is_told_that_the_line_is_open():
    made = await line()

    answer = await made.board.rejoin("CA1", [], words)

    assert answer
    assert FIRST.text not in answer
