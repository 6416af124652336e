"""Pages that call: who gets in, what they are told, and that a lost connection loses no call."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from datetime import UTC, datetime
from typing import Any

import httpx2
import numpy as np
import orjson
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from aurora.escalation.answers import Reply
from aurora.escalation.incident import Answer, Source
from aurora.lines.browser import line
from aurora.parts import Parts
from tests.waiting import PATIENT_S
from tests.whole_line import WrittenSpeech, served

NAME = "a-call-of-this-test-0001"
FIRE = "there is a fire in zone b"
LOUD = np.full(160, 9_000, "<i2").tobytes()
QUIET = bytes(320)
CODE = "correct-horse"


class Page:
    """A page without a browser around it."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.told: list[dict[str, Any]] = []
        self.sound = bytearray()

    async def says(self, **message: Any) -> None:
        await self.socket.send(orjson.dumps(message).decode())

    async def speaks(self, seconds: float = 0.6) -> None:
        for frame in [LOUD] * round(seconds / 0.02) + [QUIET] * 30:
            await self.socket.send(frame)

    async def until(self, kind: str, **parts: Any) -> dict[str, Any]:
        """Take what comes up to the message of this kind, echoing marks as a page does."""
        async with asyncio.timeout(PATIENT_S):
            while True:
                received = await self.socket.recv()
                if isinstance(received, bytes):
                    self.sound += received
                    continue
                message: dict[str, Any] = orjson.loads(received)
                self.told.append(message)
                if message["type"] == "mark":
                    await self.says(type="mark", name=message["name"])
                if message["type"] == kind and parts.items() <= message.items():
                    return message

    async def closed(self) -> int:
        async with asyncio.timeout(PATIENT_S):
            try:
                while True:
                    await self.socket.recv()
            except ConnectionClosed as closed:
                return closed.rcvd.code if closed.rcvd else 0


async def paged(parts: Parts, role: str) -> tuple[str, str]:
    """Wait until somebody of a role is asked; return the incident and who it is."""
    async with asyncio.timeout(PATIENT_S):
        while True:
            for incident in await parts.answers.incidents():
                for responder in incident.responders.values():
                    if role in responder.roles:
                        return incident.id, responder.contact_id
            await asyncio.sleep(0.05)


@asynccontextmanager
async def page(url: str, call: str | None = NAME, **hello: Any) -> AsyncIterator[Page]:
    address = url.replace("http", "ws") + "/call/audio"
    async with connect(address, origin=url, compression=None) as socket:
        caller = Page(socket)
        if call is not None:
            with suppress(ConnectionClosed):  # a line that is full does not wait for it
                await caller.says(type="hello", call=call, **hello)
        yield caller


async def test_a_page_is_greeted_in_its_language_and_hears_it(monkeypatch, tmp_path):
    async with (
        served(monkeypatch, tmp_path, speech=WrittenSpeech()) as (url, _),
        page(url, language="de") as caller,
    ):
        said = await caller.until("saying")
        await caller.until("mark")

    assert said["language"] == "de"
    assert "Aurora" in said["text"]
    assert len(caller.sound) > 160


async def test_spoken_words_are_shown_and_answered_with_the_first_line(monkeypatch, tmp_path):
    async with (
        served(monkeypatch, tmp_path, speech=WrittenSpeech(FIRE)) as (url, _),
        page(url) as caller,
    ):
        await caller.until("saying")
        await caller.speaks()
        heard = await caller.until("heard")
        situation = await caller.until("situation", urgency="critical")

    assert heard["text"] == FIRE
    assert (situation["hazard"], situation["zone"]) == ("fire", "Zone B")
    assert "the works fire brigade" in situation["alerted"]
    said = [message["text"] for message in caller.told if message["type"] == "saying"]
    assert any(text.startswith("Get out now.") for text in said)


async def test_a_page_shows_that_somebody_confirmed_and_is_coming(monkeypatch, tmp_path):
    async with (
        served(monkeypatch, tmp_path, speech=WrittenSpeech()) as (url, parts),
        page(url) as caller,
    ):
        await parts.start_alerting()
        await caller.until("saying")
        await caller.says(type="words", words=FIRE)
        before = await caller.until("situation", urgency="critical")
        incident, team_lead = await paged(parts, "fire")
        now = datetime.now(UTC)
        await parts.answers.answer(
            Reply("key1", incident, team_lead, Answer.ACCEPT, Source.CONSOLE, now)
        )
        told = before
        while not any("coming" in sentence for sentence in told["standing"]):
            told = await caller.until("situation")

    assert not any("coming" in sentence for sentence in before["standing"])
    assert "Confirmed and coming: the site emergency team." in told["standing"]


async def test_typed_words_keys_and_a_chosen_language_reach_the_call(monkeypatch, tmp_path):
    async with (
        served(monkeypatch, tmp_path, speech=WrittenSpeech()) as (url, _),
        page(url) as caller,
    ):
        await caller.until("saying")
        await caller.says(type="words", words=FIRE)
        await caller.until("situation", urgency="critical")
        await caller.says(type="language", language="fr")
        await caller.says(type="key", key="2")
        key = await caller.until("heard", text="[key 2]")
        situation = await caller.until("situation")

    assert key
    assert situation["language"] == "fr"
    assert situation["zone"] == "Zone B"


async def test_a_muted_page_is_not_heard_whatever_it_sends(monkeypatch, tmp_path):
    speech = WrittenSpeech(FIRE)
    async with served(monkeypatch, tmp_path, speech=speech) as (url, _), page(url) as caller:
        await caller.until("saying")
        await caller.says(type="mute", is_muted=True)
        await caller.speaks()
        await caller.says(type="words", words="good morning")
        heard = await caller.until("heard")

    assert heard["text"] == "good morning"


