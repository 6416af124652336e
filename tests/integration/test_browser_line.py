"""Pages that call: what they are told and shown, and what they may say."""

import asyncio
from datetime import UTC, datetime

from aurora.escalation.answers import Reply
from aurora.escalation.incident import Answer, Source
from aurora.lines.browser import line
from aurora.parts import Parts
from tests.integration.browser_page import FIRE, NAME, page
from tests.waiting import PATIENT_S
from tests.whole_line import WrittenSpeech, served


async def paged(parts: Parts, role: str) -> tuple[str, str]:
    """Wait until somebody of a role is asked; return the incident and who it is."""
    async with asyncio.timeout(PATIENT_S):
        while True:
            for incident in await parts.answers.incidents():
                for responder in incident.responders.values():
                    if role in responder.roles:
                        return incident.id, responder.contact_id
            await asyncio.sleep(0.05)


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


async def test_the_caller_ends_the_call_and_the_record_says_so(monkeypatch, tmp_path):
    async with served(monkeypatch, tmp_path, speech=WrittenSpeech()) as (url, parts):
        async with page(url) as caller:
            await caller.until("saying")
            await caller.says(type="end")
            code = await caller.closed()
        call = await parts.switchboard.call(f"web_{NAME}")

    assert code == line.ENDED
    assert call.end_reason == "hung_up"


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
