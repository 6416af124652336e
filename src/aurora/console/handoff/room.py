"""What an operator does with a caller from the console: listen, speak, type, take over, let go."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from aurora.console.handoff.ear import OperatorsEar
from aurora.conversation.call import Call
from aurora.conversation.hand_off import Stage, Way
from aurora.conversation.operators import Operators, render_nothing
from aurora.lines.open_lines import OpenLines
from aurora.lines.problems import Problem


class Telephones(Protocol):
    """Reaches callers and people over the telephone network, where one is set up."""

    def push(self, call: Call) -> None:
        """Have a caller on the telephone hear at once what is kept for them."""

    async def let_go(self, call: Call, reason: str) -> None:
        """End the telephone leg of whoever is asked or has joined; Aurora comes back."""


class HandOffRoom:
    """All operators of this machine."""

    def __init__(
        self,
        operators: Operators,
        open_lines: OpenLines,
        telephones: Telephones | None,
    ) -> None:
        self.operators = operators
        self._open_lines = open_lines
        self._telephones = telephones
        self._ears: dict[str, OperatorsEar] = {}

    @contextmanager
    def listening(self, ear_id: str, ear: OperatorsEar) -> Iterator[None]:
        """Know an ear by the id that its page chose, while it is open."""
        self._ears[ear_id] = ear
        try:
            yield
        finally:
            if self._ears.get(ear_id) is ear:
                del self._ears[ear_id]

    async def type(self, name: str, text: str, by: str, *, is_aurora: bool = False) -> bool:
        """Have words said to the caller; True when the line says them at once.

        Else they are said with the next turn; they are on the record either way.
        """
        call = await self.operators.type(name, text, by, is_aurora=is_aurora)
        if self._open_lines.nudge(call.id):
            return True
        if self._telephones is not None:
            self._telephones.push(call)
        return self._telephones is not None

    async def take_over(self, name: str, ear_id: str, by: str) -> Call:
        """Let an operator who listens speak in Aurora's place; raises Problem, HandOffTaken."""
        ear = self._ears.get(ear_id)
        if ear is None or ear.person != by:
            detail = "Listen to the call first, on this page: your sound is not open."
            raise Problem(409, "Not listening", detail, "ear")
        if not ear.has_microphone:
            raise Problem(409, "No microphone", "Allow the microphone: nothing is heard of it.")
        await ear.take_over()
        return await self.operators.call(name)

    async def release(self, name: str, by: str) -> Call:
        """Give a caller back to Aurora, or back into the queue; the act of whoever has them."""
        call = await self.operators.call(name)
        hand_off = call.hand_off
        if hand_off is None or not hand_off.is_open:
            raise Problem(409, "Nobody has joined", "Aurora has this caller already.")
        if hand_off.way is Way.CONSOLE and hand_off.person != by:
            detail = f"{hand_off.person} has this caller; only they give them back."
            raise Problem(409, "Somebody else's", detail)
        if hand_off.way is Way.PHONE and self._telephones is not None:
            await self._telephones.let_go(call, f"released by {by}")
        elif hand_off.stage is Stage.JOINED:
            bridge = self._open_lines.bridge(call.id)
            if bridge.person is not None:
                await bridge.drop_back(f"released by {by}")
            else:
                await self.operators.drop_back(name, f"released by {by}", render_nothing)
        elif hand_off.stage is Stage.BRIEFING:
            await self.operators.pass_on(name, f"released by {by}")
        else:
            await self.operators.close(name, f"closed by {by}")
        return await self.operators.call(name)
