"""The live board in a real browser: what happens is seen at once, and acted on by hand or key."""

from pathlib import Path

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page, Route, expect

from aurora.parts import Parts
from tests.console_door import CookieDoor
from tests.e2e.chromium import browsing
from tests.e2e.console import (
    FIRE,
    colleague,
    has_within,
    incidents,
    open_board,
    place,
    row,
    shows_in_order,
)
from tests.integration.line_process import free_port
from tests.whole_line import WrittenSpeech, served

STALE_AFTER_MS = 5_000
ALL_ASKED = "not reached (10)"
"""Everybody has been asked, over a line without channels: the card stands still for a press."""


async def test_a_call_appears_with_its_words_its_zone_and_its_first_line(
    line: tuple[str, Parts], page: Page
) -> None:
    url, _ = line
    await open_board(page, url)
    await expect(page.locator(".nothing")).to_be_visible()
    call_id = await place(url, FIRE)
    await expect(row(page, call_id)).to_contain_text("there is a fire in zone b")
    await expect(row(page, call_id)).to_contain_text("First line given")
    await expect(incidents(page)).to_contain_text("Fire or smoke")
    await expect(incidents(page)).to_contain_text("Zone B")
    await expect(incidents(page).locator(".urgency").first).to_have_text("Critical")
    await expect(page.locator("#sum")).to_contain_text("1 nobody has accepted")


async def test_words_show_while_they_are_still_recognised(
    line: tuple[str, Parts], page: Page
) -> None:
    url, parts = line
    call_id = await place(url, FIRE)
    await open_board(page, url)
    parts.switchboard.hear_so_far(call_id, "there are two peop")
    heard = row(page, call_id).locator("[data-heard]")
    await expect(heard).to_have_text("there are two peop")
    await expect(heard).to_have_class("heard partial")
    await parts.switchboard.hear(call_id, "there are two people inside", lambda turn: "")
    await expect(heard).to_have_text("there are two people inside")
    await expect(heard).to_have_class("heard")


async def test_an_unknown_callers_words_are_shown_and_never_run(
    line: tuple[str, Parts], page: Page
) -> None:
    url, _ = line
    await open_board(page, url)
    words = "fire <img src=x onerror=alert(1)> <script>document.body.remove()</script> zone b"
    call_id = await place(url, words, number="<b>me</b>")
    await expect(row(page, call_id)).to_contain_text("<img src=x onerror=alert(1)>")
    await expect(row(page, call_id)).to_contain_text("<b>me</b>")
    assert await row(page, call_id).locator("img, script").count() == 0
    lost = await place(url, "help", number=None)
    await expect(row(page, lost)).to_contain_text("Unknown caller")


async def test_the_worst_stands_first_whichever_came_first(
    line: tuple[str, Parts], page: Page
) -> None:
    url, _ = line
    await open_board(page, url)
    everyday = await place(url, "where do visitors park", number="+12025550172")
    await expect(row(page, everyday)).to_be_visible()
    await place(url, FIRE)
    shelf = page.locator('[data-list="live"] > [data-key]')
    await shows_in_order(shelf, ["Fire or smoke", "where do visitors park"])


async def test_taking_an_incident_is_one_touch_and_every_console_sees_who_did(
    line: tuple[str, Parts], page: Page
) -> None:
    url, parts = line
    await place(url, FIRE)
    await open_board(page, url, "Ann")
    other = await colleague(page, url, "Bob")
    await other.goto(f"{url}/console")
    await expect(incidents(page)).to_contain_text(ALL_ASKED)
    await incidents(page).get_by_role("button", name="Take it").click()
    for console in (page, other):
        await expect(incidents(console)).to_contain_text("entered by Ann")
        await expect(incidents(console).get_by_role("button", name="Take it")).to_have_count(0)
    [incident] = await parts.answers.incidents()
    assert [(act.what, act.by) for act in incident.acts] == [("taken", "Ann")]


async def test_of_two_operators_at_once_the_second_is_told_who_was_first(
    line: tuple[str, Parts], page: Page
) -> None:
    url, parts = line
    await place(url, FIRE)
    await open_board(page, url, "Ann")
    other = await colleague(page, url, "Bob")
    await other.goto(f"{url}/console")
    await incidents(page).get_by_role("button", name="Close it").click()
    await page.fill("#reason", "false alarm")
    await expect(incidents(other)).to_contain_text(ALL_ASKED)
    await incidents(other).get_by_role("button", name="Take it").click()
    await expect(incidents(other)).to_contain_text("entered by Bob")
    await page.locator("#act").get_by_role("button", name="Close it").click()
    await expect(page.locator("#act .problem")).to_contain_text("Bob took it at")
    [incident] = await parts.answers.incidents()
    assert incident.is_live


