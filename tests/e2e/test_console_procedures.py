"""Procedures at the console: one person drafts, another approves, and the next caller hears it."""

from playwright.async_api import expect

from aurora.conversation.ring import Ring
from aurora.conversation.turn import Turn
from tests.e2e.changing import ANA, BO, console, open_as
from tests.e2e.chromium import browsing

FIRE = "/console/procedures/fire.en"
OLD = "Get out now. Pull the alarm as you leave. No lifts."
NEW = "Leave the building now. Pull the alarm as you go."
REHEARSED = 300_000


async def heard(parts, call: str, words: str = "there is a fire in zone A") -> str:
    """What a caller hears to these words."""

    def said(turn: Turn) -> str:
        return turn.message

    await parts.switchboard.ring(Ring("text", provider_id=call, language="en"), said)
    return await parts.switchboard.hear(call, words, said)


async def test_what_two_people_agreed_on_is_what_the_next_caller_hears(monkeypatch, tmp_path):
    async with console(monkeypatch, tmp_path) as (url, parts), browsing() as page:
        await open_as(page, url, ANA, FIRE)
        await page.fill("#why", "Clearer for contractors")
        await page.click("text=Draft a change")
        await page.fill("#f-first_line", NEW)
        await expect(page.locator("text=Give to review")).to_be_disabled()
        await page.click("text=Save draft")
        await expect(page.locator(".diff .changed .after", has_text=NEW)).to_be_visible()
        await page.fill("#reason-submit", "Please read aloud")
        await page.click("text=Give to review")
        await expect(page.locator("h1 .state.in_review")).to_be_visible(timeout=REHEARSED)
        version = page.url
        await expect(page.locator("#checks-section .state.approved")).to_have_text("Passed")
        await expect(page.locator("text=Approve: in force at once")).to_be_disabled()
        await expect(page.locator("text=somebody else has to approve it")).to_be_visible()
        refused = await page.evaluate(
            """async () => {
              const sha256 = document.querySelector('[name=sha256]').value;
              const response = await fetch(location.pathname + '/approve', {method: 'POST',
                headers: {'X-CSRF-Token': 'meant',
                          'Content-Type': 'application/x-www-form-urlencoded'},
                body: new URLSearchParams({sha256})});
              return [response.status, (await response.json()).field];
            }"""
        )
        assert refused == [409, "own_draft"]
        assert OLD in await heard(parts, "before")

        await open_as(page, url, BO, version.removeprefix(url))
        await page.click("text=Approve: in force at once")
        await expect(page.locator("h1 .state.approved")).to_be_visible()

        assert (await heard(parts, "after")).startswith(NEW)
        await page.goto(f"{url}{FIRE}")
        await expect(page.locator(".spoken")).to_have_text(NEW)
        await expect(page.locator(".first")).to_contain_text("Bo Second")

        await page.click("text=Put back")
        await page.fill(".put-back input[name=reason]", "It confused people")
        await page.click("text=Put this text back in force now")
        await expect(page.locator(".spoken")).to_have_text(OLD)
        assert OLD in await heard(parts, "back")
