"""Set-up, sign-in and accounts in a browser: by keyboard, narrow and wide, light and dark."""

import re
from pathlib import Path

import pyotp
import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page, expect

from aurora.accounts.person import Role
from aurora.parts import Parts
from tests.e2e.chromium import browsing
from tests.e2e.console import has_within
from tests.signing_in import PASSWORD, add_account
from tests.whole_line import WrittenSpeech, served

WIDTHS = (375, 1440, 1920)
SERIOUS = {"serious", "critical"}


async def looked_at(page: Page) -> None:
    """The page has no serious fault in either theme, and fits every width."""
    for scheme in ("light", "dark"):
        await page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        found = await Axe().run(page)
        faults = [
            (one["id"], node["html"])
            for one in found.response["violations"]
            if one["impact"] in SERIOUS
            for node in one["nodes"]
        ]
        assert faults == [], page.url
    for width in WIDTHS:
        await page.set_viewport_size({"width": width, "height": 900})
        await has_within(page, width)


async def typed(page: Page, *texts: str) -> None:
    """Type into field after field, from the one with the focus, and press Enter."""
    await page.wait_for_function("() => document.activeElement?.tagName === 'INPUT'")
    for number, text in enumerate(texts):
        if number:
            await page.keyboard.press("Tab")
        await page.keyboard.type(text)
    await page.keyboard.press("Enter")


async def set_up(page: Page, url: str, parts: Parts) -> None:
    await page.goto(f"{url}{await parts.accounts.set_up.address()}")
    await expect(page.locator("#name")).to_be_focused()
    await typed(page, "Ada Lovelace", PASSWORD)
    await page.wait_for_url(f"{url}/console")


async def test_a_newcomer_sets_up_signs_out_and_in_by_keyboard(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    async with (
        served(monkeypatch, tmp_path, speech=WrittenSpeech()) as (url, parts),
        browsing() as page,
    ):
        await page.goto(f"{url}/console")
        await expect(page.locator("main")).to_contain_text("set-up link")
        await looked_at(page)
        await set_up(page, url, parts)
        await page.goto(f"{url}/console/me")
        await page.get_by_role("button", name="Sign out").first.press("Enter")
        await page.wait_for_url(f"{url}/console/sign-in")
        await page.goto(f"{url}/console/accounts")
        await expect(page).to_have_url(f"{url}/console/sign-in?next=/console/accounts")
        await typed(page, "ada lovelace", "three wet valves")
        await expect(page.get_by_role("alert")).to_contain_text("wrong")
        await looked_at(page)
        await expect(page.locator("#password")).to_be_focused()
        await typed(page, PASSWORD)
        await page.wait_for_url(f"{url}/console/accounts")


async def test_the_second_step_is_begun_and_asked_for(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    async with (
        served(monkeypatch, tmp_path, speech=WrittenSpeech()) as (url, parts),
        browsing() as page,
    ):
        await set_up(page, url, parts)
        await page.goto(f"{url}/console/me/second-step")
        await looked_at(page)
        key = await page.get_attribute("input[name=key]", "value")
        await page.fill("#code", pyotp.TOTP(str(key)).now())
        await page.fill("#current", PASSWORD)
        await page.get_by_role("button", name="Begin").click()
        codes = page.locator(".codes li")
        await expect(codes).to_have_count(10)
        await looked_at(page)
        code = await codes.first.inner_text()
        await page.get_by_role("button", name="Sign out").first.click()
        await page.wait_for_url(f"{url}/console/sign-in")
        await typed(page, "Ada Lovelace", PASSWORD)
        await page.wait_for_url(re.compile("/console/second-step"))
        await looked_at(page)
        await typed(page, code)
        await page.wait_for_url(f"{url}/console")


async def test_an_admin_adds_somebody_and_sees_it_on_the_trail(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    async with (
        served(monkeypatch, tmp_path, speech=WrittenSpeech()) as (url, parts),
        browsing() as page,
    ):
        await set_up(page, url, parts)
        await add_account(parts, "Grace Hopper", Role.OPERATOR)
        await page.goto(f"{url}/console/accounts")
        await looked_at(page)
        await page.fill("#name", "Katherine Johnson")
        await page.get_by_role("button", name="Add").click()
        await expect(page.locator(".secret")).to_contain_text(f"{url}/console/password/")
        await looked_at(page)
        await page.goto(f"{url}/console/audit?act=account.added")
        await expect(page.locator(".trail tbody tr")).to_have_count(1)
        await expect(page.locator(".trail")).to_contain_text("Katherine Johnson")
        await looked_at(page)


async def test_a_token_is_made_and_the_look_is_kept(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    async with (
        served(monkeypatch, tmp_path, speech=WrittenSpeech()) as (url, parts),
        browsing() as page,
    ):
        await set_up(page, url, parts)
        await page.goto(f"{url}/console/me")
        await page.fill("#token-name", "weather station")
        await page.get_by_role("button", name="Make a token").click()
        await expect(page.locator(".once .secret")).to_contain_text("aur_")
        await looked_at(page)
        await page.select_option("#language", "fr")
        await page.select_option("#theme", "dark")
        await page.get_by_role("button", name="Keep").click()
        await expect(page.locator("h1")).to_have_text("Mon compte")
        await expect(page.locator("html")).to_have_attribute("data-theme", "dark")
