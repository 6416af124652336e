"""Run a test of the call tree durably, once over several machines: send, wait, conclude."""

from collections.abc import Sequence
from functools import partial
from typing import Protocol

from aurora.escalation.durable import Durable, Workflow, clock_step, step, waited, workflow

TEST = "test_call_tree"


class Tester(Protocol):
    """Does what a test takes; every method may be called again after a crash."""

    async def open(self, test_id: str, by: str, roles: Sequence[str], wait_s: float) -> None: ...

    async def send(self, test_id: str) -> None:
        """Ask everybody by every way."""

    async def is_answered(self, test_id: str) -> bool: ...

    async def close(self, test_id: str) -> None: ...


def add_testing(durable: Durable, tester: Tester) -> None:
    durable.add(TEST, partial(_workflow_of, tester))


def _workflow_of(tester: Tester) -> Workflow:
    async def waiting(test_id: str) -> str:
        return "answered" if await tester.is_answered(test_id) else "waiting"

    begin = step(tester.open, "open_test")
    send = step(tester.send, "send_test")
    stands = step(waiting, "test_stands")
    close = step(tester.close, "close_test")
    now = clock_step("test_now")

    @workflow(TEST)
    async def test_call_tree(test_id: str, by: str, roles: list[str], wait_s: float) -> None:
        await begin(test_id, by, roles, wait_s)
        await send(test_id)
        await waited(partial(stands, test_id), ["waiting"], now, wait_s)
        await close(test_id)

    return test_call_tree
