"""Which pages may call, and what the others are told."""

from contextlib import AsyncExitStack

import httpx2
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from aurora.lines.browser import line
from tests.integration.browser_page import FIRE, NAME, Page, page
from tests.waiting import PATIENT_S
from tests.whole_line import WrittenSpeech, served

CODE = "correct-horse"


async def test_a_page_of_another_site_is_refused(monkeypatch, tmp_path):
    async with served(monkeypatch, tmp_path, speech=WrittenSpeech()) as (url, _):
        address = url.replace("http", "ws") + "/call/audio"
        for origin in ("https://evil.example", None):
            with pytest.raises(InvalidStatus) as refused:
                async with connect(address, origin=origin, compression=None):
                    pass
            assert refused.value.response.status_code == 403
        async with httpx2.AsyncClient(base_url=url, timeout=PATIENT_S) as client:
            words = {"call": NAME, "words": FIRE}
            foreign = await client.post(
                "/call/words", json=words, headers={"Origin": "https://evil.example"}
            )

    assert foreign.status_code == 403


@pytest.mark.parametrize(
    ("given", "code"), [(None, line.LOCKED), ("wrong-horse", line.LOCKED), (CODE, None)]
)
async def test_where_a_code_is_set_only_who_has_it_calls(given, code, monkeypatch, tmp_path):
    monkeypatch.setattr(line, "WRONG_CODE_S", 0.01)
    env = {"AURORA_CALL_CODE": CODE}
    async with served(monkeypatch, tmp_path, env, speech=WrittenSpeech()) as (url, _):
        async with page(url, code=given) as caller:
            if code is None:
                await caller.until("saying")
            else:
                assert await caller.closed() == code
        headers = {"Origin": url, "Authorization": f"Bearer {given}"}
        async with httpx2.AsyncClient(base_url=url, headers=headers, timeout=PATIENT_S) as client:
            words = await client.post("/call/words", json={"call": NAME, "words": "hello"})

    assert words.status_code == (200 if code is None else 401)


async def test_the_code_of_a_call_opens_nothing_else(monkeypatch, tmp_path):
    env = {"AURORA_CALL_CODE": CODE, "AURORA_API_TOKEN": "another-secret-of-the-site"}
    async with served(monkeypatch, tmp_path, env, speech=WrittenSpeech()) as (url, _):
        headers = {"Authorization": f"Bearer {CODE}"}
        async with httpx2.AsyncClient(base_url=url, headers=headers, timeout=PATIENT_S) as client:
            answer = await client.get("/api/active-calls")
        async with page(url, code=env["AURORA_API_TOKEN"]) as caller:
            await caller.until("saying")

    assert answer.status_code == 401


async def test_without_a_code_only_this_machine_calls(monkeypatch, tmp_path):
    monkeypatch.setattr(line, "WRONG_CODE_S", 0.01)
    async with served(monkeypatch, tmp_path, speech=WrittenSpeech()) as (url, _):
        address = url.replace("http", "ws") + "/call/audio"
        through_a_proxy = {"X-Forwarded-For": "10.0.0.7"}
        async with connect(
            address, origin=url, additional_headers=through_a_proxy, compression=None
        ) as socket:
            caller = Page(socket)
            await caller.says(type="hello", call=NAME)
            assert await caller.closed() == line.FAR


@pytest.mark.parametrize(
    "hello", ['{"type":"hello","call":"short"}', "nonsense", '{"type":"words","words":"fire"}']
)
async def test_who_does_not_say_hello_is_hung_up_on(hello, monkeypatch, tmp_path):
    async with (
        served(monkeypatch, tmp_path, speech=WrittenSpeech()) as (url, _),
        page(url, None) as caller,
    ):
        await caller.socket.send(hello)
        assert await caller.closed() == line.MALFORMED


async def test_when_every_line_is_taken_the_page_is_told(monkeypatch, tmp_path):
    monkeypatch.setattr(line, "MOST_PAGES", 1)
    async with (
        served(monkeypatch, tmp_path, speech=WrittenSpeech()) as (url, _),
        page(url) as first,
    ):
        await first.until("saying")
        async with page(url, "another-call-of-this-test") as second:
            assert await second.closed() == line.BUSY


async def test_when_every_line_is_taken_a_page_takes_the_place_of_its_own_lost_connection(
    monkeypatch, tmp_path
):
    monkeypatch.setattr(line, "MOST_PAGES", 1)
    async with (
        served(monkeypatch, tmp_path, speech=WrittenSpeech()) as (url, _),
        page(url) as dead,
    ):
        await dead.until("saying")
        async with page(url) as caller:
            await caller.until("saying")
            async with page(url, "another-call-of-this-test") as other:
                assert await other.closed() == line.BUSY


async def test_when_every_line_is_taken_a_page_in_an_emergency_is_let_back_in(
    monkeypatch, tmp_path
):
    monkeypatch.setattr(line, "MOST_PAGES", 1)
    everyday = "another-call-of-this-test"
    async with (
        served(monkeypatch, tmp_path, speech=WrittenSpeech()) as (url, _),
        httpx2.AsyncClient(base_url=url, headers={"Origin": url}, timeout=PATIENT_S) as client,
    ):
        for call, words in ((NAME, FIRE), (everyday, "good morning")):
            await client.post("/call/words", json={"call": call, "words": words})
        async with page(url, "a-third-call-of-this-test") as third:
            await third.until("saying")
            async with page(url, everyday) as caller:
                assert await caller.closed() == line.BUSY
            async with page(url) as caller:
                await caller.until("saying")


async def test_strangers_who_say_nothing_take_no_place_of_a_callers(monkeypatch, tmp_path):
    monkeypatch.setattr(line, "MOST_PAGES", 1)
    monkeypatch.setattr(line, "MOST_STRANGERS", 3)
    monkeypatch.setattr(line, "HELLO_WITHIN_S", 3_600.0)
    async with (
        served(monkeypatch, tmp_path, speech=WrittenSpeech()) as (url, _),
        AsyncExitStack() as waiting,
    ):
        strangers = [await waiting.enter_async_context(page(url, None)) for _ in range(5)]
        async with page(url) as caller:
            await caller.until("saying")
        closed = [await stranger.closed() for stranger in strangers[:2]]

    assert set(closed) == {line.MALFORMED}
