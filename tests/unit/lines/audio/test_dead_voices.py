"""When a sentence cannot be made into sound: it is made again, or read, and a person is called."""

from aurora.lines.audio.fixed_lines import fixed_lines
from aurora.lines.audio.ports import Ending
from tests.line import example_library, example_site, said
from tests.unit.lines.audio.test_call import FIRE, FIRST_LINE, SCRIPT
from tests.unit.lines.audio.test_failures import SAFE_LINE
from tests.virtual_time import virtually
from tests.voice import RING, Caller, calling

PAGE = RING.__class__("browser", provider_id="CA1")
NUMBER = "number of the control room"
QUESTION = "how do i reset the conveyor"
WAY_OUT = "Leave Zone B"


def keep_ready(caller: Caller, *parts: str) -> None:
    caller.lines.is_ready = lambda text: any(part in text for part in parts)


def shown(caller: Caller) -> list[str]:
    return [what["sentence"].text for what in caller.ear.shown if what["kind"] == "sentence"]


def test_a_voice_that_dies_is_asked_again_and_the_line_goes_on():
    async def work() -> None:
        async with calling(SCRIPT) as caller:
            keep_ready(caller, FIRST_LINE)
            caller.lines.deaths = 1
            await caller.says(FIRE)
            await caller.hears_out()

            assert [WAY_OUT in text for text in caller.ear.texts[1:3]] == [False, True]
            assert not caller.ending.done()
            assert "voice_unavailable" not in await caller.events()

    virtually(work())


def test_a_page_reads_what_cannot_be_spoken_and_hears_the_recorded_lines():
    async def work() -> None:
        async with calling(SCRIPT, has_other_ears=False, ring=PAGE) as caller:
            keep_ready(caller, FIRST_LINE, SAFE_LINE, NUMBER)
            caller.lines.is_dead = True
            await caller.says(FIRE)
            await caller.hears_out()

            _, first, safe, number = caller.ear.texts
            assert FIRST_LINE in first
            assert safe == SAFE_LINE
            assert NUMBER in number
            assert any(WAY_OUT in text for text in shown(caller))
            assert "control_room" in (await caller.line.board.call("CA1")).roles_alerted
            assert "voice_unavailable" in await caller.events()
            assert not caller.ending.done()

    virtually(work())


def test_a_person_is_called_once_however_many_sentences_are_lost():
    async def work() -> None:
        async with calling(
            {**SCRIPT, "what now": said()}, has_other_ears=False, ring=PAGE
        ) as caller:
            keep_ready(caller, FIRST_LINE, SAFE_LINE, NUMBER)
            caller.lines.is_dead = True
            await caller.says(FIRE)
            await caller.hears_out()
            read = len(shown(caller))
            await caller.says("what now")
            await caller.hears_out()

            assert caller.ear.texts.count(SAFE_LINE) == 1
            assert len(shown(caller)) > read

    virtually(work())


def test_an_everyday_question_that_cannot_be_answered_aloud_alarms_nobody():
    async def work() -> None:
        script = {QUESTION: said()}
        async with calling(script, has_other_ears=False, ring=PAGE) as caller:
            keep_ready(caller, SAFE_LINE, NUMBER)
            caller.lines.is_dead = True
            await caller.says(QUESTION)
            await caller.hears_out()

            assert SAFE_LINE not in caller.ear.texts
            assert NUMBER in caller.ear.texts[-1]
            assert (await caller.line.board.call("CA1")).roles_alerted == []

    virtually(work())


def test_a_voice_that_takes_too_long_is_not_waited_for_twice():
    async def work() -> None:
        async with calling(SCRIPT, has_other_ears=False, ring=PAGE) as caller:
            keep_ready(caller, FIRST_LINE, SAFE_LINE, NUMBER)
            caller.lines.is_dead, caller.lines.takes_s = True, 2.0
            await caller.says(FIRE)
            await caller.waits(2.3)

            assert any(WAY_OUT in text for text in shown(caller))

    virtually(work())


def test_where_another_voice_takes_over_it_is_given_what_this_one_could_not_say():
    async def work() -> None:
        async with calling(SCRIPT) as caller:
            keep_ready(caller, FIRST_LINE)
            caller.lines.is_dead = True
            await caller.says(FIRE)

            assert await caller.ending is Ending.FAILED
            assert SAFE_LINE not in caller.ear.texts
            assert WAY_OUT in caller.call.take_unheard()[0].text

    virtually(work())


def test_the_lines_that_a_dead_voice_leaves_are_made_ready_before_any_call():
    site, library = example_site(), example_library()
    ready = {text for text, language in fixed_lines(library, site) if language == "en"}

    number = site.contact(site.control_room).number
    assert SAFE_LINE in ready
    assert any(NUMBER in text and number in text for text in ready)
