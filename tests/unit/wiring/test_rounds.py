"""What a line does again and again goes on, whatever breaks in it; one thing is done at the end."""

import asyncio

from structlog.testing import capture_logs

from aurora.errors import RecordsError
from aurora.wiring.rounds import Round, going
from tests.virtual_time import virtually


def test_a_round_that_breaks_comes_again_and_keeps_no_other_from_coming():
    faults = [RecordsError("the disk is full"), KeyError("nobody thought of it"), None]
    done: list[str] = []

    async def breaking() -> None:
        done.append("breaking")
        if (fault := faults.pop(0)) is not None:
            raise fault

    async def other() -> None:
        done.append("other")

    async def line() -> None:
        rounds = Round("broke", breaking, 10.0), Round("other", other, 10.0, first_s=5.0)
        async with going(*rounds, last=Round("last", other, 1_000.0)):
            await asyncio.sleep(31)

    with capture_logs() as logs:
        virtually(line())

    assert done == ["other", "breaking", "other", "breaking", "other", "breaking", "other"]
    assert [entry["event"] for entry in logs] == ["broke", "broke"]


def test_the_last_round_comes_at_the_end_after_the_others_have_stopped():
    done: list[str] = []

    async def seal() -> None:
        done.append("sealed")

    async def other() -> None:
        try:
            await asyncio.sleep(1_000)
        finally:
            done.append("stopped")

    async def line() -> None:
        async with going(Round("other", other, 1.0), last=Round("not_sealed", seal, 30.0)):
            await asyncio.sleep(2)
            assert not done

    virtually(line())
    assert done == ["stopped", "sealed"]
