"""What is to be done in one call, in order and one thing at a time; a failure ends nothing."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable

from aurora.conversation.speaker import Speaker
from aurora.conversation.turn import Turn
from aurora.errors import AnsweredBefore, AuroraError

Act = Callable[[], Awaitable[None]]


class Acts(ABC):
    """The acts of one call."""

    def __init__(self) -> None:
        self._due: asyncio.Queue[Act] = asyncio.Queue()
        self._is_taking = False

    @abstractmethod
    async def failed(self, error: Exception) -> None:
        """Whatever broke in an act, the caller is still there: the line goes on by another way."""

    @property
    def is_busy(self) -> bool:
        return self._is_taking or not self._due.empty()

    def put(self, act: Act) -> None:
        """Do this after everything put before."""
        self._due.put_nowait(act)

    async def ask(self, act: Act) -> None:
        """Do this after everything put before, and return once it is done, or raise what it does.

        An AuroraError is an answer to whoever asks, and no failure of the call.
        """
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

        async def answered() -> None:
            try:
                await act()
            except AuroraError as error:
                if not done.done():
                    done.set_exception(error)
            else:
                if not done.done():
                    done.set_result(None)

        self.put(answered)
        await done

    async def run(self) -> None:
        """Do what is put until cancelled."""
        while True:
            act = await self._due.get()
            self._is_taking = True
            try:
                await act()
            # The edge of a call.
            except Exception as error:
                await self.failed(error)
            finally:
                self._is_taking = False
                self._due.task_done()

    async def until_idle(self) -> None:
        """Return once everything put so far is done."""
        await self._due.join()


async def taken(act: Callable[..., Awaitable[str]], speaker: Speaker) -> Turn:
    """Take a turn on a line that speaks by itself, and return it: nothing is rendered.

    Raises AnsweredBefore where the same turn was taken before.
    """
    turns: list[Turn] = []

    def render(turn: Turn) -> str:
        turns.append(turn)
        return ""

    await act(render=render, speaker=speaker)
    if not turns:
        raise AnsweredBefore
    return turns[-1]
