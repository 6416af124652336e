"""A page's connection that breaks on this side: its call is let go, and the page calls again."""

import asyncio
from typing import Any

from aurora.lines.audio.ports import Ending
from aurora.lines.browser.session import Session
from tests.virtual_time import virtually


class Broken:
    """A page's socket and port of which everything is fine but what it says."""

    is_lost = False

    def __init__(self, *, breaks: str) -> None:
        self._breaks = breaks

    async def receive(self) -> dict[str, Any]:
        await asyncio.sleep(1.0 if self._breaks == "reading" else 1e6)
        raise ValueError("a bug")

    async def tell(self, message: dict[str, Any]) -> None: ...

    async def show_situation(self) -> None:
        if self._breaks == "telling":
            raise ValueError("a bug")


class TalkingCall:
    def __init__(self) -> None:
        self._is_dropped = asyncio.Event()

    def drop(self) -> None:
        self._is_dropped.set()

    async def run(self) -> Ending:
        await self._is_dropped.wait()
        return Ending.DROPPED


def test_a_call_does_not_talk_on_to_a_page_that_is_not_read_or_not_told_any_more():
    async def work() -> None:
        for breaks in ("reading", "telling"):
            page: Any = Broken(breaks=breaks)
            call: Any = TalkingCall()
            async with asyncio.timeout(60):
                assert await Session(page, page, call).hold() is Ending.DROPPED

    virtually(work())
