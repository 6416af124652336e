"""A call by voice: what is heard when, what is recorded, what survives."""

from aurora.lines.audio.ports import Ending
from tests.line import fire, said
from tests.virtual_time import virtually
from tests.voice import calling

FIRE = "there is a fire in zone b"
SCRIPT = {
    FIRE: fire(),
    "there is a fire": fire(None),
    "there is a fire in": fire(None),
    "there is a fire in zone": fire(None),
}
FIRST_LINE = "Get out now."


def test_the_caller_is_greeted_and_then_told_the_first_line_in_the_pause_after_speech():
    async def work() -> None:
        async with calling(SCRIPT) as caller:
            await caller.says(FIRE)
            await caller.hears_out()

            assert "What is happening" in caller.ear.texts[0]
            begins = caller.ear.heard_of(FIRST_LINE).begins
            assert 0.09 <= begins - caller.spoke_until <= 0.15
            assert await caller.line.heard() == [FIRE]

    virtually(work())
