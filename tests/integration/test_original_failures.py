"""What the first Aurora got wrong on real calls and when it ran: each must come out right here."""

import re
import xml.etree.ElementTree as ET
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest

from aurora.conversation.call import Call, EndReason
from aurora.conversation.idle import IDLE_AFTER
from aurora.conversation.record import Message
from aurora.conversation.ring import Ring
from aurora.conversation.switchboard import Switchboard
from aurora.levels import Hazard, Urgency
from aurora.parts import Parts
from aurora.records.memory import MemoryRecords
from tests.application import application
from tests.line import Clock, dialogue, example_site, fire

NUMBER = "+12025550151"
SID = "CA0001"
DENIALS = re.compile(
    r"\b(no one|nobody|no-one|there is no|there's no|there are no|are you sure|not possible)\b",
    re.I,
)
KNOWN_NUMBERS = {contact.phone for contact in example_site().contacts} | {"112"}
EXITS = re.compile(r"\b(gate|door|ramp|stairs)\b")


class Conversation:
    """One caller on one of the two lines."""

    def __init__(self, client: httpx2.AsyncClient, parts: Parts, line: str) -> None:
        self._client = client
        self._parts = parts
        self._line = line
        self._action = "/process-speech"
        self.heard: list[str] = []
        """What the caller heard, an answer a turn."""
        self.verbs: list[str] = []
        """Every TwiML verb of the call, in order."""

    async def ring(self) -> str:
        assert self._line == "gather"
        return await self._post("/incoming-call", {})

    async def say(self, *utterances: str) -> str:
        """Say these one after the other and return the last answer."""
        for words in utterances:
            if self._line == "gather":
                await self._post(self._action, {"SpeechResult": words})
            else:
                asked = {"speech": words, "ph_no": NUMBER}
                answer = await self._client.post("/api/process-speech", json=asked)
                assert answer.status_code == 200, answer.text
                self.heard.append(answer.json()["message"])
        return self.heard[-1]

    async def _post(self, path: str, fields: dict[str, str]) -> str:
        caller = {"CallSid": SID, "From": NUMBER, "To": "+12025550110"}
        answer = await self._client.post(path, data={**caller, **fields})
        assert answer.status_code == 200, answer.text
        root = ET.fromstring(answer.text)
        self.verbs += [verb.tag for verb in root.iter() if verb is not root]
        self._action = str(root[0].get("action") or "/process-speech")
        self.heard.append(str(root.findtext("Gather/Say") or root.findtext("Say")))
        return self.heard[-1]

    async def call(self) -> Call:
        found = await self._parts.records.find_open(line=self._line, from_number=NUMBER)
        assert found is not None
        return found

    async def messages(self) -> list[Message]:
        return await self._parts.records.messages((await self.call()).id)


@pytest.fixture(params=["gather", "api"])
async def conversation(request: pytest.FixtureRequest, monkeypatch: Any, tmp_path: Any) -> Any:
    async with application(monkeypatch, tmp_path) as (client, parts):
        yield Conversation(client, parts, request.param)


@pytest.fixture
async def telephone(monkeypatch: Any, tmp_path: Any) -> Any:
    async with application(monkeypatch, tmp_path) as (client, parts):
        yield Conversation(client, parts, "gather")


def invented_numbers(message: str) -> set[str]:
    """Numbers of three digits and more that nobody at the site has."""
    said = {found.replace(" ", "") for found in re.findall(r"\+?\d[\d ]{2,}", message)}
    return said - KNOWN_NUMBERS


# Real conversations


@pytest.mark.parametrize("words", ["Strong smell of gas", "there's a strong smell of gas here"])
async def test_a_strong_smell_of_gas_is_answered_by_the_way_out(
    words: str, conversation: Conversation
) -> None:
    answer = await conversation.say(words)

    call = await conversation.call()
    assert (call.urgency, call.hazard) == (Urgency.CRITICAL, Hazard.GAS_LEAK)
    assert answer.startswith("Leave now on foot. No flames, sparks or switches.")
    assert {"gas_team", "emergency_services"} <= set(call.roles_alerted)


