"""Sound that comes late: a network that holds it back makes no caller fall silent."""

import pytest

from tests.unit.lines.audio.test_call import FIRE, FIRST_LINE, SCRIPT
from tests.virtual_time import virtually
from tests.voice import SILENT, Caller, calling


async def says_with_a_gap(caller: Caller, first: str, then: str) -> None:
    """Begin to say two pieces with 0.1 s between them; returns at the end of the first."""
    sounds = [caller.voices.sound(words, 0.3 * len(words.split())) for words in (first, then)]
    for words, sound in zip((first, then), sounds, strict=True):
        caller.recogniser.lengths[words] = len(sound) / 8000
    caller.start(sounds[0])
    for _ in range(5):
        caller.start(SILENT)
    caller.start(sounds[1])
    await caller.waits(len(sounds[0]) / 8000)


@pytest.mark.parametrize("held_back_s", [0.6, 1.0, 1.4])
def test_sound_that_was_held_back_inside_a_turn_is_no_silence(held_back_s: float):
    async def work() -> None:
        async with calling({}) as caller:
            await says_with_a_gap(caller, "help there is", "a fire in the big hall here")
            caller.is_sending = False
            await caller.waits(held_back_s)
            caller.catches_up(held_back_s)
            await caller.waits(4.0)

            assert await caller.line.heard() == ["help there is a fire in the big hall here"]

    virtually(work())


def test_sound_that_was_lost_inside_a_turn_is_no_silence():
    async def work() -> None:
        async with calling({}) as caller:
            await says_with_a_gap(caller, "help there is", "a fire in the big hall here")
            caller.is_sending = False
            await caller.waits(1.0)
            caller.is_sending = True
            await caller.waits(4.0)

            assert await caller.line.heard() == ["help there is a fire in the big hall here"]

    virtually(work())


def test_a_first_line_behind_sound_that_was_held_back_comes_as_soon_as_ever():
    async def work() -> None:
        async with calling(SCRIPT) as caller:
            caller.is_sending = False
            await caller.waits(1.0)
            caller.catches_up(1.0)
            await caller.says(FIRE)
            await caller.hears_out()

            assert caller.ear.heard_of(FIRST_LINE).begins - caller.spoke_until <= 0.2

    virtually(work())


def test_a_turn_whose_sound_ends_is_taken_as_it_is_after_a_second_and_a_half():
    async def work() -> None:
        async with calling({"help me": SCRIPT[FIRE]}) as caller:
            await caller.says("help me")
            caller.is_sending = False
            await caller.waits(1.4)
            assert await caller.line.heard() == []
            await caller.waits(1.0)

            assert await caller.line.heard() == ["help me"]

    virtually(work())
