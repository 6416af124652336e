"""A call by voice as long as calls get, in virtual time: it goes on as it began."""

from aurora.levels import Urgency
from tests.line import fire, said
from tests.unit.lines.audio.test_call import FIRE, SCRIPT
from tests.virtual_time import virtually
from tests.voice import calling


def test_a_call_of_ten_minutes_goes_on_as_it_began():
    async def work() -> None:
        reports = {f"report number {n} is fine": said(Urgency.NORMAL) for n in range(100)}
        async with calling({**SCRIPT, **reports, "it spreads": fire()}) as caller:
            await caller.says(FIRE)
            began = caller.now
            for words in reports:
                await caller.hears_out()
                await caller.says(words)
            await caller.hears_out()

            assert caller.now - began > 600
            assert await caller.line.heard() == [FIRE, *reports]
            assert not caller.ending.done()

    virtually(work())