async def test_a_press_that_lasts_while_its_card_changes_is_a_press(
    line: tuple[str, Parts], page: Page
) -> None:
    url, _ = line
    await place(url, FIRE)
    await open_board(page, url, "Ann")
    other = await colleague(page, url, "Bob")
    await other.goto(f"{url}/console")
    await incidents(page).get_by_role("button", name="Take it").hover()
    await page.mouse.down()
    await place(url, FIRE, number="+12025550172")
    await expect(incidents(other)).to_contain_text("2 calls")
    await page.mouse.up()
    await expect(incidents(page)).to_contain_text("entered by Ann")
    await expect(incidents(page)).to_contain_text("2 calls")


async def test_a_refusal_is_shown_though_the_card_changed_meanwhile(
    line: tuple[str, Parts], page: Page
) -> None:
    url, _ = line
    await place(url, FIRE)
    await open_board(page, url, "Ann")
    other = await colleague(page, url, "Bob")
    await other.goto(f"{url}/console")

    async def after_bob(route: Route) -> None:
        await incidents(other).get_by_role("button", name="Take it").click()
        await expect(incidents(page)).to_contain_text("entered by Bob")
        await route.continue_()

    await page.route("**/take", after_bob)
    await incidents(page).get_by_role("button", name="Take it").click()
    await expect(incidents(page)).to_contain_text("Bob took it at")


async def test_shelving_asks_for_a_reason_and_hides_nothing(
    line: tuple[str, Parts], page: Page
) -> None:
    url, _ = line
    await place(url, FIRE)
    await open_board(page, url, "Ann")
    shelve = incidents(page).get_by_role("button", name="Shelve")
    await expect(incidents(page)).to_contain_text(ALL_ASKED)
    await incidents(page).get_by_role("button", name="Take it").click()
    await expect(incidents(page)).to_contain_text("entered by Ann")
    await shelve.click()
    await page.fill("#reason", "drill of the alarm company")
    await page.locator("#act").get_by_role("button", name="Shelve").click()
    await expect(page.locator('[data-count="shelved"]')).to_have_text("1")
    await expect(incidents(page)).to_have_count(0)
    await page.locator('[data-shelf="shelved"] summary').click()
    shelved = page.locator('[data-list="shelved"]')
    await expect(shelved).to_contain_text("Shelved by Ann until")
    await expect(shelved).to_contain_text("drill of the alarm company")
    await expect(shelved).to_contain_text("there is a fire in zone b")


async def test_everything_is_reached_by_keyboard_alone(line: tuple[str, Parts], page: Page) -> None:
    url, _ = line
    call_id = await place(url, FIRE)
    await place(url, "a man fell from the ladder in zone d", number="+12025550173")
    await open_board(page, url, "Ann")
    for place_on_board in range(2):
        await expect(incidents(page).nth(place_on_board)).to_contain_text(ALL_ASKED)
    await page.keyboard.press("j")
    await page.keyboard.press("a")
    await expect(incidents(page).first).to_contain_text("entered by Ann")
    await expect(incidents(page).nth(1)).not_to_contain_text("entered by Ann")
    await page.keyboard.press("/")
    await page.keyboard.type("ladder a")
    await expect(page.locator("#filter")).to_have_value("ladder a")
    await expect(incidents(page).first).to_be_hidden()
    await page.keyboard.press("Escape")
    await expect(incidents(page).first).to_be_visible()
    await page.keyboard.press("?")
    await expect(page.locator("#help")).to_be_visible()
    await page.keyboard.press("Escape")
    await row(page, call_id).focus()
    await page.keyboard.press("Enter")
    await page.wait_for_url(f"**/console/calls/{call_id}")


async def test_a_critical_offers_to_be_shelved_once_somebody_has_it_by_hand_or_key(
    line: tuple[str, Parts], page: Page
) -> None:
    url, _ = line
    await place(url, FIRE)
    await open_board(page, url)
    await expect(incidents(page)).to_contain_text(ALL_ASKED)
    await expect(incidents(page).get_by_role("button", name="Close it")).to_be_visible()
    await expect(incidents(page).get_by_role("button", name="Shelve")).to_have_count(0)
    await page.keyboard.press("z")
    await page.keyboard.press("a")
    await expect(incidents(page)).to_contain_text("entered by Ann")
    await expect(page.locator("#act")).to_be_hidden()
    await expect(incidents(page).get_by_role("button", name="Shelve")).to_be_visible()
    await page.keyboard.press("z")
    await expect(page.locator("#act")).to_contain_text("Shelve: Fire or smoke")


async def test_it_says_that_nobody_is_rung_while_no_telephone_is_set_up(
    line: tuple[str, Parts], page: Page
) -> None:
    url, _ = line
    await open_board(page, url)
    await expect(page.locator(".unreached")).to_contain_text("Nobody is rung or texted")


async def test_without_scripts_it_never_calls_itself_live(line: tuple[str, Parts]) -> None:
    url, _ = line
    async with browsing(java_script_enabled=False) as page:
        await open_board(page, url)
        await expect(page.locator("#link")).to_have_text("Connecting…")
        await expect(page.locator("noscript .unreached")).to_contain_text("load it again")


