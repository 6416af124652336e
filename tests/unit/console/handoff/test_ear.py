"""How soon a console that went silent is taken for gone, and what is not taken for that."""

import asyncio
from typing import Any

from starlette.websockets import WebSocketState

from aurora.console.handoff.ear import (
    GONE,
    GONE_AFTER_S,
    LET_IN_EVERY_S,
    SENT_AWAY,
    WATCH_EVERY_S,
    OperatorsEar,
)
from aurora.lines.problems import unavailable
from aurora.speech.codec import FRAME_S
from tests.virtual_time import virtually

QUIET = {"type": "websocket.receive", "bytes": bytes(320)}


def test_a_console_that_went_silent_is_gone_within_two_seconds():
    assert GONE_AFTER_S + 2 * WATCH_EVERY_S < 2.0


class Joined:
    """The bridge of a call that this ear's operator has joined; the operator's page sends sound."""

    application_state = WebSocketState.CONNECTED

    def __init__(self) -> None:
        self.left: list[str] = []
        self.dropped: list[str] = []
        self.stood_still_s = 0.0
        self.arrives = asyncio.Event()
        self.arrives.set()

    def clock(self) -> float:
        return asyncio.get_running_loop().time() + self.stood_still_s

    def listen(self, ear: Any) -> None: ...

    async def leave(self, ear: Any, reason: str) -> None:
        self.left.append(reason)

    def is_speaker(self, ear: Any) -> bool:
        return not self.dropped

    def speak(self, ear: Any, mulaw: bytes) -> None: ...

    async def drop_back(self, reason: str) -> None:
        self.dropped.append(reason)

    async def receive(self) -> Any:
        await asyncio.sleep(FRAME_S)
        await self.arrives.wait()
        return QUIET

    async def send_text(self, text: str) -> None: ...

    async def close(self, *_: Any) -> None: ...


def test_a_line_that_stood_still_does_not_take_its_operator_for_gone():
    async def let_in() -> bool:
        return True

    async def work() -> None:
        call: Any = Joined()
        ear = OperatorsEar(call, call, "call_1", "Maria", let_in, call.clock)
        holding = asyncio.create_task(ear.hold())
        await asyncio.sleep(2.5 * WATCH_EVERY_S)
        # What came meanwhile is read only after the look that is due by now.
        call.stood_still_s = 10 * GONE_AFTER_S
        call.arrives.clear()
        await asyncio.sleep(WATCH_EVERY_S)
        call.arrives.set()
        await asyncio.sleep(1.0)
        assert call.dropped == []

        call.arrives.clear()
        await asyncio.sleep(GONE_AFTER_S + 2 * WATCH_EVERY_S)
        assert call.dropped == ["operator_not_heard"]
        holding.cancel()
        await asyncio.gather(holding, return_exceptions=True)

    virtually(work())


def test_nobody_is_sent_away_from_a_caller_because_it_cannot_be_read_whether_they_may_stay():
    is_readable, is_operator = False, True

    async def let_in() -> bool:
        if not is_readable:
            raise unavailable("the accounts cannot be reached")
        return is_operator

    async def work() -> None:
        nonlocal is_readable, is_operator
        call: Any = Joined()
        holding = asyncio.create_task(
            OperatorsEar(call, call, "call_1", "Maria", let_in, call.clock).hold()
        )
        await asyncio.sleep(20 * LET_IN_EVERY_S)
        assert (call.left, call.dropped) == ([], [])

        is_readable = True
        await asyncio.sleep(2 * LET_IN_EVERY_S)
        assert call.left == []
        is_operator = False
        assert await holding == SENT_AWAY
        assert call.left == [SENT_AWAY]

    virtually(work())


def test_a_fault_is_not_put_on_the_record_as_an_operator_sent_away():
    async def let_in() -> bool:
        raise RuntimeError("a fault of ours")

    async def work() -> None:
        call: Any = Joined()
        reason = await OperatorsEar(call, call, "call_1", "Maria", let_in, call.clock).hold()
        assert (reason, call.left) == (GONE, [GONE])

    virtually(work())
