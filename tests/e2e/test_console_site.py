"""The site at the console: forms with their errors in place, a second person, live where safe."""

from playwright.async_api import expect

from tests.e2e.changing import ANA, BO, console, open_as
from tests.e2e.chromium import browsing
from tests.integration.records.test_versions import passed

SITE = "/console/site"
DUTY = "/console/duty"
HOSTILE = "<script>document.title='owned'</script>\"><img src=x onerror=alert(1)>"


async def test_a_contact_s_new_number_is_paged_once_a_second_person_approved_it(
    monkeypatch, tmp_path
):
    async with console(monkeypatch, tmp_path) as (url, parts), browsing() as page:
        parts.review.texts._check = passed  # a rehearsal is no part of this
        await open_as(page, url, ANA, SITE)
        await page.fill("#why", "The officer has a new telephone")
        await page.click("text=Draft a change")
        await page.click("summary:has-text('safety_officer')")
        await page.fill("#contacts-2-phone", "12")
        await page.click("text=Save draft")
        officer = page.locator("details.item", has_text="safety_officer").first
        await expect(officer.locator(".warning")).to_contain_text("not a telephone number")
        await page.fill("#contacts-2-phone", "+12025550199")
        await page.fill("#contacts-2-name", f"Officer {HOSTILE}")
        await page.click("text=Save draft")
        await expect(page.locator(".diff .changed .after").first).to_contain_text("+12025550199")
        assert await page.locator("main img, main script").count() == 0
        await page.fill("#reason-submit", "Checked by calling it")
        await page.click("text=Give to review")
        await expect(page.locator("h1 .state.in_review")).to_be_visible()
        version = page.url.removeprefix(url)

        await open_as(page, url, BO, version)
        await page.click("text=Approve: in force at once")
        await expect(page.locator("h1 .state.approved")).to_be_visible()
        await page.goto(f"{url}{DUTY}")
        await expect(page.locator(".ladder")).to_contain_text("+12025550199")
        await page.goto(f"{url}{SITE}")
        await expect(page.locator("main")).to_contain_text("+12025550199")
        assert await page.locator("main img, main script").count() == 0
        assert "owned" not in await page.title()
        assert parts.review.site.waiting == []


async def test_a_zone_waits_for_the_next_start_and_says_so(monkeypatch, tmp_path):
    async with console(monkeypatch, tmp_path) as (url, parts), browsing() as page:
        parts.review.texts._check = passed  # a rehearsal is no part of this
        await open_as(page, url, ANA, SITE)
        await page.fill("#why", "Zone F has a new name")
        await page.click("text=Draft a change")
        await page.click(".tabs >> text=Zones")
        await page.locator("details.item > summary").nth(5).click()
        await page.fill("#zones-5-description-en", "loading dock with a cold store")
        await page.click("text=Save draft")
        await expect(page.locator(".diff .changed .after")).to_contain_text("cold store")
        await page.fill("#reason-submit", "Signs are up")
        await page.click("text=Give to review")
        await expect(page.locator("h1 .state.in_review")).to_be_visible()
        await open_as(page, url, BO, page.url.removeprefix(url))
        await page.click("text=Approve: in force at once")
        await expect(page.locator("h1 .state.approved")).to_be_visible()
        await page.goto(f"{url}{SITE}")
        await expect(page.locator(".warning")).to_contain_text("Zones")
        assert parts.review.site.waiting == ["zones"]


async def test_whoever_is_off_is_not_paged_from_that_moment(monkeypatch, tmp_path):
    async with console(monkeypatch, tmp_path) as (url, _), browsing() as page:
        await open_as(page, url, ANA, DUTY)
        first = page.locator(".ladder > li").first
        await expect(first).to_contain_text("Safety officer")
        await page.select_option("#contact", "safety_officer")
        await page.fill("#ends", "2030-01-01T00:00")
        await page.select_option("#stand_in", "safety_officer")
        await page.click("text=Off duty: holds at once")
        await expect(page.locator("#notices")).to_contain_text("choose another")
        await page.select_option("#stand_in", "")
        await page.click("text=Off duty: holds at once")
        await expect(page.locator(".absences")).to_contain_text("said by Ana Admin")
        await expect(page.locator(".gaps")).to_contain_text("the safety team")
        await page.click("text=Take back")
        await expect(page.locator(".absences")).to_have_count(0)
