"""What failed is told as a page to whoever looks at one, and as problem details to a program."""

import pytest

from aurora.accounts.person import Role
from aurora.errors import RecordsError
from tests.application import application
from tests.signing_in import signed_in

PAGE = {"Accept": "text/html"}


async def test_a_page_that_is_not_there_is_told_in_words(monkeypatch, tmp_path):
    async with application(monkeypatch, tmp_path) as (client, parts):
        headers = await signed_in(parts, Role.VIEWER)
        answer = await client.get("/console/calls/nowhere", headers=headers)

    assert answer.status_code == 404
    assert "There is nothing here" in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]


async def test_a_program_gets_the_problem_details(monkeypatch, tmp_path):
    async with application(monkeypatch, tmp_path) as (client, parts):
        headers = await signed_in(parts, Role.VIEWER)
        asked = headers | {"Accept": "*/*"}
        answer = await client.get("/console/calls/nowhere", headers=asked)

    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("extra", [{"HX-Request": "true"}, {"Accept": "application/json"}])
async def test_a_part_of_a_page_gets_them_too(extra, monkeypatch, tmp_path):
    async with application(monkeypatch, tmp_path) as (client, parts):
        headers = await signed_in(parts, Role.VIEWER) | extra
        answer = await client.get("/console/calls/nowhere", headers=headers)

    assert answer.headers["content-type"] == "application/problem+json"


async def test_what_is_not_for_ones_role_says_so_and_shows_ones_own_rooms(monkeypatch, tmp_path):
    async with application(monkeypatch, tmp_path) as (client, parts):
        headers = await signed_in(parts, Role.VIEWER)
        answer = await client.get("/console/accounts", headers=headers)

    assert answer.status_code == 403
    assert "This is not open to you" in answer.text
    assert 'href="/console/map"' in answer.text
    assert 'href="/console/accounts"' not in answer.text


async def test_records_that_cannot_be_read_still_leave_a_page_with_a_telephone_number(
    monkeypatch, tmp_path
):
    async with application(monkeypatch, tmp_path) as (client, parts):
        headers = await signed_in(parts, Role.VIEWER)

        async def broken(*_: object, **__: object) -> None:
            raise RecordsError("disk is gone")

        monkeypatch.setattr(parts.accounts.sessions, "find", broken, raising=False)
        monkeypatch.setattr(parts.records, "find", broken)
        answer = await client.get("/console/calls/any", headers=headers)

    assert answer.status_code == 503
    assert "The records cannot be reached" in answer.text
    assert parts.rooms.site.emergency_number in answer.text
