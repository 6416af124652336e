"""When a caller who waits in a conference waits for nobody, and that they are fetched once."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta

import pytest

from aurora.conversation import handing_off
from aurora.conversation.call import Call
from aurora.conversation.hand_off import Leg, Way
from aurora.escalation.acknowledgement import Tokens
from aurora.lines.hand_off import fetching
from aurora.lines.hand_off.addresses import Addresses
from aurora.lines.hand_off.fetching import ENTERS_WITHIN, Fetching, is_joined, waits_for_nobody
from tests.line import NOON, new_call
from tests.switchboard import Line

SOON, LATE = NOON + ENTERS_WITHIN / 2, NOON + ENTERS_WITHIN


def joined(way: Way = Way.PHONE, line: str = "gather") -> Call:
    call = replace(new_call(), line=line)
    handing_off.join(call, "Medic", way, NOON, contact_id="medic")
    return call


@pytest.mark.parametrize(("now", "is_held", "in_vain"), [
    (SOON, False, False), (LATE, False, True), (LATE + timedelta(hours=1), True, False),
])  # fmt: skip
def test_a_person_has_some_seconds_to_enter_and_hold_has_no_end(now, is_held, in_vain):
    assert waits_for_nobody(joined(), 1, now, is_held=is_held) is in_vain


def test_whoever_waits_after_the_person_is_gone_waits_in_vain_on_hold_too():
    call = joined()
    handing_off.drop_back(call, "person_left", NOON)

    assert waits_for_nobody(call, 1, SOON)
    assert waits_for_nobody(call, 1, SOON, is_held=True)


def test_whoever_waits_in_the_room_of_an_earlier_attempt_waits_in_vain():
    call = joined()
    handing_off.drop_back(call, "person_left", NOON)
    handing_off.join(call, "Guard", Way.PHONE, NOON, contact_id="guard")

    assert waits_for_nobody(call, 1, SOON)
    assert not waits_for_nobody(call, 2, SOON)


def test_a_caller_who_has_hung_up_waits_for_nobody_to_fetch_them():
    assert not waits_for_nobody(replace(joined(), ended_at=NOON), 1, LATE)


@pytest.mark.parametrize(("way", "line"), [(Way.CONSOLE, "gather"), (Way.PHONE, "web")])
def test_nobody_is_fetched_from_an_operators_browser_or_on_no_telephone(way, line):
    assert not is_joined(joined(way, line), 1)


class Moves:
    """A telephone account that notes whom it moves; nobody is back before the test says so."""

    def __init__(self) -> None:
        self.moved: list[str] = []
        self.hung_up: list[str] = []

    async def move(self, sid: str, url: str) -> bool:
        self.moved.append(sid)
        return True

    async def hang_up(self, sid: str) -> bool:
        self.hung_up.append(sid)
        return True


@asynccontextmanager
async def with_a_person(
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncIterator[tuple[Line, Fetching, Moves]]:
    """A caller with whom a person speaks, and whoever fetches them."""
    monkeypatch.setattr(fetching, "BACK_WITHIN_S", 0.0)
    line, moves = Line(), Moves()
    await line.ring()
    await line.operators.join("CA1", "Medic", Way.PHONE, contact_id="medic", leg="CAmedic")
    addresses = Addresses("https://line.example.com", Tokens(b"k" * 32, line.clock))
    fetches = Fetching(moves, addresses, line.clock)  # type: ignore[arg-type]
    yield line, fetches, moves
    await fetches.close()


async def done(fetches: Fetching) -> None:
    async with asyncio.timeout(60):
        while fetches.is_at_work:  # noqa: ASYNC110 - nothing is told when the last is done
            await asyncio.sleep(0)


async def test_a_departure_that_is_told_three_times_moves_the_caller_once(monkeypatch):
    async with with_a_person(monkeypatch) as (line, fetches, moves):
        call = await line.board.call("CA1")
        for _ in range(3):
            fetches.fetch_back(line.operators, call.id, 1, "CAmedic")
        line.clock.advance(seconds=ENTERS_WITHIN.total_seconds())
        fetches.look_after(line.operators, call, 1)
        await done(fetches)

    assert moves.moved == ["CA1"]


async def test_a_waiting_caller_who_asks_twice_is_moved_once(monkeypatch):
    async with with_a_person(monkeypatch) as (line, fetches, moves):
        call = await line.board.call("CA1")
        line.clock.advance(seconds=ENTERS_WITHIN.total_seconds())
        for _ in range(2):
            fetches.look_after(line.operators, call, 1)
        await done(fetches)

    assert moves.moved == ["CA1"]
    assert moves.hung_up == ["CAmedic"]


async def test_a_caller_is_fetched_when_the_next_person_leaves_soon_after_the_first(monkeypatch):
    async with with_a_person(monkeypatch) as (line, fetches, moves):
        call = await line.board.call("CA1")
        await line.operators.add("CA1", Leg("CA112", "Services", "services"))
        fetches.fetch_back(line.operators, call.id, 1, "CAmedic")
        await line.operators.leave("CA1", "CAmedic")
        fetches.fetch_back(line.operators, call.id, 1, "CA112")
        await done(fetches)

    assert moves.moved == ["CA1"]


async def test_a_caller_is_not_fetched_from_whoever_has_come_meanwhile(monkeypatch):
    async with with_a_person(monkeypatch) as (line, fetches, moves):
        call = await line.board.call("CA1")
        fetches.fetch_back(line.operators, call.id, 1, "CAmedic")
        await line.operators.add("CA1", Leg("CA112", "Services", "services"))
        await done(fetches)

    assert moves.moved == []
    assert (await line.board.call("CA1")).hand_off.leg == "CA112"
