"""The rooms where texts are changed: axe in both themes, phone width, and other languages."""

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import expect

from aurora.accounts.person import Person, Role
from aurora.review.versions import Kind
from tests.e2e.changing import ANA, console, open_as
from tests.e2e.chromium import browsing
from tests.e2e.console import has_within

ROOMS = ("/console/procedures", "/console/procedures/fire.en", "/console/site", "/console/duty")
SERIOUS = ("serious", "critical")


async def drafts(parts) -> list[str]:
    bo = Person("bo", "Bo", Role.ADMIN)
    fire = await parts.review.reviewing.begin(Kind.PROCEDURE, "fire.en", bo, "")
    others = [f"spill.{language}" for language in ("es", "fr", "de")]
    spill = await parts.review.reviewing.begin(Kind.PROCEDURE, "spill.en", bo, "", others)
    site = await parts.review.reviewing.begin(Kind.SITE, "site", bo, "")
    broken = site.content.replace('phone: "+12025550102"', 'phone: "12"')
    await parts.review.reviewing.save(site.id, bo, site.sha256, broken)
    return [
        f"/console/procedures/versions/{fire.id}",
        f"/console/procedures/versions/{fire.id}?view=file",
        f"/console/procedures/versions/{fire.id}?view=shared",
        f"/console/procedures/versions/{spill.id}",
        f"/console/procedures/versions/{spill.id}?view=shared",
        f"/console/site/versions/{site.id}",
        f"/console/site/versions/{site.id}?view=rosters",
        "/console/handbook?q=Who+may+drive+a+forklift%3F",
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_no_room_has_a_serious_violation_in_either_theme(scheme, monkeypatch, tmp_path):
    async with (
        console(monkeypatch, tmp_path) as (url, parts),
        browsing(color_scheme=scheme) as page,
    ):
        for path in (*ROOMS, *await drafts(parts)):
            await open_as(page, url, ANA, path)
            await expect(page.locator("main h1")).to_be_visible()
            found = (await Axe().run(page)).response["violations"]
            assert [one["id"] for one in found if one["impact"] in SERIOUS] == [], path


async def test_on_a_phone_no_room_is_wider_than_the_screen(monkeypatch, tmp_path):
    async with (
        console(monkeypatch, tmp_path) as (url, parts),
        browsing(width=375, height=800) as page,
    ):
        for path in (*ROOMS, *await drafts(parts)):
            await open_as(page, url, ANA, path)
            await expect(page.locator("main h1")).to_be_visible()
            await has_within(page, 375)


@pytest.mark.parametrize(
    ("language", "words"),
    [("es", "Procedimientos"), ("fr", "Procédures"), ("de", "Verfahren")],
)
async def test_the_rooms_are_in_the_reader_s_language(language, words, monkeypatch, tmp_path):
    async with console(monkeypatch, tmp_path) as (url, _), browsing() as page:
        cookie = {"name": "language", "value": language, "url": url}
        await page.context.add_cookies([cookie])  # type: ignore[list-item]
        await open_as(page, url, ANA, "/console/procedures")
        await expect(page.locator("h1")).to_have_text(words)