async def test_a_broken_leg_gets_no_invented_extension_and_never_a_blank_reply(
    conversation: Conversation,
) -> None:
    await conversation.say(
        "I broke my leg",
        "zone d",
        "which extension do I dial for the medic",
        "what is the number of the nurse",
        "it hurts a lot",
        "hello",
        "what now",
    )

    call = await conversation.call()
    assert call.urgency.is_emergency
    assert call.guidance.procedure == "injury"
    assert all(message.strip() for message in conversation.heard)
    assert [invented_numbers(message) for message in conversation.heard] == [set()] * 7
    assert "extension" not in " ".join(conversation.heard).lower()


@pytest.mark.parametrize("after", ["should I walk to the first aid kit", "where is first aid"])
async def test_chest_pain_is_sat_down_and_never_sent_walking(
    after: str, conversation: Conversation
) -> None:
    first = await conversation.say("I have chest pain")
    await conversation.say("zone a", after, "I will walk over there")

    call = await conversation.call()
    assert call.urgency is Urgency.CRITICAL
    assert first.startswith("Sit down and rest, no walking.")
    said = " ".join(conversation.heard).lower()
    assert "first aid kit" not in said
    assert not re.search(r"(?<!no )\b(walk|go|drive) (over |yourself )?to\b", said)
    assert {"medical", "emergency_services"} <= set(call.roles_alerted)


async def test_a_fall_from_a_floor_aurora_does_not_know_is_believed(
    conversation: Conversation,
) -> None:
    first = await conversation.say("My coworker fell from the third floor")
    await conversation.say("the third floor", "he really fell", "zone a")

    call = await conversation.call()
    assert (call.urgency, call.hazard) == (Urgency.CRITICAL, Hazard.FALL)
    assert first.startswith("Don't move them.")
    assert [message for message in conversation.heard if DENIALS.search(message)] == []


@pytest.mark.parametrize("words", ["There is a fire in Zone 3", "fire in zone three"])
async def test_zone_3_does_not_exist_and_is_asked_about(
    words: str, conversation: Conversation
) -> None:
    answer = await conversation.say(words)
    again = await conversation.say("zone 3")

    call = await conversation.call()
    assert call.place.zone_id is None
    assert call.urgency is Urgency.CRITICAL
    for message in (answer, again):
        assert EXITS.search(message) is None
        assert "zone 3" not in message.lower()
        assert "Zone A, Zone B, Zone C" in message
    right = await conversation.say("sorry, I mean zone c")
    assert "the west fire door" in right


@pytest.mark.parametrize("words", ["there is a gas Lake in zone b", "gas leek in sown bee"])
async def test_gas_lake_is_a_gas_leak(words: str, conversation: Conversation) -> None:
    answer = await conversation.say(words)

    call = await conversation.call()
    assert (call.urgency, call.guidance.procedure) == (Urgency.CRITICAL, "flammable_gas")
    assert answer.startswith("Leave now on foot.")
    assert "b" in (call.place.zone_id, call.place.unconfirmed_zone_id)


@pytest.mark.parametrize("strip", ["", "?.,"])
async def test_the_greeting_is_not_taken_for_the_callers_words(
    strip: str, telephone: Conversation
) -> None:
    greeting = await telephone.ring()
    echo = "".join(mark for mark in greeting.lower() if mark not in strip)
    await telephone.say(echo)

    call, messages = await telephone.call(), await telephone.messages()
    assert (call.exchanges, call.urgency) == (0, Urgency.ASSISTIVE)
    assert messages[1].details == {"is_echo": True}
    answer = await telephone.say(f"{echo} there is a fire in zone b")
    assert answer.startswith("Get out now.")


# What went wrong when it ran


@pytest.mark.parametrize(
    "after", ["yes", "yes it is", "okay", "no", "thank you", "everything is fine", "goodbye"]
)
async def test_an_answer_after_a_gas_leak_leaves_it_critical(
    after: str, conversation: Conversation
) -> None:
    await conversation.say("there is a gas leak in zone b", after)

    assert (await conversation.call()).urgency is Urgency.CRITICAL
    assert [m.urgency for m in (await conversation.messages())[-2:]] == ["critical", "critical"]


