"""Carry plans out durably: page a step, wait, the next one; decides nothing."""

from collections.abc import Sequence
from enum import StrEnum
from functools import partial
from typing import Protocol

from aurora.escalation.durable import Durable, Workflow, clock_step, step, waited, workflow

CARRY_OUT = "carry_out_plan"


class Standing(StrEnum):
    """How a step of a plan stands while its people are waited for."""

    WAIT = "wait"
    NEXT = "next"
    """Nobody of it can accept any more."""
    OVER = "over"
    """Nothing of the plan is due any more."""


class Carrier(Protocol):
    """Does what a plan asks for; every method may be called again after a crash."""

    async def rounds(self, plan_id: str) -> Sequence[tuple[int, int, float]]:
        """Return (round, step number, seconds to wait) of every step, in order."""

    async def page(self, plan_id: str, round_: int, number: int) -> bool:
        """Page those of a step who are due; False when nobody was."""

    async def relieve(self, plan_id: str, round_: int, number: int) -> None:
        """Page who comes next for a role whose people have said that they cannot."""

    async def standing(self, plan_id: str, number: int) -> Standing: ...

    async def fall_back(self, plan_id: str) -> None:
        """Page everyone when nobody accepted."""

    async def finish(self, plan_id: str) -> None:
        """Note that a plan was carried out."""


class Plans:
    """The plans of this machine."""

    def __init__(self, durable: Durable, carrier: Carrier) -> None:
        self._durable = durable
        durable.add(CARRY_OUT, partial(_workflow_of, carrier))

    async def begin(self, plan_id: str) -> None:
        """Begin a plan; once begun, beginning it again changes nothing."""
        await self._durable.begin(CARRY_OUT, plan_id, plan_id)

    async def wake(self, plan_ids: Sequence[str], key: str) -> None:
        """Tell running plans that something changed; key: the same for the same change."""
        await self._durable.wake(plan_ids, key)


def _workflow_of(carrier: Carrier) -> Workflow:
    """Return the durable workflow; its steps are recorded, so that none is done twice."""

    @step
    async def rounds(plan_id: str) -> list[list[float]]:
        return [list(one) for one in await carrier.rounds(plan_id)]

    @step
    async def page(plan_id: str, round_: int, number: int) -> bool:
        return await carrier.page(plan_id, round_, number)

    @step
    async def standing(plan_id: str, round_: int, number: int) -> str:
        # In one step: plans that were begun before it could be done go on.
        await carrier.relieve(plan_id, round_, number)
        return (await carrier.standing(plan_id, number)).value

    @step
    async def fall_back(plan_id: str) -> None:
        await carrier.fall_back(plan_id)

    @step
    async def finish(plan_id: str) -> None:
        await carrier.finish(plan_id)

    now = clock_step("now")

    @workflow(CARRY_OUT)
    async def carry_out(plan_id: str) -> None:
        for round_, number, wait_s in await rounds(plan_id):
            is_paged = await page(plan_id, int(round_), int(number))
            if not wait_s:
                continue
            stands = partial(standing, plan_id, int(round_), int(number))
            if await waited(stands, [Standing.WAIT], now, wait_s if is_paged else 0.0) == (
                Standing.OVER
            ):
                break
        else:
            await fall_back(plan_id)
        await finish(plan_id)

    return carry_out
