"""An event loop whose time passes only while everybody waits: minutes of a call in milliseconds."""

import asyncio
import selectors
from collections.abc import Callable, Coroutine
from typing import Any

LONGEST_TEST_S = 3600.0


class _InstantSelector(selectors.DefaultSelector):
    """Waits for nothing; tells the loop how long it would have waited."""

    def __init__(self) -> None:
        super().__init__()
        self.waited: Callable[[float | None], None] = lambda _: None

    def select(self, timeout: float | None = None) -> Any:
        ready = super().select(0)
        if not ready:
            self.waited(timeout)
        return ready


class VirtualLoop(asyncio.SelectorEventLoop):
    """Threads are run at once, in place."""

    def __init__(self) -> None:
        selector = _InstantSelector()
        super().__init__(selector)
        self._now = 1000.0
        selector.waited = self._pass

    def time(self) -> float:
        return self._now

    def _pass(self, seconds: float | None) -> None:
        if seconds is None:
            raise RuntimeError("everybody waits, and nothing will ever happen")
        self._now += seconds
        if self._now > LONGEST_TEST_S:
            raise RuntimeError("it goes on and on")

    def run_in_executor(self, executor: Any, function: Any, *arguments: Any) -> Any:
        done = self.create_future()
        try:
            done.set_result(function(*arguments))
        except Exception as error:
            done.set_exception(error)
        return done


def virtually(work: Coroutine[Any, Any, None]) -> None:
    """Run to the end in virtual time."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        runner.run(work)
