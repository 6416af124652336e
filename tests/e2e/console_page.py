"""A console in a browser, with somebody signed in; and what every page of it must be."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page

from aurora.accounts.person import Role
from aurora.parts import Parts
from tests.e2e.chromium import browsing
from tests.signing_in import signed_in
from tests.whole_line import WrittenSpeech, served

TOO_WIDE = """() => [...document.querySelectorAll("body *")]
  .filter((e) => !e.closest("svg, .wide-table") && getComputedStyle(e).position !== "absolute")
  .filter((e) => e.getBoundingClientRect().right > innerWidth + 0.5).map((e) => e.id || e.tagName)
  .concat(document.documentElement.scrollWidth > innerWidth ? ["page"] : [])"""


@asynccontextmanager
async def console(
    monkeypatch: pytest.MonkeyPatch, directory: Path, role: Role, **browser: Any
) -> AsyncIterator[tuple[Page, str, Parts]]:
    """Yield a page of somebody signed in with this role, the line's address and its parts."""
    async with (
        served(monkeypatch, directory, speech=WrittenSpeech()) as (url, parts),
        browsing(is_allowed=False, has_microphone=False, **browser) as page,
    ):
        headers = await signed_in(parts, role, "Ada Field")
        name, _, secret = headers["Cookie"].partition("=")
        await page.context.add_cookies([{"name": name, "value": secret, "url": url}])
        yield page, url, parts


async def barriers(page: Page) -> list[str]:
    """Return what axe-core finds serious or critical on the page as it is."""
    found = await Axe().run(page)
    return [
        f"{one['id']}: {one['nodes'][0]['target']} {one['nodes'][0].get('failureSummary', '')}"
        for one in found.response["violations"]
        if one["impact"] in ("serious", "critical")
    ]
