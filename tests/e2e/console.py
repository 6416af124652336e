"""A console served with a test's own door, and pages of it as different people see them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from playwright.async_api import BrowserContext, Page

from aurora.accounts.person import Person
from aurora.app import Parts, create_app, open_parts
from aurora.rooms import open_rooms
from aurora.settings import load_settings
from tests.application import rooms_for, set_environment
from tests.console_door import COOKIE, TestDoor
from tests.served import free_url, served


@asynccontextmanager
async def console(
    monkeypatch: pytest.MonkeyPatch,
    directory: Path,
    environment: dict[str, str] | None = None,
    *,
    has_own_rooms: bool = False,
) -> AsyncIterator[tuple[str, Parts]]:
    """Serve the whole line with its console; yields its address and its parts.

    has_own_rooms: for what is kept in files of the data directory, as the handbook is.
    """
    url, port = free_url()
    set_environment(monkeypatch, directory, environment or {})
    settings = load_settings()
    rooms = open_rooms(settings) if has_own_rooms else rooms_for(settings)
    async with (
        open_parts(settings, rooms, local_url=url) as parts,
        served(create_app(parts, TestDoor()), port),
    ):
        yield url, parts


async def sit_down(context: BrowserContext, url: str, person: Person) -> None:
    """Be this person from now on."""
    await context.clear_cookies()
    await context.add_cookies([{"name": COOKIE, "value": person.id, "url": url}])


async def open_as(page: Page, url: str, person: Person, path: str) -> None:
    await sit_down(page.context, url, person)
    await page.goto(f"{url}{path}")