async def test_a_call_that_is_not_there_is_told_in_words_with_the_way_on(
    line: tuple[str, Parts], page: Page
) -> None:
    url, _ = line
    await open_board(page, url)
    await page.goto(f"{url}/console/calls/nowhere")
    await expect(page.get_by_role("heading")).to_have_text("There is nothing here")
    await page.locator(".failed").get_by_role("link", name="Board").click()
    await page.wait_for_url(f"{url}/console")


async def test_it_says_within_five_seconds_that_it_is_stale_and_recovers_missing_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, page: Page
) -> None:
    port = free_port()
    line = {"speech": WrittenSpeech(), "door": CookieDoor(), "port": port}
    await page.clock.install()
    async with served(monkeypatch, tmp_path, **line) as (url, _):  # type: ignore[arg-type]
        before = await place(url, "where do visitors park", number="+12025550172")
        await open_board(page, url)
        await expect(row(page, before)).to_be_visible()
        await page.evaluate("window.isTheSamePage = true")
    # Five seconds of the page's own clock: how fast a busy machine runs it is not the page's doing.
    await page.clock.pause_at(await page.evaluate("Date.now()"))
    await page.clock.run_for(STALE_AFTER_MS)
    link = page.locator("#link")
    await expect(link).to_contain_text("Stale")
    await page.clock.resume()
    async with served(monkeypatch, tmp_path, **line) as (url, _):  # type: ignore[arg-type]
        meanwhile = await place(url, FIRE)
        await expect(link).to_have_text("Live")
        await expect(row(page, meanwhile)).to_contain_text("there is a fire in zone b")
        await expect(row(page, before)).to_be_visible()
        assert await page.evaluate("window.isTheSamePage") is True


async def test_a_viewer_sees_everything_and_is_offered_no_acts(
    line: tuple[str, Parts], page: Page
) -> None:
    url, _ = line
    await place(url, FIRE)
    await open_board(page, url, "Vic", "viewer")
    await expect(incidents(page)).to_contain_text("Fire or smoke")
    await expect(incidents(page).get_by_role("button", name="Take it")).to_be_hidden()


async def test_it_is_whole_on_a_telephone(line: tuple[str, Parts]) -> None:
    url, _ = line
    call_id = await place(url, FIRE)
    async with browsing(width=375, height=812) as page:
        await open_board(page, url)
        await expect(row(page, call_id)).to_be_visible()
        await has_within(page, 375)
        await page.goto(f"{url}/console/calls/{call_id}")
        await has_within(page, 375)


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_nothing_on_it_shuts_anybody_out(line: tuple[str, Parts], scheme: str) -> None:
    url, _ = line
    call_id = await place(url, FIRE, "three people are hurt")
    await place(url, "where do visitors park", number=None)
    await place(url, "my colleague cut his hand badly", number="+12025550174")
    async with browsing(color_scheme=scheme) as page:
        await open_board(page, url)
        await expect(row(page, call_id)).to_be_visible()
        for address in ("/console", "/console?wall", f"/console/calls/{call_id}"):
            await page.goto(f"{url}{address}")
            found = await Axe().run(page)
            grave = [
                (one["id"], [node["html"][:120] for node in one["nodes"]])
                for one in found.response["violations"]
                if one["impact"] in ("serious", "critical")
            ]
            assert grave == [], address


async def test_in_a_flood_the_first_screenful_shows_several_happenings_and_tells_what_is_below(
    line: tuple[str, Parts],
) -> None:
    url, _ = line
    for zone in "abcdef":
        call_id = await place(url, f"there is a fire in zone {zone}", "yes", number=None)
        await place(url, f"I see flames in zone {zone}", number=None)
    async with browsing(width=1440, height=700) as page:
        await open_board(page, url)
        await expect(incidents(page)).to_have_count(6)
        await expect(incidents(page).nth(2)).to_be_in_viewport(ratio=1)
        await expect(page.locator("#below")).to_contain_text("more below")
        await expect(page.locator("#below")).to_contain_text("critical that nobody has accepted")
        await incidents(page).last.scroll_into_view_if_needed()
        await expect(page.locator("#below")).to_be_hidden()
        # Said after a report, a bare answer tells nothing alone.
        await expect(row(page, call_id)).to_contain_text("there is a fire in zone f … yes")


@pytest.mark.parametrize("language", ["en", "es", "fr", "de"])
async def test_the_rooms_stand_in_one_row_on_a_control_room_s_screen(
    language: str, line: tuple[str, Parts]
) -> None:
    url, _ = line
    async with browsing(width=1440, height=900) as page:
        cookie = {"name": "language", "value": language, "url": url}
        await page.context.add_cookies([cookie])  # type: ignore[list-item]
        await open_board(page, url, "Ann Operator", role="admin")
        bar = await page.locator(".bar").bounding_box()
        assert bar is not None
        assert bar["height"] < 60
