"""Every route of the rooms where texts are changed: who may, who asked on purpose, what is kept."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx2
import pytest
from fastapi.routing import APIRoute

from aurora.app import create_app
from aurora.errors import RecordsError
from aurora.parts import Parts, open_parts
from aurora.review.versions import Kind
from aurora.settings import load_settings
from aurora.wiring.review import open_approved
from tests.application import LOCAL_URL, rooms_for, set_environment
from tests.console_door import TOKEN, CookieDoor

ROOMS = ("/console/procedures", "/console/site", "/console/handbook", "/console/duty")
OPERATORS = ("/console/duty/absences", "/console/duty/absences/{absence_id}/end")
HOSTILE = "<script>alert(1)</script>"


@asynccontextmanager
async def console(
    monkeypatch: pytest.MonkeyPatch, directory: Path
) -> AsyncIterator[tuple[httpx2.AsyncClient, Parts, list[tuple[str, str]]]]:
    set_environment(monkeypatch, directory, {})
    settings = load_settings()
    async with open_parts(settings, rooms_for(settings), local_url=LOCAL_URL) as parts:
        app = create_app(parts, CookieDoor())
        transport = httpx2.ASGITransport(app, client=("127.0.0.1", 4), raise_app_exceptions=False)
        async with httpx2.AsyncClient(transport=transport, base_url=LOCAL_URL) as client:
            yield client, parts, list(routes_of(app.routes))


def routes_of(routes) -> Iterator[tuple[str, str]]:
    for route in routes:
        if isinstance(route, APIRoute) and route.path.startswith(ROOMS):
            yield from ((method, route.path) for method in sorted(route.methods))
        elif nested := getattr(getattr(route, "original_router", None), "routes", None):
            yield from routes_of(nested)


def as_(role: str | None) -> dict[str, str]:
    return {"Cookie": f"name=Ada; role={role}"} if role else {}


def address(path: str) -> str:
    for name in ("key", "version_id", "document_id", "absence_id", "token", "language"):
        path = path.replace(f"{{{name}}}", "site" if name == "key" else "x1")
    return path


async def test_no_route_is_open_to_nobody_or_to_a_lower_role(monkeypatch, tmp_path):
    async with console(monkeypatch, tmp_path) as (client, _, routes):
        assert len(routes) > 25
        escapes = []
        for method, path in routes:
            acts = method not in ("GET", "HEAD")
            lower = [None] if not acts else [None, "viewer"]
            lower += ["operator"] if acts and path not in OPERATORS else []
            for role in lower:
                headers = as_(role) | {"X-CSRF-Token": TOKEN}
                answer = await client.request(method, address(path), headers=headers)
                refused = (401, 303) if role is None else (403,)
                if answer.status_code not in refused:
                    escapes.append((method, path, role, answer.status_code))
        assert escapes == []


async def test_no_act_is_taken_without_the_page_s_token(monkeypatch, tmp_path):
    async with console(monkeypatch, tmp_path) as (client, _, routes):
        for method, path in routes:
            if method == "POST":
                answer = await client.post(address(path), headers=as_("admin"))
                assert answer.status_code == 403, path


@pytest.mark.parametrize(
    "key", ["..%2f..%2fetc%2fpasswd", "fire.en%00", "fire.xx", "FIRE.en", "*.en"]
)
async def test_a_key_that_is_a_path_is_no_procedure(key, monkeypatch, tmp_path):
    async with console(monkeypatch, tmp_path) as (client, _, _):
        answer = await client.get(f"/console/procedures/{key}", headers=as_("admin"))
        assert answer.status_code == 404


async def test_words_of_a_draft_and_its_reasons_are_never_markup(monkeypatch, tmp_path):
    async with console(monkeypatch, tmp_path) as (client, _, _):
        headers = as_("admin") | {"X-CSRF-Token": TOKEN}
        begun = await client.post(
            "/console/procedures/fire.en/draft", headers=headers, data={"reason": HOSTILE}
        )
        page = begun.headers["hx-redirect"]
        text = (await client.get(f"{page}?view=file", headers=headers)).text
        sha256 = text.split('name="sha256" value="')[1][:64]
        for content in (f"first_line: '{HOSTILE}'", HOSTILE, "a: [", "{{ 'ow' ~ 'ned' }}"):
            form = {"content": content, "sha256": sha256, "view": "file"}
            saved = await client.post(f"{page}/save", headers=headers, data=form)
            if saved.status_code == 204:
                text = (await client.get(page, headers=headers)).text
                sha256 = text.split('name="sha256" value="')[1][:64]
            else:
                assert saved.json()["field"] == "content"
            for shown in (page, "/console/procedures", "/console/procedures/fire.en"):
                answer = await client.get(shown, headers=headers)
                assert answer.status_code == 200
                assert HOSTILE not in answer.text
                assert "owned" not in answer.text


async def test_a_text_that_would_kill_its_reader_is_not_taken(monkeypatch, tmp_path):
    async with console(monkeypatch, tmp_path) as (client, _, _):
        headers = as_("admin") | {"X-CSRF-Token": TOKEN}
        begun = await client.post("/console/site/site/draft", headers=headers, data={})
        page = begun.headers["hx-redirect"]
        text = (await client.get(page, headers=headers)).text
        sha256 = text.split('name="sha256" value="')[1][:64]
        for content, status in (
            ("a: &x [1,1]\nb: [*x, *x]", 422),
            ("[" * 100_000, 422),
            ("x" * 2_100_000, 413),
        ):
            form = {"content": content, "sha256": sha256}
            answer = await client.post(f"{page}/save", headers=headers, data=form)
            assert answer.status_code == status


async def test_acts_stand_on_the_audit_trail(monkeypatch, tmp_path):
    async with console(monkeypatch, tmp_path) as (client, parts, _):
        headers = as_("admin") | {"X-CSRF-Token": TOKEN}
        await client.post("/console/site/site/draft", headers=headers, data={"reason": "Phone"})
        off = {"contact": "medic", "ends": "2999-01-01T00:00", "reason": "ill"}
        gone = await client.post("/console/duty/absences", headers=headers, data=off)
        assert gone.status_code == 204
        trail = (await client.get("/console/audit", headers=headers)).text
        assert "site.drafted" in trail
        assert "duty.off" in trail
        assert parts.review.site.site.rosters != parts.rooms.site.rosters


async def test_an_absence_that_is_stored_is_told_as_stored_though_it_cannot_be_read_back(
    monkeypatch, tmp_path
):
    async def fail(*_: object) -> int:
        raise RecordsError("the disk is slow")

    async with console(monkeypatch, tmp_path) as (client, parts, _):
        headers = as_("admin") | {"X-CSRF-Token": TOKEN}
        off = {"contact": "medic", "ends": "2999-01-01T00:00", "reason": "ill"}
        monkeypatch.setattr(parts.review.texts._versions, "newest", fail)
        gone = await client.post("/console/duty/absences", headers=headers, data=off)
        trail = (await client.get("/console/audit", headers=headers)).text

    assert gone.status_code == 204
    assert "duty.off" in trail


async def test_an_approved_zone_holds_from_the_next_start(monkeypatch, tmp_path):
    from tests.integration.records.test_versions import ANA, BO, passed

    async with console(monkeypatch, tmp_path) as (_, parts, _):
        reviewing = parts.review.reviewing
        parts.review.texts._check = passed
        draft = await reviewing.begin(Kind.SITE, "site", ANA, "")
        content = draft.content.replace("assembly line, es", "long assembly line, es", 1)
        draft = await reviewing.save(draft.id, ANA, draft.sha256, content)
        await reviewing.check(draft.id, ANA)
        await reviewing.submit(draft.id, ANA, draft.sha256, "Look")
        await reviewing.approve(draft.id, BO, draft.sha256, "")
        settings = parts.settings

    rooms = await open_approved(settings)
    described = rooms.site.zone("d")
    assert described is not None
    assert "long assembly line" in str(described.description)


async def test_a_record_s_name_for_a_text_leads_to_it(monkeypatch, tmp_path):
    async with console(monkeypatch, tmp_path) as (client, _, _):
        for name, status in (("fire.en@1", 303), ("fire.en@9", 404), ("no.en@1", 404)):
            answer = await client.get(f"/console/procedures/{name}", headers=as_("viewer"))
            assert answer.status_code == status
