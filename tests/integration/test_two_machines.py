"""Two machines of one line on one PostgreSQL: what is changed at one, the other has in seconds."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import httpx2
import pytest

from aurora.accounts.person import Person, Role
from aurora.app import create_app
from aurora.guidance.handbook.read import read_document
from aurora.guidance.handbook.shelf import shelf_in
from aurora.parts import Parts, open_parts
from aurora.review.versions import Kind
from aurora.rooms import open_rooms
from aurora.settings import load_settings
from tests.application import LOCAL_URL, set_environment
from tests.console_door import TOKEN, CookieDoor
from tests.integration.records.test_versions import passed
from tests.postgres import postgres_server, postgres_url  # noqa: F401

WITHIN_S = 60.0
ADMIN = {"Cookie": "name=Ada; role=admin", "X-CSRF-Token": TOKEN}
SQUARE = [[10, 10], [90, 10], [90, 60], [10, 60]]


@dataclass
class Machine:
    client: httpx2.AsyncClient
    parts: Parts
    directory: Path

    async def shown(self, address: str) -> str:
        answer = await self.client.get(address, headers=ADMIN)
        assert answer.status_code == 200, answer.text
        return answer.text


@asynccontextmanager
async def machine(
    monkeypatch: pytest.MonkeyPatch, directory: Path, url: str
) -> AsyncIterator[Machine]:
    directory.mkdir()  # noqa: ASYNC240
    environment = {
        "AURORA_DATABASE_URL": url,
        "AURORA_SIGNING_KEY": "the same on all machines of it",
    }
    set_environment(monkeypatch, directory, environment)
    settings = load_settings()
    async with open_parts(settings, open_rooms(settings), local_url=LOCAL_URL) as parts:
        transport = httpx2.ASGITransport(
            create_app(parts, CookieDoor()), client=("127.0.0.1", 4), raise_app_exceptions=False
        )
        async with httpx2.AsyncClient(transport=transport, base_url=LOCAL_URL) as client:
            yield Machine(client, parts, directory)


@pytest.fixture
async def both(monkeypatch, tmp_path, postgres_url) -> AsyncIterator[tuple[Machine, Machine]]:  # noqa: F811
    async with (
        machine(monkeypatch, tmp_path / "one", postgres_url) as one,
        machine(monkeypatch, tmp_path / "two", postgres_url) as two,
    ):
        yield one, two


async def comes(condition) -> None:
    """Wait for what another machine takes up; fails after a minute."""
    async with asyncio.timeout(WITHIN_S):
        while not await condition():  # noqa: ASYNC110 - another machine's pace
            await asyncio.sleep(0.1)


async def test_map_handbook_and_site_are_the_same_on_both(both, tmp_path):
    one, two = both
    plan = {"width": 100, "height": 70, "north": 0}
    drawing = {"based_on": 0, "drawing": {"plan": plan, "outlines": {"a": SQUARE}}}
    saved = await one.client.put("/console/map", json=drawing, headers=ADMIN)
    assert saved.status_code == 200, saved.text
    assert 'points="10,10 90,10 90,60 10,60"' in await two.shown("/console/map/live")
    assert "Saved by Ada" in await two.shown("/console/map/edit")
    again = await two.client.put("/console/map", json=drawing, headers=ADMIN)
    assert again.status_code == 409

    (tmp_path / "kiln.md").write_text("# Kiln manual\n\n## Firing\n\nOpen the damper first.\n")
    kiln = read_document(tmp_path / "kiln.md", language="en", added_at=datetime.now(UTC))
    shelf_in(one.directory).add(kiln)  # as `aurora handbook add` and the console do

    async def answers() -> bool:
        return two.parts.rooms.handbook.ask("when do I open the damper", "en") is not None

    await comes(answers)
    gone = await two.client.post(f"/console/handbook/documents/en/{kiln.id}/remove", headers=ADMIN)
    assert gone.status_code == 204, gone.text

    async def is_gone() -> bool:
        return not shelf_in(one.directory).read()[0]

    await comes(is_gone)

    ana, bo = (Person(name, name.title(), Role.ADMIN) for name in ("ana", "bo"))
    reviewing = one.parts.review.reviewing
    one.parts.review.texts._check = passed  # a rehearsal is no part of this
    draft = await reviewing.begin(Kind.SITE, "site", ana, "Somebody new")
    nora = 'workers:\n  - {phone: "+12025550177", name: Nora New}'
    words = draft.content.replace("workers:", nora)
    draft = await reviewing.save(draft.id, ana, draft.sha256, words)
    await reviewing.check(draft.id, ana)
    await reviewing.submit(draft.id, ana, draft.sha256, "Look")
    await reviewing.approve(draft.id, bo, draft.sha256, "")

    async def knows_nora() -> bool:
        return any(one.name == "Nora New" for one in two.parts.review.site.approved.workers)

    await comes(knows_nora)
    assert "Nora New" in await two.shown("/console/phone")
