"""What a caller does on the call page, and what may happen between it and the line."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from playwright.async_api import Page, WebSocketRoute, expect

from tests.e2e.chromium import browsing, record
from tests.whole_line import WrittenSpeech, served

FIRE = "there is a fire in zone b"


async def open_call(page: Page, url: str) -> None:
    await page.goto(f"{url}/call")
    await page.click("#big")
    await expect(page.locator("#now")).to_contain_text("What is happening?")


async def type_in(page: Page, words: str) -> None:
    await page.fill("#words-typed", words)
    await page.press("#words-typed", "Enter")


class Cuttable:
    """The way between page and line, which a test can cut, or let die: nothing comes through."""

    def __init__(self) -> None:
        self.is_cut = self.is_dead = False
        self.swallowed: list[str | bytes] = []
        """What the page sent in vain."""
        self._routes: list[WebSocketRoute] = []

    async def carry(self, route: WebSocketRoute) -> None:
        if self.is_cut:
            await route.close(code=1012)
            return
        self._routes.append(route)
        server = route.connect_to_server()
        route.on_message(lambda sent: self.swallow(sent) if self.is_dead else server.send(sent))
        server.on_message(lambda sent: None if self.is_dead else route.send(sent))

    def swallow(self, sent: str | bytes) -> None:
        self.swallowed.append(sent)

    async def cut(self) -> None:
        self.is_cut = True
        for route in self._routes:
            await route.close(code=1012)

    async def restore(self) -> None:
        """Let the page find out that the way is dead, and find a new one."""
        self.is_dead = False
        await self.cut()
        self.is_cut = False


@asynccontextmanager
async def talkative_page(
    monkeypatch: pytest.MonkeyPatch, directory: Path
) -> AsyncIterator[tuple[str, Page]]:
    """A page whose caller never stops talking; whatever they say is taken for good morning."""
    talk = record(directory / "talk.wav", "Tell me about the lathe.", before_s=0.5, after_s=1.0)
    speech = WrittenSpeech("good morning")
    async with (
        served(monkeypatch, directory, speech=speech) as (url, _),
        browsing(microphone=talk, repeats=True) as page,
    ):
        yield url, page
