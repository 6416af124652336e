"""A change in all languages of a procedure: one draft, one approval, one way back."""

from playwright.async_api import expect

from tests.e2e.changing import ANA, BO, console, open_as
from tests.e2e.chromium import browsing
from tests.integration.records.test_versions import passed

PAGE = "/console/procedures"
LANGUAGES = ("de", "en", "es", "fr")


def alerted(parts) -> list[tuple[bool, bool]]:
    """Whether each language of the procedure alerts the role, and is approved."""
    fire = [parts.rooms.library.procedures["fire", language] for language in LANGUAGES]
    return [("hazmat" in one.alert, one.is_approved) for one in fire]


async def test_who_is_alerted_changes_in_all_languages_by_one_approval_and_goes_back_by_one_act(
    monkeypatch, tmp_path
):
    async with console(monkeypatch, tmp_path) as (url, parts), browsing() as page:
        parts.review.texts._check = passed  # a rehearsal is no part of this
        await open_as(page, url, ANA, f"{PAGE}/fire.en")
        await page.fill("#why", "Chemicals are stored in zone B now")
        await page.get_by_label("In all languages together").check()
        await page.click("text=Draft a change")
        await expect(page.get_by_label("Languages of this change").locator("a")).to_have_count(4)
        await page.click("text=Same in all languages")
        await page.check("[name=alert][value=hazmat]")
        await expect(page.locator("text=Give to review")).to_be_disabled()
        await page.click("text=Save in all languages")
        await expect(page.locator(".diff .added .after", has_text="hazmat")).to_have_count(4)
        await page.fill("#reason-submit", "As agreed with the fire brigade")
        await page.click("text=Give to review")
        await expect(page.locator("h1 .state.in_review")).to_be_visible()
        await expect(page.locator("#checks-section .state.approved")).to_have_text("Passed")
        await expect(page.locator("text=Approve: in force at once")).to_be_disabled()
        assert alerted(parts) == [(False, False)] * 4

        await open_as(page, url, BO, page.url.removeprefix(url))
        await expect(page.locator("text=puts all 4 texts in force")).to_be_visible()
        await page.click("text=Approve: in force at once")
        await expect(page.locator("h1 .state.approved")).to_be_visible()
        assert alerted(parts) == [(True, True)] * 4

        await page.goto(f"{url}{PAGE}/fire.de")
        await page.click("text=Put back")
        await expect(page.locator("text=go back together")).to_contain_text(
            "fire.de, fire.en, fire.es, fire.fr"
        )
        await page.fill(".put-back input[name=reason]", "The store was moved again")
        await page.click("text=Put this text back in force now")
        await expect(page.locator(".first .state.draft")).to_be_visible()
        assert alerted(parts) == [(False, False)] * 4


async def test_a_draft_in_one_language_takes_in_the_others(monkeypatch, tmp_path):
    async with console(monkeypatch, tmp_path) as (url, _), browsing() as page:
        await open_as(page, url, ANA, f"{PAGE}/choking.en")
        await page.click("text=Draft a change")
        await page.click("text=Same in all languages")
        await page.click("text=Take in the other languages")
        await expect(page.get_by_label("Languages of this change").locator("a")).to_have_count(4)
        await page.click("text=Same in all languages")
        await expect(page.locator("[name='order/choking.fr/0']")).to_be_visible()
