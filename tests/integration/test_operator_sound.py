"""Operators on a call by voice: they listen, type, take over, and Aurora comes back for them."""

import asyncio
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import httpx2
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from aurora.accounts.person import Role
from aurora.lines.web_socket import POLICY
from aurora.parts import Parts
from aurora.speech.codec import mulaw_decode
from tests.console_door import CookieDoor
from tests.console_operator import AURORA, CALLER, is_loud, operating, tone
from tests.integration.browser_page import FIRE, NAME, Page, page
from tests.signing_in import signed_in
from tests.waiting import PATIENT_S
from tests.whole_line import WrittenSpeech, served


def a_line(
    monkeypatch: pytest.MonkeyPatch, directory: Path, words: str = ""
) -> AbstractAsyncContextManager[tuple[str, Parts]]:
    """A line that understands these words; at its console whoever has a cookie is let in."""
    return served(monkeypatch, directory, speech=WrittenSpeech(words), door=CookieDoor())


async def events(parts: Parts) -> list[str]:
    call = await parts.switchboard.call(f"web_{NAME}")
    return [event.kind for event in await parts.records.events(call.id)]


async def call_id(parts: Parts) -> str:
    return (await parts.switchboard.call(f"web_{NAME}")).id


async def said_after(caller: Page, words: str) -> dict[str, Any]:
    while True:
        said = await caller.until("saying")
        if words in said["text"]:
            return said


async def test_an_operator_hears_the_caller_and_aurora(monkeypatch, tmp_path):
    async with (
        a_line(monkeypatch, tmp_path, FIRE) as (
            url,
            parts,
        ),
        page(url) as caller,
    ):
        await caller.until("saying")
        async with operating(url, await call_id(parts)) as operator:
            await caller.speaks()
            await said_after(caller, "Get out now.")
            await operator.until(lambda: is_loud(operator.sound_of(AURORA)))

        assert is_loud(operator.sound_of(CALLER))
        assert "listened_to" in await events(parts)
        assert not any("joining" in message.get("text", "").lower() for message in caller.told)


async def test_what_an_operator_types_is_said_to_the_caller_as_theirs(monkeypatch, tmp_path):
    async with (
        a_line(monkeypatch, tmp_path) as (url, parts),
        page(url) as caller,
    ):
        await caller.until("mark")
        async with operating(url, await call_id(parts)) as operator:
            answer = await operator.act("say", words="Close valve 3, Ana.")
            said = await said_after(caller, "valve 3")
        messages = await parts.records.messages(await call_id(parts))

    assert answer.json()["is_said_now"]
    assert said["text"] == "The operator says: Close valve 3, Ana."
    assert messages[-1].details["sources"] == ["operator:Maria"]


async def test_an_operator_takes_over_is_heard_and_aurora_is_mute(monkeypatch, tmp_path):
    async with (
        a_line(monkeypatch, tmp_path, FIRE) as (
            url,
            parts,
        ),
        page(url) as caller,
    ):
        await caller.until("mark")
        async with operating(url, await call_id(parts)) as operator:
            taken = await operator.takes_over()
            said = await said_after(caller, "Joining you now")
            await caller.until("mark")
            caller.sound.clear()
            operator.voice = tone()
            while not is_loud(mulaw_decode(bytes(caller.sound))):
                received = await caller.socket.recv()
                caller.sound += received if isinstance(received, bytes) else b""
            told = len(caller.told)
            await caller.speaks()
            heard = await caller.until("heard")
            situation = await caller.until("situation", urgency="critical")
            call = await parts.switchboard.call(f"web_{NAME}")
            since = [message for message in caller.told[told:] if message["type"] == "saying"]

    assert taken.status_code == 200
    assert said["text"] == "Joining you now: the control room."
    assert heard["text"] == FIRE
    assert situation["urgency"] == "critical"
    assert since == []
    assert call.roles_alerted
    assert call.hand_off is not None


async def test_aurora_is_back_when_the_operators_socket_drops(monkeypatch, tmp_path):
    async with (
        a_line(monkeypatch, tmp_path, FIRE) as (
            url,
            parts,
        ),
        page(url) as caller,
    ):
        await caller.until("mark")
        async with operating(url, await call_id(parts)) as operator:
            await operator.takes_over()
            await said_after(caller, "Joining you now")
            await caller.speaks()
            await caller.until("situation", urgency="critical")
            operator.socket.transport.abort()
            await said_after(caller, "I am with you again")
            await said_after(caller, "Get out now.")
        call = await parts.switchboard.call(f"web_{NAME}")

    assert call.hand_off.stage == "dropped_back"
    assert call.urgency == "critical"


async def test_an_operator_who_is_not_heard_any_more_is_gone(monkeypatch, tmp_path):
    async with (
        a_line(monkeypatch, tmp_path) as (url, parts),
        page(url) as caller,
    ):
        await caller.until("mark")
        async with operating(url, await call_id(parts)) as operator:
            await operator.takes_over()
            await said_after(caller, "Joining you now")
            operator.is_sending = False
            await said_after(caller, "I am with you again")
        call = await parts.switchboard.call(f"web_{NAME}")

    assert call.hand_off.stage == "dropped_back"


