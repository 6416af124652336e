"""A connection that died unnoticed: nothing that went into it counts as told."""

from aurora.guidance.spoken import Spoken
from aurora.lines.audio.ports import Ending
from aurora.speech.codec import FRAME_S
from tests.line import said
from tests.unit.lines.audio.test_call import FIRE, FIRST_LINE, SCRIPT
from tests.unit.lines.audio.test_noises import CLATTER, GREETING, clatter
from tests.virtual_time import virtually
from tests.voice import RING, Caller, calling

PAGE = RING.__class__("browser", provider_id="CA1")


def test_an_answer_that_went_into_a_dead_connection_is_told_on_the_next_one():
    async def work() -> None:
        async with calling(SCRIPT, has_other_ears=False, ring=PAGE) as caller:
            await caller.says(FIRE)
            caller.ear.echo = lambda name: None
            await caller.waits(12.0)
            caller.call.drop()
            assert await caller.ending is Ending.DROPPED

            unheard = [sentence.text for sentence in caller.call.take_unheard()]
            assert FIRST_LINE in unheard[0]
            assert "Leave Zone B" in unheard[1]
            assert caller.call.take_unheard() == []

    virtually(work())


def test_a_caller_who_heard_everything_is_told_nothing_twice():
    async def work() -> None:
        async with calling(SCRIPT, has_other_ears=False, ring=PAGE) as caller:
            await caller.says(FIRE)
            await caller.hears_out()
            caller.call.drop()
            await caller.ending

            assert caller.call.take_unheard() == []

    virtually(work())


def test_what_a_noise_cut_off_just_before_the_connection_died_is_told_on_the_next_one():
    async def work() -> None:
        async with calling(SCRIPT, greets=False) as caller:
            await caller.waits(0.5)
            caller.start(clatter())
            await caller.waits(len(CLATTER) * FRAME_S)
            assert caller.ear.cleared_at
            caller.call.drop()
            await caller.ending

            [greeting] = caller.call.take_unheard()
            assert GREETING in greeting.text

    virtually(work())


async def untold(caller: Caller) -> list[str]:
    """Hang up; return what the record says was not heard."""
    caller.call.hang_up()
    await caller.ending
    await caller.line.board.close()
    records = caller.line.records
    events = await records.events((await records.find("CA1")).id)
    over = [event.details["unheard"] for event in events if event.kind == "spoken_over"]
    return [text for texts in over for text in texts]


def test_the_record_says_which_instruction_a_caller_who_hung_up_did_not_hear():
    async def work() -> None:
        async with calling(SCRIPT) as caller:
            await caller.says(FIRE)
            await caller.hears(FIRST_LINE)
            first, way_out = await untold(caller)

            assert FIRST_LINE in first
            assert "Leave Zone B" in way_out
            # They may call again: it is still left for the next connection.
            assert [one.text for one in caller.call.take_unheard()] == [first, way_out]

    virtually(work())


def test_the_record_says_nothing_of_instructions_that_were_heard_before_the_hang_up():
    async def work() -> None:
        async with calling(SCRIPT) as caller:
            await caller.says(FIRE)
            await caller.hears_out()

            assert await untold(caller) == []

    virtually(work())


def test_what_the_connection_before_left_is_owed_on_this_one():
    async def work() -> None:
        way_out = "Leave by the east gate and walk against the wind to the muster point."
        async with calling({"say that again": said()}) as caller:
            caller.call.say([Spoken(way_out, "phrases.en@1:leave_by")])
            await caller.waits(0.5)
            await caller.says("say that again")
            await caller.hears_out()

            assert caller.ear.texts.count(way_out) == 2

    virtually(work())
