"""Make the pictures of the call page that the documents show: python -m tests.e2e.pictures."""

import asyncio
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from playwright.async_api import expect

from tests.e2e.chromium import browsing
from tests.e2e.picture_files import take
from tests.whole_line import WrittenSpeech, served

PHONE = {"width": 360, "height": 760, "device_scale_factor": 2}
WIDE = {"width": 1280, "height": 860}
PICTURES: dict[str, dict[str, Any]] = {
    "call-wide": WIDE,
    "call-dark": WIDE | {"color_scheme": "dark"},
    "call-phone": PHONE,
}


async def picture(url: str, name: str, options: dict[str, Any]) -> None:
    async with browsing(reduced_motion="reduce", **options) as page:
        await page.goto(f"{url}/call")
        await page.click("#big")
        await expect(page.locator("#now")).to_contain_text("What is happening?")
        await page.wait_for_function("() => Number(document.body.dataset.playedS) > 2")
        await page.fill("#words-typed", "There's smoke in zone A")
        await page.press("#words-typed", "Enter")
        await expect(page.locator("#now")).to_contain_text("whichever is clear", timeout=20_000)
        await expect(page.locator("#big")).to_have_attribute("data-state", "listening")
        await page.evaluate("document.activeElement.blur(); scrollTo(0, 0)")
        await take(page, name)


async def make() -> None:
    with TemporaryDirectory() as directory, pytest.MonkeyPatch.context() as patch:
        async with served(patch, Path(directory), speech=WrittenSpeech()) as (url, _):
            for name, options in PICTURES.items():
                await picture(url, name, options)


if __name__ == "__main__":
    asyncio.run(make())