async def test_two_operators_never_speak_at_once(monkeypatch, tmp_path):
    async with (
        a_line(monkeypatch, tmp_path) as (url, parts),
        page(url) as caller,
    ):
        await caller.until("mark")
        one = await call_id(parts)
        await parts.switchboard.call(one)
        async with operating(url, one) as operator:
            await operator.takes_over()
            await said_after(caller, "Joining you now")
            await asyncio.gather(operator.until_told(type="joined", person="Maria"))
            call = await parts.switchboard.call(one)
            call.hand_off.person = "Paul"  # somebody else's name stands on the record
            refused = await operator.takes_over()

    assert refused.status_code == 409
    assert "Paul" in refused.json()["detail"]


async def test_a_page_that_comes_back_finds_its_operator(monkeypatch, tmp_path):
    async with a_line(monkeypatch, tmp_path) as (
        url,
        parts,
    ):
        async with page(url) as caller:
            await caller.until("mark")
            one = await call_id(parts)
            operating_it = operating(url, one)
            operator = await operating_it.__aenter__()
            await operator.takes_over()
            await said_after(caller, "Joining you now")
        await operator.until_told(type="caller", is_here=False)
        operator.voice = tone()
        async with page(url) as caller:
            await caller.until("call")
            async with asyncio.timeout(PATIENT_S):
                while not is_loud(mulaw_decode(bytes(caller.sound))):
                    received = await caller.socket.recv()
                    caller.sound += received if isinstance(received, bytes) else b""
            said = [message for message in caller.told if message["type"] == "saying"]
        await operating_it.__aexit__(None, None, None)

    assert said == []


async def test_an_operator_gives_the_caller_back(monkeypatch, tmp_path):
    async with (
        a_line(monkeypatch, tmp_path) as (url, parts),
        page(url) as caller,
    ):
        await caller.until("mark")
        async with operating(url, await call_id(parts)) as operator:
            await operator.takes_over()
            await said_after(caller, "Joining you now")
            released = await operator.act("release")
            await said_after(caller, "I am with you again")
            again = await operator.act("release")

    assert released.json()["stage"] == "dropped_back"
    assert again.status_code == 409


async def test_who_may_listen_and_act_is_the_doors_to_say(monkeypatch, tmp_path):
    async with (
        served(monkeypatch, tmp_path, speech=WrittenSpeech()) as (url, parts),
        page(url) as caller,
    ):
        await caller.until("saying")
        one = await call_id(parts)
        address = f"{url.replace('http', 'ws')}/console/calls/{one}/listen?ear=an-ear-of-this"
        operator = await signed_in(parts, Role.OPERATOR)
        viewer = await signed_in(parts, Role.VIEWER)
        for origin, who in ((url, {}), (url, viewer), ("https://evil.example", operator)):
            cookie = {"Cookie": who["Cookie"]} if who else {}
            with pytest.raises(InvalidStatus) as refused:
                async with connect(address, origin=origin, additional_headers=cookie):
                    pass
            assert refused.value.response.status_code == 403
        async with operating(url, one, headers=operator | {"Origin": url}) as ear:
            taken = await ear.takes_over()
        async with httpx2.AsyncClient(base_url=url, trust_env=False, timeout=PATIENT_S) as client:
            words = {"words": "Hello."}
            say = f"/console/calls/{one}/say"
            by_viewer = await client.post(say, json=words, headers=viewer | {"Origin": url})
        async with httpx2.AsyncClient(base_url=url, trust_env=False, timeout=PATIENT_S) as client:
            foreign = operator | {"Origin": "https://evil.example"}
            by_foreign = await client.post(say, json=words, headers=foreign)
        acts = await parts.accounts.audit.acts()

    assert taken.status_code == 200
    assert by_viewer.status_code == 403
    assert by_foreign.status_code in (401, 403)
    assert "call.taken_over" in acts


async def test_who_is_signed_out_hears_no_caller_any_more(monkeypatch, tmp_path):
    async with (
        served(monkeypatch, tmp_path, speech=WrittenSpeech()) as (url, parts),
        page(url) as caller,
    ):
        await caller.until("saying")
        operator = await signed_in(parts, Role.OPERATOR)
        headers = operator | {"Origin": url}
        async with operating(url, await call_id(parts), headers=headers) as ear:
            for account in await parts.accounts.accounts.all():
                await parts.accounts.sessions.end_all(account.id)
            async with asyncio.timeout(PATIENT_S):
                await ear.socket.wait_closed()

    assert ear.socket.close_code == POLICY


async def test_who_only_listens_is_never_heard(monkeypatch, tmp_path):
    async with (
        a_line(monkeypatch, tmp_path) as (url, parts),
        page(url) as caller,
    ):
        await caller.until("mark")
        async with operating(url, await call_id(parts)) as operator:
            operator.voice = tone()
            await operator.act("say", words="Hello.")
            await said_after(caller, "Hello.")
            await caller.until("mark")
        said = [message["text"] for message in caller.told if message["type"] == "saying"]

    # Aurora's voice, to the last byte, and nothing else.
    spoken = b"".join(WrittenSpeech().get(text, "en") or b"" for text in said)
    assert bytes(caller.sound) == spoken


async def test_an_ear_on_one_call_takes_over_no_other(monkeypatch, tmp_path):
    async with (
        a_line(monkeypatch, tmp_path) as (url, parts),
        page(url) as caller,
        page(url, "a-call-of-this-test-0002") as other,
    ):
        await caller.until("mark")
        await other.until("mark")
        elsewhere = (await parts.switchboard.call("web_a-call-of-this-test-0002")).id
        async with operating(url, await call_id(parts)) as operator:
            operator.call_id = elsewhere
            refused = await operator.takes_over()

    assert refused.status_code == 409
