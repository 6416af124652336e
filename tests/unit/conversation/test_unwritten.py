"""What the records could not take is kept, and written as soon as it can be."""

import pytest

from aurora.conversation.call import EndReason
from aurora.conversation.turn import Action
from aurora.errors import RecordsError
from tests.switchboard import Line


async def test_an_emergency_that_cannot_be_recorded_goes_to_a_person_once():
    line = Line()
    await line.ring()
    line.records.is_down = True
    first, second = await line.hear("fire in zone b"), await line.hear("it spreads")

    assert first.startswith(Action.HAND_OFF)
    assert second.startswith(Action.LISTEN)


async def test_an_everyday_call_that_cannot_be_recorded_goes_on():
    line = Line()
    await line.ring()
    line.records.is_down = True

    assert (await line.hear("a delivery")).startswith(Action.LISTEN)


async def test_what_could_not_be_written_goes_first_with_the_next_turn():
    line = Line()
    await line.ring()
    line.records.is_down = True
    await line.hear("fire in zone b", key="k1")
    await line.hear("it spreads", key="k2")
    line.records.is_down = False
    await line.hear("still here", key="k3")

    assert await line.heard() == ["fire in zone b", "it spreads", "still here"]
    assert (await line.records.find("CA1")).exchanges == 3
    assert await line.records.answer_to("k1") is not None


async def test_a_repeat_of_what_could_not_be_written_is_no_second_turn():
    line = Line()
    await line.ring()
    line.records.is_down = True
    first = await line.hear("fire in zone b", key="k1")
    line.records.is_down = False

    assert await line.hear("fire in zone b", key="k1") == first
    await line.hear("still here")
    assert await line.heard() == ["fire in zone b", "still here"]


async def test_an_end_that_could_not_be_written_is_written_with_the_next_words():
    line = Line()
    await line.ring()
    line.records.is_down = True
    await line.board.end("CA1", EndReason.HUNG_UP)
    line.records.is_down = False
    await line.hear("fire in zone b")

    assert (await line.events())[:2] == ["ended", "reopened"]


async def test_last_words_that_could_not_be_written_are_written_once_they_can_be():
    line = Line()
    await line.ring()
    line.records.is_down = True
    await line.hear("fire in zone b", key="k1")
    await line.board.end("CA1", EndReason.HUNG_UP)
    with pytest.raises(RecordsError):
        await line.board.keep_unsaved()
    line.records.is_down = False
    await line.board.keep_unsaved()
    await line.board.keep_unsaved()

    assert await line.heard() == ["fire in zone b"]
    assert (await line.events()).count("ended") == 1
    assert line.onlooker.changed[-1].ended_at is not None


async def test_what_could_not_be_written_is_written_when_the_line_stops():
    line = Line()
    await line.ring()
    line.records.is_down = True
    await line.hear("fire in zone b")
    line.records.is_down = False
    await line.board.close()

    assert await line.heard() == ["fire in zone b"]


async def test_last_words_that_could_not_be_written_are_kept_though_another_machine_went_on():
    here, there = (line := Line()), line.another_machine()
    await here.ring()
    line.records.is_down = True
    await here.hear("fire in zone b")
    line.records.is_down = False
    await there.hear("i am at the gate")
    await here.board.keep_unsaved()

    assert await line.heard() == ["i am at the gate", "fire in zone b"]


async def test_what_could_not_be_written_is_kept_though_another_machine_went_on():
    here, there = (line := Line()), line.another_machine()
    await here.ring()
    line.records.is_down = True
    await here.hear("fire in zone b")
    line.records.is_down = False
    await there.hear("i am at the gate")
    await here.hear("still here")

    assert await line.heard() == ["i am at the gate", "fire in zone b", "still here"]
