"""The alarm of the board in a real browser: heard until it is seen, and always in sight."""

from playwright.async_api import Page, expect

from aurora.parts import Parts
from tests.e2e.console import (
    FIRE,
    incidents,
    open_board,
    place,
)

SOUNDS_AGAIN_WITHIN_MS = 3_500


async def test_a_new_critical_sounds_until_it_is_seen_here(
    line: tuple[str, Parts], page: Page
) -> None:
    url, _ = line
    await page.clock.install()
    await open_board(page, url)
    sound = page.locator("#sound")
    await expect(sound).to_have_text("Sound is OFF: turn it on")
    await sound.click()
    await expect(sound).to_have_text("Sound is on")
    await place(url, FIRE)
    await expect(page.locator("#alarm")).to_contain_text("New critical: Fire or smoke")
    await page.wait_for_function("() => Number(document.body.dataset.sounded) >= 3")
    named = page.locator("#alarm .new button")
    await expect(named).to_have_text(["Fire or smoke, Zone B"])
    await named.click()
    await expect(incidents(page).first).to_be_focused()
    await page.keyboard.press("s")
    await expect(page.locator("#alarm")).to_be_hidden()
    sounded = await page.evaluate("document.body.dataset.sounded")
    await page.clock.pause_at(await page.evaluate("Date.now()"))
    await page.clock.run_for(SOUNDS_AGAIN_WITHIN_MS)
    assert await page.evaluate("document.body.dataset.sounded") == sounded
    await page.clock.resume()
    await expect(incidents(page)).to_contain_text("Nobody has accepted")


async def test_new_criticals_are_named_newest_first_wherever_the_page_is_scrolled_to(
    line: tuple[str, Parts], page: Page
) -> None:
    url, _ = line
    await open_board(page, url)
    await page.set_viewport_size({"width": 1280, "height": 420})
    for number, zone in enumerate("abcde"):
        await place(url, f"there is a fire in zone {zone}", number=f"+1202555016{number}")
        await expect(incidents(page)).to_have_count(number + 1)
    await page.evaluate("scrollTo(0, document.body.scrollHeight)")
    named = page.locator("#alarm .new button")
    await expect(named.first).to_have_text("Fire or smoke, Zone E")
    await expect(named).to_have_count(3)
    await expect(page.locator("#alarm .new")).to_contain_text("and 2 more")
    await expect(page.locator("#seen")).to_be_in_viewport()
