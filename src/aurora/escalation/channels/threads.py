"""A few threads for a library that blocks; what waits in the queue too long is never begun."""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Result = TypeVar("Result")


class NotInTime(Exception):
    """The work did not end in time. is_begun: it may still do what it was to do."""

    def __init__(self, *, is_begun: bool) -> None:
        super().__init__()
        self.is_begun = is_begun


class Threads:
    """So many at most; each piece of work has its own time limit inside too."""

    def __init__(self, most: int, name: str) -> None:
        self._pool = ThreadPoolExecutor(most, thread_name_prefix=name)

    async def run(self, work: Callable[[], Result], within_s: float) -> Result:
        """Return what the work returns; raises what it raises, or NotInTime."""
        is_begun = threading.Event()

        def in_thread() -> Result:
            is_begun.set()
            return work()

        try:
            async with asyncio.timeout(within_s):
                return await asyncio.get_running_loop().run_in_executor(self._pool, in_thread)
        # Cancelled while it still waits in the queue, it never runs.
        except TimeoutError as error:
            raise NotInTime(is_begun=is_begun.is_set()) from error

    def close(self) -> None:
        """Begin nothing more; what runs ends by its own time limit."""
        self._pool.shutdown(wait=False, cancel_futures=True)
