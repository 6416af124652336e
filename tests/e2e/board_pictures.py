"""Make the pictures of the board and a call at the console: python -m tests.e2e.board_pictures."""

import asyncio
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from playwright.async_api import expect

from tests.console_door import CookieDoor
from tests.e2e.chromium import browsing
from tests.e2e.console import incidents, place, sign_in
from tests.e2e.picture_files import take
from tests.e2e.pictures import PHONE
from tests.whole_line import WrittenSpeech, served

WIDE = {"width": 1440, "height": 900}
BOARDS: dict[str, dict[str, Any]] = {
    "board-wide": WIDE,
    "board-dark": WIDE | {"color_scheme": "dark"},
    "board-phone": PHONE,
    "board-wall": {"width": 1920, "height": 1080},
}
CALLS: dict[str, dict[str, Any]] = {
    "console-call-wide": WIDE,
    "console-call-dark": WIDE | {"color_scheme": "dark"},
    "console-call-phone": PHONE,
}
FLOOD = (
    ("there is smoke coming out of a cabinet in zone b", "yes", "three people are still inside"),
    ("acid went over his arm in the chemical store in zone c", "he is rinsing it"),
    ("how do I reset the conveyor after a jam",),
    ("a man fell from the ladder in zone d", "he is awake and breathing", "his back hurts"),
    ("help", "I don't know where I am"),
    ("big fire in zone b, I can see flames",),
    ("the forklift hit somebody in zone e",),
    ("where is the permit form kept",),
)
ALARMS = 40


async def picture(url: str, name: str, address: str, options: dict[str, Any]) -> None:
    async with browsing(reduced_motion="reduce", **options) as page:
        await sign_in(page, url, "Ann")
        await page.goto(f"{url}{address}")
        await expect(page.locator(".urgency").first).to_be_visible()
        await expect(page.locator("#link")).to_have_text("Live")
        await take(page, name)


async def make() -> None:
    with TemporaryDirectory() as directory, pytest.MonkeyPatch.context() as patch:
        speech, door = WrittenSpeech(), CookieDoor()
        async with served(patch, Path(directory), speech=speech, door=door) as (url, parts):
            await parts.start_alerting()
            shown = ""
            for number in range(ALARMS):
                who = f"+1202555{1000 + number}" if number % 5 else None
                call_id = await place(url, *FLOOD[number % len(FLOOD)], number=who)
                if number == len(FLOOD):  # not the very first, which finds everything cold
                    shown = call_id
            async with browsing() as page:
                await sign_in(page, url, "Ann")
                await page.goto(f"{url}/console")
                await incidents(page).nth(1).get_by_role("button", name="Take it").click()
                await expect(incidents(page).nth(1)).to_contain_text("entered by Ann")
            for name, options in BOARDS.items():
                address = "/console?wall" if name.endswith("wall") else "/console"
                await picture(url, name, address, options)
            for name, options in CALLS.items():
                await picture(url, name, f"/console/calls/{shown}", options)


if __name__ == "__main__":
    asyncio.run(make())
