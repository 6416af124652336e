"""Carry plans out durably with DBOS: timers and steps survive kill -9; decides nothing."""

import logging
import time
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Any, Protocol

import structlog
from dbos import DBOS, DBOSConfig, SetWorkflowID

log = structlog.get_logger()

TOPIC = "news"
STEP_EVERY_S = 2.0
STEP_TRIES = 100_000
"""Some days."""
VERSION = "plans-1"
"""Raised only when the steps below change in a way that a running plan cannot take."""


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

    async def standing(self, plan_id: str, number: int) -> Standing: ...

    async def fall_back(self, plan_id: str) -> None:
        """Page everyone when nobody accepted."""

    async def finish(self, plan_id: str) -> None:
        """Note that a plan was carried out."""


class Plans:
    """The plans of this machine; open one a process."""

    def __init__(self, database_url: str, machine: str, carrier: Carrier) -> None:
        """database_url: of SQLAlchemy, sqlite or postgresql. machine: the same after a restart."""
        self._config: DBOSConfig = {
            "name": "aurora",
            "system_database_url": database_url,
            "executor_id": machine,
            "application_version": VERSION,
            "log_level": "WARNING",
        }
        self._carrier = carrier
        self._carry_out: Callable[[str], Coroutine[Any, Any, None]] | None = None

    def start(self) -> None:
        """Begin, and take up what this machine had not ended; call it in the line's event loop."""
        logging.getLogger("dbos").setLevel(logging.WARNING)
        DBOS(config=self._config)
        self._carry_out = _workflow_of(self._carrier)
        DBOS.launch()

    async def begin(self, plan_id: str) -> None:
        """Begin a plan; once begun, beginning it again changes nothing."""
        if self._carry_out is None:
            raise RuntimeError("begin follows start")
        with SetWorkflowID(plan_id):
            await DBOS.start_workflow_async(self._carry_out, plan_id)

    async def wake(self, plan_ids: Sequence[str], key: str) -> None:
        """Tell running plans that something changed; key: the same for the same change.

        A plan that cannot be told looks for itself when its time is over.
        """
        for plan_id in plan_ids:
            try:
                await DBOS.send_async(plan_id, key, TOPIC, idempotency_key=f"{plan_id}:{key}")
            # What it is told of is kept already, and the other plans have to hear it too.
            except Exception as error:
                log.error("plan_not_woken", plan=plan_id, error=str(error))

    def take_over(self, machine: str) -> int:
        """Take up the plans of a machine that is gone; return how many."""
        return len(DBOS._recover_pending_workflows([machine]))

    def close(self) -> None:
        """Let go; what runs goes on after the next start."""
        if self._carry_out is not None:
            DBOS.destroy(destroy_registry=True)
            self._carry_out = None


def system_database(url: str | None, data_dir: Path) -> str:
    """Return where DBOS keeps its state: beside the records."""
    if url is None:
        return f"sqlite:///{data_dir / 'plans.db'}"
    return "postgresql+psycopg" + url[url.index("://") :].replace("?ssl=", "?sslmode=")


def _workflow_of(carrier: Carrier) -> Callable[[str], Coroutine[Any, Any, None]]:
    """Return the durable workflow; its steps are recorded, so that none is done twice."""

    def step(work: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        # A database that is away, for however long, must not end a plan.
        return DBOS.step(
            name=work.__name__,
            retries_allowed=True,
            max_attempts=STEP_TRIES,
            interval_seconds=STEP_EVERY_S,
            backoff_rate=1.0,
        )(work)

    @step
    async def rounds(plan_id: str) -> list[list[float]]:
        return [list(one) for one in await carrier.rounds(plan_id)]

    @step
    async def page(plan_id: str, round_: int, number: int) -> bool:
        return await carrier.page(plan_id, round_, number)

    @step
    async def standing(plan_id: str, number: int) -> str:
        return (await carrier.standing(plan_id, number)).value

    @step
    async def now() -> float:
        return time.time()

    @step
    async def fall_back(plan_id: str) -> None:
        await carrier.fall_back(plan_id)

    @step
    async def finish(plan_id: str) -> None:
        await carrier.finish(plan_id)

    async def waited(plan_id: str, number: int, wait_s: float) -> str:
        """Wait for an answer; return how the step stands at the end."""
        until = await now() + wait_s
        while True:
            stands: str = await standing(plan_id, number)
            left = until - await now()
            if stands != Standing.WAIT or left <= 0:
                return stands
            await DBOS.recv_async(TOPIC, timeout_seconds=left)

    @DBOS.workflow(name="carry_out_plan")
    async def carry_out(plan_id: str) -> None:
        for round_, number, wait_s in await rounds(plan_id):
            is_paged = await page(plan_id, int(round_), int(number))
            if wait_s and await waited(plan_id, int(number), wait_s if is_paged else 0.0) == (
                Standing.OVER
            ):
                break
        else:
            await fall_back(plan_id)
        await finish(plan_id)

    return carry_out
