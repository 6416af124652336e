"""What a caller does on the call page."""

from playwright.async_api import Page, expect

FIRE = "there is a fire in zone b"


async def open_call(page: Page, url: str) -> None:
    await page.goto(f"{url}/call")
    await page.click("#big")
    await expect(page.locator("#now")).to_contain_text("What is happening?")


async def type_in(page: Page, words: str) -> None:
    await page.fill("#words-typed", words)
    await page.press("#words-typed", "Enter")
