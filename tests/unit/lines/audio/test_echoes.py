"""Who repeats what Aurora asked, and then answers it, is heard."""

from tests.line import fire, said
from tests.unit.lines.audio.test_call import FIRE, FIRST_LINE, PARTS_OF_FIRE
from tests.virtual_time import virtually
from tests.voice import calling

ASKED = "what is happening"


def test_the_question_said_back_is_taken_off_and_the_answer_is_answered():
    async def work() -> None:
        async with calling({**PARTS_OF_FIRE, FIRE: fire()}, greets=False) as caller:
            await caller.waits(2.0)
            await caller.says(f"{ASKED} {FIRE}")
            await caller.hears_out()

            assert await caller.line.heard() == [FIRE]
            assert caller.ear.heard_of(FIRST_LINE).begins - caller.spoke_until <= 0.2

    virtually(work())


def test_what_was_taken_off_is_on_the_record():
    async def work() -> None:
        async with calling({"a door is stuck": said()}, greets=False) as caller:
            await caller.waits(2.0)
            await caller.says(f"{ASKED} a door is stuck")
            await caller.hears_out()

            call = await caller.line.records.find("CA1")
            [heard] = [
                one for one in await caller.line.records.messages(call.id) if one.role == "user"
            ]
            assert heard.content == "a door is stuck"
            assert heard.details["with_echo"] == f"{ASKED} a door is stuck"

    virtually(work())