async def test_a_page_that_comes_back_is_in_the_same_call(monkeypatch, tmp_path):
    async with served(monkeypatch, tmp_path, speech=WrittenSpeech()) as (url, parts):
        async with page(url) as caller:
            first = await caller.until("call")
            await caller.says(type="words", words=FIRE)
            await caller.until("situation", urgency="critical")
        async with page(url) as caller:
            again = await caller.until("call")
            situation = await caller.until("situation")
        call = await parts.switchboard.call(f"web_{NAME}")

    assert again["id"] == first["id"]
    assert situation["urgency"] == "critical"
    assert call.ended_at is None


async def lost_before_the_answer(url: str) -> None:
    """Report a fire on a page whose connection goes before the answer is heard."""
    async with page(url) as caller:
        await caller.until("saying")
        await caller.says(type="words", words=FIRE)
        await caller.until("situation", urgency="critical")


async def test_what_a_lost_connection_had_still_to_say_is_said_on_the_next(monkeypatch, tmp_path):
    async with served(monkeypatch, tmp_path, speech=WrittenSpeech()) as (url, _):
        await lost_before_the_answer(url)
        async with page(url) as caller:
            said = await caller.until("saying")

    assert said["text"].startswith("Get out now.")


async def test_what_a_lost_connection_had_still_to_say_is_shown_before_the_next_answer(
    monkeypatch, tmp_path
):
    async with served(monkeypatch, tmp_path, speech=WrittenSpeech()) as (url, _):
        await lost_before_the_answer(url)
        async with httpx2.AsyncClient(base_url=url, headers={"Origin": url}) as client:
            typed = {"call": NAME, "words": "one of them is unconscious"}
            answer = await client.post("/call/words", json=typed, timeout=PATIENT_S)
            again = await client.post("/call/words", json=typed, timeout=PATIENT_S)

    said = [one["text"] for one in answer.json()["messages"] if one["type"] == "saying"]
    assert said[0].startswith("Get out now.")
    assert len(said) > 1
    texts = [one.get("text", "") for one in again.json()["messages"]]
    assert not any(text.startswith("Get out now.") for text in texts)


async def test_a_second_window_takes_the_call_over(monkeypatch, tmp_path):
    async with (
        served(monkeypatch, tmp_path, speech=WrittenSpeech()) as (url, _),
        page(url) as first,
    ):
        await first.until("saying")
        async with page(url) as second:
            await second.until("call")
            assert await first.closed() == line.REPLACED


async def test_the_caller_ends_the_call_and_the_record_says_so(monkeypatch, tmp_path):
    async with served(monkeypatch, tmp_path, speech=WrittenSpeech()) as (url, parts):
        async with page(url) as caller:
            await caller.until("saying")
            await caller.says(type="end")
            code = await caller.closed()
        call = await parts.switchboard.call(f"web_{NAME}")

    assert code == line.ENDED
    assert call.end_reason == "hung_up"


async def test_without_a_connection_typed_words_go_over_http(monkeypatch, tmp_path):
    async with (
        served(monkeypatch, tmp_path, speech=WrittenSpeech()) as (url, _),
        httpx2.AsyncClient(base_url=url, headers={"Origin": url}, timeout=PATIENT_S) as client,
    ):
        words = await client.post("/call/words", json={"call": NAME, "words": FIRE})
        key = await client.post("/call/words", json={"call": NAME, "key": "2"})
        async with page(url) as caller:
            situation = await caller.until("situation")

    kinds = [message["type"] for message in words.json()["messages"]]
    assert kinds[:3] == ["heard", "situation", "saying"]
    assert words.json()["messages"][2]["text"].startswith("Get out now.")
    assert key.json()["messages"][0]["text"] == "[key 2]"
    assert situation["urgency"] == "critical"


@pytest.mark.parametrize("what", [{}, {"words": "fire", "key": "1"}, {"key": "12"}, {"words": ""}])
async def test_neither_words_nor_a_key_is_refused(what, monkeypatch, tmp_path):
    async with (
        served(monkeypatch, tmp_path, speech=WrittenSpeech()) as (url, _),
        httpx2.AsyncClient(base_url=url, headers={"Origin": url}, timeout=PATIENT_S) as client,
    ):
        answer = await client.post("/call/words", json={"call": NAME, **what})

    assert answer.status_code == 422


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


async def test_a_page_that_calls_while_speech_is_loading_waits_and_is_greeted(
    monkeypatch, tmp_path
):
    monkeypatch.setattr(line, "ALIVE_EVERY_S", 0.01)
    speech = WrittenSpeech()
    speech.is_loaded.clear()
    async with served(monkeypatch, tmp_path, speech=speech) as (url, _), page(url) as caller:
        await caller.until("alive")
        assert [message["type"] for message in caller.told] == ["alive"]
        speech.is_loaded.set()
        await caller.until("saying")


async def test_where_nothing_can_be_heard_the_page_is_told_to_type(monkeypatch, tmp_path):
    speech = WrittenSpeech(is_ready=False)
    async with served(monkeypatch, tmp_path, speech=speech) as (url, _), page(url) as caller:
        assert await caller.closed() == line.DEAF


async def test_nonsense_and_floods_leave_the_call_alive(monkeypatch, tmp_path):
    async with (
        served(monkeypatch, tmp_path, speech=WrittenSpeech()) as (url, _),
        page(url) as caller,
    ):
        await caller.until("saying")
        for rubbish in ("{", '{"type":"words","words":""}', "[]", b"odd", b"", "x" * 20_000):
            await caller.socket.send(rubbish)
        for _ in range(200):
            await caller.says(type="key", key="3")
        await caller.until("heard", text="[key 3]")
        await caller.says(type="end")
        assert await caller.closed() == line.ENDED
