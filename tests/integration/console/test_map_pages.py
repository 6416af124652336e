"""The site map over the whole application: what is live, who may edit, and what is refused."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import httpx2
import pytest
from PIL import Image
from sqlalchemy import select, update

from aurora.accounts.audit import Sought
from aurora.accounts.person import Role
from aurora.parts import Parts
from aurora.records.kept_tables import kept_contents, kept_files
from tests.application import application
from tests.line import NOON
from tests.signing_in import signed_in

MAP = "/console/map"
SQUARE = [[10, 10], [90, 10], [90, 60], [10, 60]]


@dataclass
class Hand:
    client: httpx2.AsyncClient
    parts: Parts
    headers: dict[str, str]

    async def ask(self, method: str, path: str, status: int = 200, **sent: Any) -> httpx2.Response:
        headers = self.headers | sent.pop("headers", {})
        answer = await self.client.request(method, f"{MAP}{path}", headers=headers, **sent)
        assert answer.status_code == status, answer.text
        return answer

    async def save(self, status: int = 200, based_on: int = 0, **drawing: Any) -> httpx2.Response:
        plan = {"width": 100, "height": 70, "north": 0}
        body = {"based_on": based_on, "drawing": {"plan": plan} | drawing}
        return await self.ask("PUT", "", status, json=body)


@pytest.fixture
async def admin(monkeypatch, tmp_path) -> AsyncIterator[Hand]:
    async with application(monkeypatch, tmp_path) as (client, parts):
        yield Hand(client, parts, await signed_in(parts, Role.ADMIN, "Ada"))


def png(width: int = 20) -> bytes:
    written = BytesIO()
    Image.new("RGB", (width, 10), "white").save(written, "PNG")
    return written.getvalue()


async def test_what_is_live_is_on_the_map_and_in_the_list_alike(admin):
    admin.parts.desk.start()
    words = {"speech": "gas leak in zone b, the east gate is blocked", "ph_no": "+12025550111"}
    await admin.client.post("/api/process-speech", json=words)
    wind = {"from": "NW", "by": "Ada"}
    await admin.client.put("/api/wind", json=wind)
    await admin.parts.desk.close()

    page = (await admin.ask("GET", "")).text

    assert "Gas leak" in page.partition('id="zone-b"')[2].partition("</section>")[0]
    assert 'class="zone critical"' in page
    assert 'class="exit blocked"' in page
    assert "Wind from the north-west (315°), told by Ada" in page
    assert "rotate(315.0)" in page


async def test_a_map_that_did_not_change_is_not_sent_again(admin):
    first = await admin.ask("GET", "/live")
    seen = first.headers["x-map-version"]

    again = await admin.ask("GET", f"/live?seen={seen}", 204)
    await admin.save(outlines={"a": SQUARE})

    assert again.content == b""
    assert 'points="10,10 90,10 90,60 10,60"' in (await admin.ask("GET", f"/live?seen={seen}")).text


async def test_a_saved_map_names_who_saved_it_and_the_site_file_stays(admin):
    await admin.save(outlines={"a": SQUARE}, muster_points={"west_yard": [5, 5]})

    page = (await admin.ask("GET", "/edit")).text

    assert "Saved by Ada" in page
    assert '"based_on": 1' in page
    entries = await admin.parts.accounts.audit.find(Sought(), before=None, limit=1)
    assert (entries[0].entry.who, entries[0].entry.act) == ("Ada", "map.changed")
    assert admin.parts.rooms.site.zones[0].outline[0] == (130, 120)


async def test_of_two_who_edit_the_first_wins_and_the_other_is_told(admin):
    await admin.save(outlines={"a": SQUARE})

    refused = await admin.save(409, based_on=0, outlines={"b": SQUARE})

    assert "Ada has saved the map meanwhile" in refused.json()["detail"]
    await admin.save(based_on=1, outlines={"b": SQUARE})


async def test_the_sites_own_drawing_comes_back_when_asked_for(admin):
    await admin.save(outlines={"a": SQUARE})
    await admin.ask("PUT", "", json={"based_on": 1, "drawing": None})

    assert 'points="130,120 390,120 390,300 130,300"' in (await admin.ask("GET", "/live")).text


@pytest.mark.parametrize(
    ("drawing", "field"),
    [
        ({"outlines": {"a": [[0, 0], [9, 9], [9, 0], [0, 9]]}}, "outlines.a"),
        ({"outlines": {"zz": SQUARE}}, "outlines.zz"),
        ({"outlines": {"a": [[0, 0], [101, 0], [5, 5]]}}, "outlines.a"),
        ({"exits": {"../../a": [1, 1]}}, "exits.../../a"),
        ({"outlines": {"a": [[n / 10, n % 7] for n in range(500)]}}, "drawing"),
        ({"outlines": {"a": [["x", 0], [1, 1], [2, 0]]}}, "drawing"),
        ({"script": "x"}, "drawing"),
    ],
)
async def test_a_drawing_that_does_not_fit_is_refused_by_field(admin, drawing, field):
    assert (await admin.save(422, **drawing)).json()["field"] == field


async def test_a_plan_lies_under_the_map_until_it_is_removed(admin):
    image = {"Content-Type": "image/png"}
    await admin.ask("PUT", "/plan", 201, content=png(), headers=image)

    shown = await admin.ask("GET", "/plan")

    assert shown.headers["content-type"] == "image/png"
    assert "sandbox" in shown.headers["content-security-policy"]
    assert shown.headers["x-content-type-options"] == "nosniff"
    assert f'href="{MAP}/plan?v=' in (await admin.ask("GET", "")).text
    await admin.ask("DELETE", "/plan")
    await admin.ask("GET", "/plan", 404)


async def test_a_plan_that_runs_or_bursts_is_refused_and_the_old_one_stays(admin):
    await admin.ask("PUT", "/plan", 201, content=png(), headers={"Content-Type": "image/png"})
    attack = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'

    refused = await admin.ask(
        "PUT", "/plan", 422, content=attack, headers={"Content-Type": "image/svg+xml"}
    )
    big = await admin.ask(
        "PUT", "/plan", 413, content=b"x" * 5_000_000, headers={"Content-Type": "image/png"}
    )

    assert "<script>" in refused.json()["detail"]
    assert "larger" in big.json()["detail"]
    assert (await admin.ask("GET", "/plan")).headers["content-type"] == "image/png"


async def swap_newest(admin, content: bytes) -> None:
    """Write other bytes over what was kept last, as somebody with the database could."""

    def write(connection):
        newest = (
            select(kept_files.c.sha256)
            .where(kept_files.c.sha256.is_not(None))
            .order_by(kept_files.c.number.desc())
            .limit(1)
        )
        is_it = kept_contents.c.sha256 == newest.scalar_subquery()
        connection.execute(update(kept_contents).where(is_it).values(content=content))

    await admin.parts.records.beside.write(write)


async def test_a_plan_swapped_in_the_database_is_not_served(admin):
    await admin.ask("PUT", "/plan", 201, content=png(), headers={"Content-Type": "image/png"})
    await swap_newest(admin, b"<html><script>alert(1)</script>")

    served = await admin.ask("GET", "/plan", 404)
    page = (await admin.ask("GET", "")).text

    assert "alert(1)" not in served.text + page
    assert 'class="zone' in page, "the map opens without it"


async def test_a_damaged_map_gives_way_to_the_one_before(admin):
    await admin.save(outlines={"a": SQUARE})
    await admin.save(based_on=1, outlines={"b": SQUARE})
    await swap_newest(admin, b"{")

    assert 'points="10,10 90,10 90,60 10,60"' in (await admin.ask("GET", "/live")).text
    await admin.save(based_on=1, outlines={"c": SQUARE})


@pytest.mark.parametrize("role", [Role.VIEWER, Role.OPERATOR])
async def test_only_an_admin_edits(admin, role):
    admin.headers = await signed_in(admin.parts, role)

    await admin.ask("GET", "/edit", 403)
    await admin.save(403, outlines={"a": SQUARE})
    await admin.ask("PUT", "/plan", 403, content=png(), headers={"Content-Type": "image/png"})
    await admin.ask("DELETE", "/plan", 403)
    assert "/edit" not in (await admin.ask("GET", "")).text


async def test_a_page_elsewhere_cannot_edit(admin):
    await admin.ask("PUT", "/plan", 201, content=png(), headers={"Content-Type": "image/png"})
    before = (await admin.ask("GET", "/live")).headers["x-map-version"]
    admin.headers |= {"X-CSRF-Token": "guessed"}

    await admin.save(403, outlines={"a": SQUARE})
    await admin.ask("DELETE", "/plan", 403)

    assert (await admin.ask("GET", "/live")).headers["x-map-version"] == before
    await admin.ask("GET", "/plan")


async def test_a_map_of_before_it_was_kept_for_all_machines_is_taken_in(monkeypatch, tmp_path):
    drawing = {"plan": {"width": 100, "height": 70, "north": 0}, "outlines": {"a": SQUARE}}
    async with application(monkeypatch, tmp_path) as (client, parts):
        site = parts.rooms.site.id
        old = {"site": site, "version": 7, "saved_by": "Old", "saved_at": NOON.isoformat()}
        (tmp_path / "map").mkdir()
        (tmp_path / "map" / "map-000007.json").write_text(json.dumps(old | {"drawing": drawing}))
        (tmp_path / "map" / "plan.png").write_bytes(png())
        admin = Hand(client, parts, await signed_in(parts, Role.ADMIN, "Ada"))

        assert "Saved by Old" in (await admin.ask("GET", "/edit")).text
        assert (await admin.ask("GET", "/plan")).headers["content-type"] == "image/png"
        saved = await admin.save(based_on=7, outlines={"b": SQUARE})
        assert saved.json() == {"version": 8}
