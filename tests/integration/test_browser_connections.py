"""A page's connection that is lost loses no call and no word, whichever way the page goes on."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

import httpx2
import pytest

from aurora.errors import VoiceUnavailable
from aurora.levels import Urgency
from aurora.lines.browser import line
from aurora.parts import Parts
from aurora.speech.codec import Pcm
from aurora.speech.transcribe import Transcript
from tests.integration.browser_page import FIRE, NAME, page
from tests.waiting import PATIENT_S, until
from tests.whole_line import WrittenSpeech, served

FIRST_LINE = "Get out now. Pull the alarm as you leave. No lifts."


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


async def test_an_answer_that_went_into_a_dead_connection_is_said_on_the_next(
    monkeypatch, tmp_path
):
    async with (
        served(monkeypatch, tmp_path, speech=WrittenSpeech()) as (url, _),
        page(url) as caller,
    ):
        await caller.until("saying")
        await caller.until("mark")
        caller.is_heard = False
        await caller.says(type="words", words=FIRE)
        await caller.until("saying", text=FIRST_LINE)
        await caller.until("saying")
        await caller.until("mark")
        # By the clock, all of the first line has been played.
        async with page(url) as again:
            said = await again.until("saying")

    assert said["text"] == FIRST_LINE


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


async def test_a_first_line_is_shown_before_a_greeting_that_a_lost_connection_had_still_to_say(
    monkeypatch, tmp_path
):
    async with served(monkeypatch, tmp_path, speech=WrittenSpeech()) as (url, _):
        async with page(url) as caller:
            await caller.until("call")
        async with httpx2.AsyncClient(base_url=url, headers={"Origin": url}) as client:
            typed = {"call": NAME, "words": FIRE}
            answer = await client.post("/call/words", json=typed, timeout=PATIENT_S)

    said = [one["text"] for one in answer.json()["messages"] if one["type"] == "saying"]
    assert said[0].startswith("Get out now.")


@dataclass
class MuteSpeech(WrittenSpeech):
    """A voice that fails at every sentence but those that were made before."""

    has_failed: asyncio.Event = field(default_factory=asyncio.Event)

    def get(self, text: str, language: str) -> bytes | None:
        return None

    async def render(self, text: str, language: str) -> bytes:
        self.has_failed.set()
        raise VoiceUnavailable("it died")


async def test_a_sentence_that_no_voice_could_say_is_shown_once_to_whoever_types(
    monkeypatch, tmp_path
):
    speech = MuteSpeech()
    async with (
        served(monkeypatch, tmp_path, speech=speech) as (url, _),
        page(url) as caller,
        httpx2.AsyncClient(base_url=url, headers={"Origin": url}, timeout=PATIENT_S) as client,
    ):
        await caller.until("call")
        await caller.says(type="words", words=FIRE)
        await caller.until("situation", urgency="critical")
        await speech.has_failed.wait()
        answer = await client.post("/call/words", json={"call": NAME, "words": "good morning"})

    said = [one["text"] for one in answer.json()["messages"] if one["type"] == "saying"]
    assert said == list(dict.fromkeys(said))


@dataclass
class SlowEars(WrittenSpeech):
    """Ears that put nothing into words until they may."""

    may_read: asyncio.Event = field(default_factory=asyncio.Event)

    async def transcribe(self, pcm: Pcm, language: str, **asked: Any) -> Transcript:
        await self.may_read.wait()
        return await super().transcribe(pcm, language, **asked)


async def speaks_and_is_lost(url: str) -> None:
    async with page(url) as caller:
        await caller.until("saying")
        await caller.speaks(silence_s=0.0)


async def test_last_words_that_take_long_are_answered_on_the_connection_after_them(
    monkeypatch, tmp_path
):
    monkeypatch.setattr(line, "GIVE_WAY_WITHIN_S", 0.05)
    speech = SlowEars(FIRE)
    async with served(monkeypatch, tmp_path, speech=speech) as (url, _):
        await speaks_and_is_lost(url)
        async with page(url) as caller:
            await caller.until("saying")
            speech.may_read.set()
            async with asyncio.timeout(PATIENT_S):
                while not (await caller.until("saying"))["text"].startswith("Get out now."):
                    pass


async def test_last_words_that_take_long_are_answered_with_the_next_typed_words(
    monkeypatch, tmp_path
):
    monkeypatch.setattr(line, "GIVE_WAY_WITHIN_S", 0.05)
    speech = SlowEars(FIRE)
    async with (
        served(monkeypatch, tmp_path, speech=speech) as (url, parts),
        httpx2.AsyncClient(base_url=url, headers={"Origin": url}, timeout=PATIENT_S) as client,
    ):
        await speaks_and_is_lost(url)
        await client.post("/call/words", json={"call": NAME, "words": "good morning"})
        speech.may_read.set()
        await until(lambda: is_critical(parts))
        monkeypatch.setattr(line, "GIVE_WAY_WITHIN_S", PATIENT_S)  # it is done in a moment
        answer = await client.post("/call/words", json={"call": NAME, "words": "are you there"})

    said = [one["text"] for one in answer.json()["messages"] if one["type"] == "saying"]
    assert said[0].startswith("Get out now.")


async def is_critical(parts: Parts) -> bool:
    return (await parts.switchboard.call(f"web_{NAME}")).urgency is Urgency.CRITICAL


async def test_a_second_window_takes_the_call_over(monkeypatch, tmp_path):
    async with (
        served(monkeypatch, tmp_path, speech=WrittenSpeech()) as (url, _),
        page(url) as first,
    ):
        await first.until("saying")
        async with page(url) as second:
            await second.until("call")
            assert await first.closed() == line.REPLACED


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


async def test_words_sent_again_on_the_next_connection_are_taken_once_and_the_page_is_told(
    monkeypatch, tmp_path
):
    async with served(monkeypatch, tmp_path, speech=WrittenSpeech()) as (url, parts):
        async with page(url) as caller:
            await caller.until("saying")
            await caller.says(type="words", words=FIRE, id="words-of-this-test-1")
            await caller.until("kept", id="words-of-this-test-1")
        async with page(url) as caller:
            for _ in range(2):
                await caller.says(type="words", words=FIRE, id="words-of-this-test-1")
            await caller.says(type="words", words="it spreads", id="words-of-this-test-2")
            await caller.until("kept", id="words-of-this-test-2")
        call = await parts.records.find(f"web_{NAME}")
        messages = await parts.records.messages(call.id)

    kept = [one["id"][-1] for one in caller.told if one["type"] == "kept"]
    assert kept == ["1", "1", "2"]
    assert [one.content for one in messages if one.role == "user"] == [FIRE, "it spreads"]


async def test_words_sent_again_over_http_show_what_the_connection_did_not_say(
    monkeypatch, tmp_path
):
    typed = {"words": FIRE, "id": "words-of-this-test-1"}
    async with (
        served(monkeypatch, tmp_path, speech=WrittenSpeech()) as (url, parts),
        httpx2.AsyncClient(base_url=url, headers={"Origin": url}, timeout=PATIENT_S) as client,
    ):
        async with page(url) as caller:
            await caller.until("mark")
            caller.is_heard = False
            await caller.says(type="words", **typed)
            await caller.until("kept")
        again = await client.post("/call/words", json={"call": NAME, **typed})
        once_more = await client.post("/call/words", json={"call": NAME, **typed})
        call = await parts.records.find(f"web_{NAME}")
        messages = await parts.records.messages(call.id)

    first, *rest = again.json()["messages"]
    assert (first["type"], first["urgency"]) == ("situation", "critical")
    assert any(one["text"].startswith("Get out now.") for one in rest)
    assert [one["type"] for one in once_more.json()["messages"]] == ["situation"]
    assert [one.content for one in messages if one.role == "user"] == [FIRE]


@pytest.mark.parametrize("what", [{}, {"words": "fire", "key": "1"}, {"key": "12"}, {"words": ""}])
async def test_neither_words_nor_a_key_is_refused(what, monkeypatch, tmp_path):
    async with (
        served(monkeypatch, tmp_path, speech=WrittenSpeech()) as (url, _),
        httpx2.AsyncClient(base_url=url, headers={"Origin": url}, timeout=PATIENT_S) as client,
    ):
        answer = await client.post("/call/words", json={"call": NAME, **what})

    assert answer.status_code == 422
