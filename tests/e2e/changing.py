"""The rooms where texts are changed, and two administrators who change them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from playwright.async_api import Page

from aurora.app import create_app
from aurora.parts import Parts, open_parts
from aurora.rooms import open_rooms
from aurora.settings import load_settings
from tests.application import rooms_for, set_environment
from tests.console_door import CookieDoor
from tests.e2e.console import sign_in
from tests.served import free_url, served

ANA, BO = "Ana Admin", "Bo Second"


@asynccontextmanager
async def console(
    monkeypatch: pytest.MonkeyPatch, directory: Path, *, has_own_rooms: bool = False
) -> AsyncIterator[tuple[str, Parts]]:
    """Serve the whole line with its console; yields its address and its parts.

    has_own_rooms: for what is kept in files of the data directory, as the handbook is.
    """
    url, port = free_url()
    set_environment(monkeypatch, directory, {})
    settings = load_settings()
    rooms = open_rooms(settings) if has_own_rooms else rooms_for(settings)
    async with (
        open_parts(settings, rooms, local_url=url) as parts,
        served(create_app(parts, CookieDoor()), port),
    ):
        yield url, parts


async def open_as(page: Page, url: str, name: str, path: str, role: str = "admin") -> None:
    await sign_in(page, url, name, role)
    answer = await page.goto(f"{url}{path}")
    assert answer is not None
    assert answer.ok, path