async def test_twenty_turns_and_more_never_hang_up_on_an_emergency(
    telephone: Conversation,
) -> None:
    await telephone.ring()
    await telephone.say("there is a gas leak in zone b", *(f"hello {n}" for n in range(24)))

    assert "Hangup" not in telephone.verbs
    assert telephone.verbs.count("Gather") == 26
    assert (await telephone.call()).ended_at is None


async def test_silence_never_hangs_up_on_an_emergency(telephone: Conversation) -> None:
    await telephone.ring()
    await telephone.say("there is a gas leak in zone b", *[""] * 12)

    assert "Hangup" not in telephone.verbs
    assert "Dial" in telephone.verbs
    assert all(message.strip() for message in telephone.heard)
    assert (await telephone.call()).ended_at is None


async def test_an_error_inside_never_ends_the_call_nor_calls_it_normal(
    conversation: Conversation, monkeypatch: pytest.MonkeyPatch
) -> None:
    line: Any = conversation._parts.switchboard.dialogue
    with monkeypatch.context() as broken:
        broken.setattr(line, "take_words", lambda *_, **__: 1 / 0)
        answer = await conversation.say("there is a gas leak in zone b")

    call = await conversation.call()
    assert answer.startswith("Get to a safe place")
    assert "ZeroDivisionError" not in answer
    assert call.urgency is Urgency.URGENT
    assert "Hangup" not in conversation.verbs
    events = await conversation._parts.records.events(call.id)
    assert [e.details["error"] for e in events if e.kind == "turn_failed"] == ["ZeroDivisionError"]


async def test_a_call_goes_on_after_an_error_inside(
    conversation: Conversation, monkeypatch: pytest.MonkeyPatch
) -> None:
    line: Any = conversation._parts.switchboard.dialogue
    with monkeypatch.context() as broken:
        broken.setattr(line, "take_words", lambda *_, **__: 1 / 0)
        await conversation.say("there is a gas leak in zone b")
    answer = await conversation.say("there is a gas leak in zone b I said")

    assert answer.startswith("Leave now on foot.")
    assert (await conversation.call()).urgency is Urgency.CRITICAL


async def test_a_caller_who_is_gone_does_not_stay_active_for_ever() -> None:
    clock, records = Clock(datetime.now(UTC)), MemoryRecords()
    board = Switchboard(dialogue({"fire in zone b": fire()}), records, clock=clock)
    live = await board.open(Ring("api", from_number=NUMBER))
    await board.hear(live.call.id, "fire in zone b", lambda turn: turn.message)

    clock.now += IDLE_AFTER - timedelta(seconds=1)
    assert await board.close_idle() == 0
    clock.advance(seconds=1)
    assert await board.close_idle() == 1

    assert await records.open_calls() == []
    call = await board.call(live.call.id)
    assert call.end_reason is EndReason.IDLE
    assert call.urgency is Urgency.CRITICAL


async def test_hanging_up_ends_the_call_in_the_active_file(monkeypatch: Any, tmp_path: Any) -> None:
    async with application(monkeypatch, tmp_path) as (client, parts):
        caller = Conversation(client, parts, "gather")
        await caller.ring()
        await caller.say("there is a gas leak in zone b")
        status = {"CallSid": SID, "From": NUMBER, "CallStatus": "completed"}
        await client.post("/call-status", data=status)
        [shown] = (await client.get("/api/active-calls")).json()["active_calls"].values()

    assert shown["status"] != "ACTIVE"
    assert shown["urgency"] == "CRITICAL"


async def test_unknown_callers_are_shown_as_themselves(monkeypatch: Any, tmp_path: Any) -> None:
    async with application(monkeypatch, tmp_path) as (client, _):
        for sid in ("CA1", "CA2"):
            fields = {"CallSid": sid, "From": "anonymous", "SpeechResult": f"fire in zone b {sid}"}
            await client.post("/process-speech", data=fields)
        shown = (await client.get("/api/active-calls")).json()

    calls = shown["active_calls"].values()
    assert [call["worker_id"] for call in calls] == ["worker_unknown"] * 2
    assert {call["urgency"] for call in calls} == {"CRITICAL"}
    conversations = shown["active_conversations"].values()
    said = [next(iter(c["messages"].values()))["content"] for c in conversations]
    assert sorted(said) == ["fire in zone b CA1", "fire in zone b CA2"]
