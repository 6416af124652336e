"""What holds for every test of this folder, and a line and a page unless a file has its own."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Page

from aurora.parts import Parts
from tests.console_door import CookieDoor
from tests.e2e.chromium import browsing
from tests.unhurried import certificates, patience
from tests.whole_line import WrittenSpeech, served

__all__ = ["certificates", "patience"]


@pytest.fixture
async def line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> AsyncIterator[tuple[str, Parts]]:
    """A line without channels that pages, and its address."""
    async with served(monkeypatch, tmp_path, speech=WrittenSpeech(), door=CookieDoor()) as one:
        await one[1].start_alerting()
        yield one


@pytest.fixture
async def page() -> AsyncIterator[Page]:
    async with browsing() as one:
        yield one
