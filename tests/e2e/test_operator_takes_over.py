"""An operator's browser and a caller's, in Chromium: sound is measured to arrive both ways."""

import asyncio

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page, expect

from aurora.console.handoff import ear
from aurora.parts import Parts
from tests.console_door import CookieDoor
from tests.e2e.call_page import FIRE, open_call, type_in
from tests.e2e.chromium import browsing, record
from tests.waiting import PATIENT_S
from tests.whole_line import WrittenSpeech, served


@pytest.fixture(autouse=True)
def _heard_late(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a busy machine a browser's microphone may stop for a while: nobody is gone for that."""
    monkeypatch.setattr(ear, "GONE_AFTER_S", PATIENT_S)


async def number(page: Page, name: str) -> float:
    return float(await page.evaluate(f"document.querySelector('[data-handoff]').dataset.{name}"))


async def reached(measure, least: float, within_s: float = PATIENT_S) -> float:
    """Wait until a measure is so large; return it."""
    async with asyncio.timeout(within_s):
        while (value := await measure()) < least:  # noqa: ASYNC110 - a page has no event for it
            await asyncio.sleep(0.1)
    return value


async def enter(page: Page, url: str) -> None:
    """Open a page of the console as Maria, an operator."""
    await page.context.add_cookies([{"name": "name", "value": "Maria", "url": url}])
    await page.goto(url)


async def the_call(parts: Parts) -> str:
    [call] = await parts.records.open_calls()
    return call.id


async def test_an_operator_hears_speaks_and_aurora_returns_when_they_are_gone(
    monkeypatch, tmp_path
):
    microphone = record(tmp_path / "caller.wav", "help me please, help me", before_s=1.0, after_s=1)
    async with (
        served(monkeypatch, tmp_path, speech=WrittenSpeech(FIRE), door=CookieDoor()) as (
            url,
            parts,
        ),
        browsing(microphone=microphone, repeats=True) as caller,
    ):
        await open_call(caller, url)
        call = await the_call(parts)

        async def played_s() -> float:
            return float(await caller.evaluate("document.body.dataset.playedS"))

        async def loudness() -> float:
            return float(await caller.evaluate("document.body.dataset.loudness"))

        async with browsing() as operator:  # its microphone beeps
            await enter(operator, f"{url}/console/calls/{call}")
            await operator.click("#handoff-listen")
            await expect(operator.locator("[data-sound=listening]")).to_be_visible()
            heard_s = await reached(lambda: number(operator, "callerS"), 1.5)
            level = await reached(lambda: number(operator, "callerLevel"), 0.05)

            await operator.click("#handoff-take")
            await expect(operator.locator("[data-sound=live]")).to_be_visible()
            await expect(operator.locator("#handoff-state")).to_contain_text("Aurora is silent")
            await expect(caller.locator("#log")).to_contain_text("Joining you now")
            before = await played_s()
            spoken_s = await reached(played_s, before + 2.0) - before
            beep = await reached(loudness, 0.02)

            await operator.close()
            await expect(caller.locator("#log")).to_contain_text("I am with you again")

    assert heard_s >= 1.5
    assert level >= 0.05
    assert spoken_s >= 2.0
    assert beep >= 0.02


async def test_an_operator_types_whispers_and_hands_off_by_keyboard_alone(monkeypatch, tmp_path):
    async with (
        served(monkeypatch, tmp_path, speech=WrittenSpeech(), door=CookieDoor()) as (url, parts),
        browsing() as caller,
    ):
        await open_call(caller, url)
        await type_in(caller, FIRE)
        await expect(caller.locator("#log")).to_contain_text("Get out now.")
        call = await the_call(parts)
        async with browsing(width=375, height=812) as operator:
            await enter(operator, f"{url}/console/calls/{call}/voice")
            await operator.focus("#handoff-words")
            await operator.keyboard.type("Help is on its way to the gate.")
            await operator.keyboard.press("Enter")
            answer = operator.locator("#handoff-answer")
            await expect(answer).to_have_text("Said to the caller now.")
            await expect(caller.locator("#log")).to_contain_text(
                "The operator says: Help is on its way to the gate."
            )
            await operator.focus("#handoff-question")
            await operator.keyboard.type("ask about valve 3")
            await operator.keyboard.press("Enter")
            await expect(answer).to_contain_text("About valve 3")
            await expect(caller.locator("#log")).to_contain_text("About valve 3: what can you see")
            await operator.focus("#handoff-question")
            await operator.keyboard.type("Is valve 99 open?")
            await operator.keyboard.press("Enter")
            await expect(answer).to_contain_text("does not have")
            await operator.focus("#handoff-contact")
            await operator.keyboard.press("Tab")
            await operator.keyboard.press("Enter")
            await expect(operator.locator("#handoff-state")).to_contain_text("A person is wanted")
            width = await operator.evaluate("document.documentElement.scrollWidth")

    assert width <= 375


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_axe_finds_nothing_serious_in_the_panel(scheme, monkeypatch, tmp_path):
    speech, door = WrittenSpeech(), CookieDoor()
    async with (
        served(monkeypatch, tmp_path, speech=speech, door=door) as (url, parts),
        browsing() as caller,
    ):
        await open_call(caller, url)
        async with browsing(color_scheme=scheme) as operator:
            await enter(operator, f"{url}/console/calls/{await the_call(parts)}/voice")
            await operator.click("#handoff-take")
            await expect(operator.locator("[data-sound=live]")).to_be_visible()
            found = (await Axe().run(operator)).response["violations"]

    assert [one["id"] for one in found if one["impact"] in ("serious", "critical")] == []
