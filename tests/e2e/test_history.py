"""The history and the figures in a browser: searched by keyboard, printed, read on a phone."""

import re
from datetime import UTC, datetime
from io import BytesIO

import pypdf
import pytest
from playwright.async_api import expect

from aurora.accounts.person import Role
from benchmarks.made_history import fill, made_calls
from tests.e2e.console_page import TOO_WIDE, barriers, console

PAGES = ("/console/history", "/console/history?q=smoke&urgency=critical", "/console/analytics")


async def test_a_call_is_found_as_one_types_and_its_pdf_says_the_same(monkeypatch, tmp_path):
    async with console(monkeypatch, tmp_path, Role.VIEWER) as (page, url, parts):
        await fill(parts.records, made_calls(120, datetime.now(UTC), 20))
        await page.goto(f"{url}/console/history")
        await expect(page.locator("tbody tr")).to_have_count(25)
        await page.locator("#q").press_sequentially("smoke")
        await expect(page.locator("mark").first).to_have_text("smoke")
        await expect(page).to_have_url(re.compile("q=smoke"))

        await page.keyboard.press("Tab")
        await page.locator("tbody a").first.focus()
        await page.keyboard.press("Enter")
        await expect(page.locator("h1")).to_have_text("Record of a call")
        said = await page.locator(".user .said").first.inner_text()
        hash_shown = await page.locator("#proof ~ p .mono").first.inner_text()
        link = await page.get_by_role("link", name="PDF").get_attribute("href")
        pdf = await (await page.request.get(f"{url}{link}")).body()

    text = "".join(one.extract_text() for one in pypdf.PdfReader(BytesIO(pdf)).pages)
    assert said in text
    assert hash_shown in text.replace("\n", "")


async def test_filters_narrow_without_a_reload_and_back_brings_them_back(monkeypatch, tmp_path):
    async with console(monkeypatch, tmp_path, Role.VIEWER) as (page, url, parts):
        await fill(parts.records, made_calls(120, datetime.now(UTC), 20))
        await page.goto(f"{url}/console/history")
        await page.evaluate("window.isSamePage = true")
        await page.get_by_text("Filters").click()
        await page.select_option("#urgency", "critical")
        await expect(page.locator("tbody .urgency:not(.critical)")).to_have_count(0)
        await expect(page).to_have_url(re.compile("urgency=critical"))
        assert await page.evaluate("window.isSamePage")
        narrowed = await page.locator("#found [role=status]").inner_text()

        await page.goto(page.url)
        await expect(page.locator("#urgency")).to_have_value("critical")
        await expect(page.locator("#found [role=status]")).to_have_text(narrowed)
        await page.get_by_role("link", name="Export as CSV").wait_for()
        export = await page.get_by_role("link", name="Export as CSV").get_attribute("href")
        assert export == "/console/history/calls.csv?urgency=critical"


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_nobody_is_shut_out_of_history_and_figures(scheme, monkeypatch, tmp_path):
    async with console(
        monkeypatch, tmp_path, Role.VIEWER, color_scheme=scheme, reduced_motion="reduce"
    ) as (page, url, parts):
        await fill(parts.records, made_calls(200, datetime.now(UTC), 40))
        for address in PAGES:
            await page.goto(f"{url}{address}")
            assert await barriers(page) == []
        await page.goto(f"{url}/console/history?urgency=critical")
        await page.locator("tbody a").first.click()
        await expect(page.locator("h1")).to_have_text("Record of a call")
        assert await barriers(page) == []


async def test_on_a_phone_nothing_is_wider_than_the_screen(monkeypatch, tmp_path):
    async with console(monkeypatch, tmp_path, Role.VIEWER, width=375, height=760) as opened:
        page, url, parts = opened
        await fill(parts.records, made_calls(200, datetime.now(UTC), 40))
        for address in PAGES:
            await page.goto(f"{url}{address}")
            assert await page.evaluate(TOO_WIDE) == []
        await page.goto(f"{url}/console/history?urgency=critical")
        await page.locator("tbody a").first.click()
        await expect(page.locator("h1")).to_have_text("Record of a call")
        assert await page.evaluate(TOO_WIDE) == []
