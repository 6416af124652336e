"""Two machines that share a PostgreSQL: a page calls one, an operator is at the other's console."""

import asyncio

from aurora.speech.codec import mulaw_decode
from tests.console_door import CookieDoor
from tests.console_operator import AURORA, CALLER, is_loud, operating, tone
from tests.integration.browser_page import FIRE, page
from tests.integration.test_operator_sound import call_id, said_after
from tests.postgres import postgres_server, postgres_url  # noqa: F401
from tests.whole_line import WrittenSpeech, served

WITHIN_S = 60.0


async def test_an_operator_of_another_machine_hears_speaks_and_gives_back(
    monkeypatch,
    tmp_path,
    postgres_url,  # noqa: F811
):
    database = {"AURORA_DATABASE_URL": postgres_url}
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
    async with (
        served(monkeypatch, tmp_path / "a", database, speech=WrittenSpeech(FIRE)) as (url, here),
        served(
            monkeypatch, tmp_path / "b", database, speech=WrittenSpeech(), door=CookieDoor()
        ) as (far_url, there),
        page(url) as caller,
    ):
        await caller.until("mark")
        one = await call_id(here)
        async with asyncio.timeout(WITHIN_S):
            while there.elsewhere.far.holder(one) is None:  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        async with operating(far_url, one) as operator:
            await operator.until_told(type="caller", is_here=True)
            taken = await operator.takes_over()
            await said_after(caller, "Joining you now")
            await operator.until(lambda: is_loud(operator.sound_of(AURORA)), WITHIN_S)
            await caller.until("mark")
            caller.sound.clear()
            operator.voice = tone()
            async with asyncio.timeout(WITHIN_S):
                while not is_loud(mulaw_decode(bytes(caller.sound))):
                    received = await caller.socket.recv()
                    caller.sound += received if isinstance(received, bytes) else b""
            await caller.speaks()
            await operator.until(lambda: is_loud(operator.sound_of(CALLER)), WITHIN_S)
            await caller.until("situation", urgency="critical")
            panel = await operator.client.get(f"/console/calls/{one}/hand-off/state")
            released = await operator.act("release")
            await said_after(caller, "I am with you again")
        call = await here.records.find(one)

    assert taken.status_code == 200
    assert "Maria speaks with the caller" in panel.text
    assert released.json()["stage"] == "dropped_back"
    assert call is not None
    assert call.urgency == "critical"
