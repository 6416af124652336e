"""The site map in a browser: live, edited by keyboard and by pointer, and true when it is not."""

import re

import pytest
from playwright.async_api import expect

from aurora.accounts.person import Role
from tests.e2e.console_page import TOO_WIDE, barriers, console

FIRE = {"speech": "there is a fire in zone a", "ph_no": "+12025550111"}


async def test_an_incident_appears_on_the_open_map_by_itself(monkeypatch, tmp_path):
    async with console(monkeypatch, tmp_path, Role.VIEWER) as (page, url, parts):
        parts.desk.start()
        await page.goto(f"{url}/console/map")
        await expect(page.locator("#on-map-a")).to_have_class("zone ")
        await page.request.post(f"{url}/api/process-speech", data=FIRE)

        await expect(page.locator("#on-map-a")).to_have_class("zone critical")
        await expect(page.locator("#zone-a")).to_contain_text("Fire")
        await parts.desk.close()


async def test_a_zone_on_the_map_leads_to_its_place_in_the_list_by_keyboard(monkeypatch, tmp_path):
    async with console(monkeypatch, tmp_path, Role.VIEWER) as (page, url, _):
        await page.goto(f"{url}/console/map")
        await page.locator("#on-map-c").focus()
        await page.keyboard.press("Enter")

        await expect(page).to_have_url(f"{url}/console/map#zone-c")
        await expect(page.locator("#zone-c")).to_be_in_viewport()


async def test_the_map_says_when_it_is_stale_and_when_it_is_not_any_more(monkeypatch, tmp_path):
    async with console(monkeypatch, tmp_path, Role.VIEWER) as (page, url, _):
        await page.goto(f"{url}/console/map")
        await page.route("**/console/map/live*", lambda route: route.abort())
        await expect(page.locator("#stale")).to_be_visible()
        await page.unroute("**/console/map/live*")
        await expect(page.locator("#stale")).to_be_hidden()


async def test_a_corner_is_moved_added_and_saved_by_keyboard_alone(monkeypatch, tmp_path):
    async with console(monkeypatch, tmp_path, Role.ADMIN) as (page, url, _):
        await page.goto(f"{url}/console/map/edit")
        await page.locator("#at-outlines-a-0").focus()
        await page.keyboard.press("ArrowLeft")
        await page.keyboard.press("Shift+ArrowUp")
        await expect(page.locator("#told")).to_have_text("Zone A, corner 1: 129, 110")
        await page.keyboard.press("Insert")
        await expect(page.locator("#told")).to_have_text("Zone A, corner 2: 259.5, 115")
        await page.keyboard.press("Shift+Tab")
        await expect(page.locator("#told")).to_contain_text("corner 1")
        await page.locator("#save").focus()
        await page.keyboard.press("Enter")

        await expect(page).to_have_url(f"{url}/console/map")
        points = await page.locator("#on-map-a polygon").get_attribute("points")
        assert points == "129,110 259.5,115 390,120 390,300 130,300"


async def test_a_point_is_dragged_and_the_drag_undone(monkeypatch, tmp_path):
    async with console(monkeypatch, tmp_path, Role.ADMIN) as (page, url, _):
        await page.goto(f"{url}/console/map/edit")
        handle = page.locator("#at-muster_points-east_lawn-")
        box = await handle.bounding_box()
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        await page.mouse.move(x, y)
        await page.mouse.down()
        await page.mouse.move(x + 40, y - 30, steps=4)
        await page.mouse.up()
        moved = await page.locator("#told").inner_text()
        place = re.fullmatch(r"the east lawn: ([\d.]+), ([\d.]+)", moved)
        assert place is not None
        assert float(place[1]) > 860
        assert float(place[2]) < 510

        await page.click("#undo")
        await expect(page.locator("#told")).to_have_text("the east lawn: 850, 520")


async def test_what_cannot_be_drawn_is_refused_in_words(monkeypatch, tmp_path):
    async with console(monkeypatch, tmp_path, Role.ADMIN) as (page, url, _):
        await page.goto(f"{url}/console/map/edit")
        await page.locator("#at-outlines-a-0").focus()
        for name, value in (("x", "400"), ("y", "200")):
            await page.fill(f"#{name}", value)
            await page.keyboard.press("Enter")
        await page.click("#save")

        await expect(page.locator("#notices")).to_contain_text("outlines.a: its sides cross")


async def test_a_plan_is_laid_under_the_map_and_an_attack_refused(monkeypatch, tmp_path):
    async with console(monkeypatch, tmp_path, Role.ADMIN) as (page, url, _):
        svg = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">{}</svg>'
        await page.goto(f"{url}/console/map/edit")
        for inside, told in (
            ("<script>alert(1)</script>", "scripts, pictures and links cannot be taken in"),
            ('<rect width="9" height="9" fill="teal"/>', "The plan is under the map."),
        ):
            file = {"name": "plan.svg", "mimeType": "image/svg+xml"}
            content = svg.format(inside).encode()
            await page.set_input_files("#ground", [file | {"buffer": content}])
            await expect(page.locator("#ground-told")).to_contain_text(told)
        await page.goto(f"{url}/console/map")
        drawn = "() => { const i = new Image(); i.src = document.querySelector('svg.map image')"
        drawn += ".getAttribute('href'); return i.decode().then(() => i.naturalWidth > 0); }"
        assert await page.evaluate(drawn)


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_nobody_is_shut_out_of_the_map(scheme, monkeypatch, tmp_path):
    async with console(monkeypatch, tmp_path, Role.ADMIN, color_scheme=scheme) as (
        page,
        url,
        parts,
    ):
        parts.desk.start()
        await page.request.post(f"{url}/api/process-speech", data=FIRE)
        await parts.desk.close()
        for address in ("/console/map", "/console/map/edit"):
            await page.goto(f"{url}{address}")
            assert await barriers(page) == []


async def test_on_a_phone_the_map_fits_the_screen(monkeypatch, tmp_path):
    async with console(monkeypatch, tmp_path, Role.ADMIN, width=375, height=760) as (page, url, _):
        for address in ("/console/map", "/console/map/edit"):
            await page.goto(f"{url}{address}")
            assert await page.evaluate(TOO_WIDE) == []
