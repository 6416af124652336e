"""What an operator does at the console in a browser, and calls placed for them to see."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import httpx2
from playwright.async_api import Browser, Locator, Page, expect

from tests.e2e.chromium import IN_TIME_MS
from tests.waiting import PATIENT_S

FIRE = "there is a fire in zone b"


@asynccontextmanager
async def caller(url: str) -> AsyncIterator[httpx2.AsyncClient]:
    async with httpx2.AsyncClient(base_url=url, timeout=PATIENT_S) as client:
        yield client


async def place(url: str, *words: str, number: str | None = "+12025550171") -> str:
    """Place a call over HTTP, a turn for each text; return its id."""
    async with caller(url) as client:
        asked: dict[str, Any] = {"ph_no": number} if number else {}
        call_id = ""
        for text in words:
            if call_id:
                asked = {"call_id": call_id}
            answer = await client.post("/api/process-speech", json={"speech": text, **asked})
            answer.raise_for_status()
            call_id = answer.json()["call_id"]
    return call_id


async def sign_in(page: Page, url: str, name: str = "Ann", role: str = "operator") -> None:
    """Be somebody at the door that tests use."""
    cookies = [{"name": "name", "value": name}, {"name": "role", "value": role}]
    await page.context.add_cookies([{**cookie, "url": url} for cookie in cookies])  # type: ignore[typeddict-item]


async def open_board(page: Page, url: str, name: str = "Ann", role: str = "operator") -> None:
    await sign_in(page, url, name, role)
    await page.goto(f"{url}/console")


async def colleague(page: Page, url: str, name: str) -> Page:
    """Another operator at another console."""
    browser: Browser | None = page.context.browser
    assert browser is not None
    theirs = await browser.new_context(locale="en-US")
    theirs.set_default_timeout(IN_TIME_MS)
    other = await theirs.new_page()
    await sign_in(other, url, name)
    return other


def incidents(page: Page) -> Locator:
    return page.locator('[data-list="live"] > .incident')


def row(page: Page, call_id: str) -> Locator:
    return page.locator(f'[data-key="c-{call_id}"]')


async def has_within(page: Page, width: int) -> None:
    """Nothing reaches beyond the width of the window."""
    widest = await page.evaluate("document.documentElement.scrollWidth")
    assert widest <= width, widest


async def shows_in_order(items: Locator, texts: Sequence[str]) -> None:
    for number, text in enumerate(texts):
        await expect(items.nth(number)).to_contain_text(text)
