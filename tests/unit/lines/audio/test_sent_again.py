"""Words and keys that a page sends again because it does not know whether they arrived."""

import asyncio

from aurora.guidance.spoken import Spoken
from tests.unit.lines.audio.test_call import FIRE, FIRST_LINE, SCRIPT
from tests.virtual_time import virtually
from tests.voice import Caller, calling


def kept(caller: Caller) -> list[str]:
    return [what["key"] for what in caller.ear.shown if what["kind"] == "kept"]


def test_words_sent_twice_are_taken_once_and_kept_both_times():
    async def work() -> None:
        async with calling(SCRIPT) as caller:
            caller.call.words(FIRE, "CA1:first")
            caller.call.words(FIRE, "CA1:first")
            caller.call.press("2", "CA1:key")
            caller.call.press("2", "CA1:key")
            await caller.hears_out()

            assert await caller.line.heard() == [FIRE, "[key 2]"]
            assert kept(caller) == ["CA1:first", "CA1:first", "CA1:key", "CA1:key"]
            assert sum(FIRST_LINE in text for text in caller.ear.texts) == 1
            assert not caller.ending.done()

    virtually(work())


def test_words_sent_twice_cut_nothing_off_for_good():
    async def work() -> None:
        async with calling(SCRIPT) as caller:
            caller.call.words(FIRE, "CA1:first")
            await caller.hears("Leave Zone B")
            caller.call.words(FIRE, "CA1:first")
            await caller.hears_out()

            way_out = max(one.ends - one.begins for one in caller.ear.heard if "Leave" in one.text)
            assert way_out > 1.5
            assert await caller.line.heard() == [FIRE]

    virtually(work())


def test_what_is_cut_off_while_a_repeat_is_looked_up_is_said_after_all(monkeypatch):
    async def work() -> None:
        async with calling(SCRIPT) as caller:
            caller.call.words(FIRE, "CA1:first")
            await caller.hears("Leave Zone B")

            async def answered_before(*_: object, **__: object) -> str:
                caller.call.say([Spoken("Ana says: the crew is coming.", "operator:ana")])
                await asyncio.sleep(0.3)
                caller.call._attention.give_way()
                return ""

            monkeypatch.setattr(caller.line.board, "hear", answered_before)
            caller.call.words(FIRE, "CA1:first")
            await caller.hears_out()

            said = [one.text for one in caller.ear.heard if one.ends - one.begins > 1.5]
            assert "Leave Zone B" in said[-2]
            assert said[-1].startswith("Ana says")

    virtually(work())


def test_words_are_kept_once_the_record_has_them_and_not_before():
    async def work() -> None:
        async with calling(SCRIPT) as caller:
            caller.line.records.takes_s = 2.0
            caller.call.words(FIRE, "CA1:first")
            await caller.waits(1.5)
            assert kept(caller) == []
            await caller.waits(1.5)
            assert kept(caller) == ["CA1:first"]

    virtually(work())


def test_words_that_the_disk_did_not_take_are_answered_and_not_called_kept():
    async def work() -> None:
        async with calling(SCRIPT) as caller:
            caller.line.records.is_down = True
            caller.call.words("good morning", "CA1:first")
            await caller.hears_out()
            assert len(caller.ear.heard) > 1
            assert kept(caller) == []

            caller.line.records.is_down = False
            await caller.line.board.keep_unsaved()
            caller.call.words("good morning", "CA1:first")
            await caller.hears_out()
            assert kept(caller) == ["CA1:first"]
            assert await caller.line.heard() == ["good morning"]

    virtually(work())


def test_words_sent_twice_to_a_person_are_overheard_once():
    async def work() -> None:
        async with calling(SCRIPT) as caller:
            await caller.call.join("Ana")
            caller.call.words(FIRE, "CA1:first")
            caller.call.words(FIRE, "CA1:first")
            await caller.waits(1.0)

            assert await caller.line.heard() == [FIRE]
            assert kept(caller) == ["CA1:first", "CA1:first"]

    virtually(work())
