"""The board and the store stay the same, whatever the store does."""

import pytest

from aurora.conditions.board import Board
from aurora.conditions.change import Change, exit_change, wind_change
from aurora.conditions.keeper import Keeper
from aurora.errors import RecordsError
from aurora.records.conditions import MemoryConditions
from tests.line import NOON, Clock


class FailingStore(MemoryConditions):
    is_down = False

    async def add(self, site, changes):
        if self.is_down:
            raise RecordsError("the disk is full")
        await super().add(site, changes)

    async def holding(self, site, now):
        if self.is_down:
            raise RecordsError("the disk is full")
        return await super().holding(site, now)


def machine(store: MemoryConditions) -> Keeper:
    return Keeper(Board(), store, "plant", Clock())


def blocked() -> Change:
    return exit_change("b", "b_east", is_blocked=True, by="call_1", reason="", now=NOON)


def shut(keeper: Keeper) -> list[str]:
    return [one.exit_id for one in keeper.board.at(NOON).blocked]


async def test_what_one_machine_hears_another_knows_after_its_next_look():
    store = MemoryConditions()
    ours, theirs = machine(store), machine(store)
    await ours.hear([blocked()])

    assert shut(ours) == ["b_east"]
    assert shut(theirs) == []
    await theirs.refresh()
    assert shut(theirs) == ["b_east"]


async def test_a_store_that_fails_takes_nothing_from_the_board_and_gets_it_later():
    store = FailingStore()
    ours, theirs = machine(store), machine(store)
    store.is_down = True
    await ours.hear([blocked()])
    await ours.refresh()
    assert shut(ours) == ["b_east"]

    store.is_down = False
    await ours.refresh()
    await theirs.refresh()
    assert shut(ours) == shut(theirs) == ["b_east"]


async def test_an_operators_act_that_is_not_stored_changes_nothing():
    store = FailingStore()
    keeper = machine(store)
    store.is_down = True

    with pytest.raises(RecordsError):
        await keeper.order(wind_change(270, "Ann", NOON))
    assert keeper.board.at(NOON).wind is None


async def test_what_is_put_up_while_the_store_answers_is_not_lost():
    class SlowStore(MemoryConditions):
        async def holding(self, site, now):
            stored = await super().holding(site, now)
            await keeper.hear([blocked()])
            return stored

    keeper = machine(SlowStore())
    await keeper.refresh()

    assert shut(keeper) == ["b_east"]


async def test_a_start_knows_what_was_stored_and_nothing_else():
    store = MemoryConditions()
    await machine(store).hear([blocked()])
    again = machine(store)
    again.board.put(wind_change(1, "left over", NOON))
    await again.start()

    assert shut(again) == ["b_east"]
    assert again.board.at(NOON).wind is None
    await again.close()
