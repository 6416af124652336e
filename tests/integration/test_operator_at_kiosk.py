"""A kiosk in a process of its own beside the line: its console hears the caller and speaks.

The kiosk has no sound card: a recording is its microphone, and what its loudspeaker plays is kept.
Both share a data directory, as on one machine, and nothing else.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from aurora.lines.kiosk.line import Kiosk, Manner
from aurora.lines.kiosk.loudspeaker import Loudspeaker
from aurora.lines.kiosk.sound import FRAME_S
from aurora.parts import Parts, open_parts
from aurora.settings import load_settings
from aurora.speech.codec import LINE_HZ, Pcm
from aurora.speech.wav import read_wav, write_wav
from tests.application import rooms_for
from tests.console_door import CookieDoor
from tests.console_operator import AURORA, CALLER, Operator, is_loud, operating, tone
from tests.integration.test_operator_sound import FIRE
from tests.whole_line import WrittenSpeech, served

WITHIN_S = 60.0
OPERATORS_HZ = 700.0


class Room:
    """A wav for a microphone, and everything the loudspeaker played."""

    hz = LINE_HZ

    def __init__(self, wav: Path) -> None:
        self.loudspeaker = Loudspeaker(self.hz)
        self.played: list[Pcm] = []
        self.speaks = asyncio.Event()
        """The recording begins once it is set, and anew each time."""
        self._wav = read_wav(wav, self.hz)

    async def frames(self) -> AsyncGenerator[Pcm, None]:
        samples = round(self.hz * FRAME_S)
        rest = np.zeros(0, np.int16)
        while True:
            await asyncio.sleep(FRAME_S)
            self.played.append(self.loudspeaker.take(samples))
            if self.speaks.is_set():
                self.speaks.clear()
                rest = self._wav
            frame, rest = rest[:samples], rest[samples:]
            yield np.pad(frame, (0, samples - len(frame)))

    def close(self) -> None: ...

    def plays(self, hz: float) -> bool:
        """Whether the last half second sounds of this tone."""
        sound = np.concatenate(self.played[-16:] or [np.zeros(1, np.int16)]).astype(np.float64)
        if np.abs(sound).max() < 4_000:
            return False
        loudest = int(np.argmax(np.abs(np.fft.rfft(sound))))
        return abs(loudest * self.hz / len(sound) - hz) < 30


@pytest.fixture
def wav(tmp_path: Path) -> Path:
    at = np.arange(LINE_HZ) / LINE_HZ
    path = tmp_path / "caller.wav"
    write_wav(path, (9_000 * np.sin(2 * np.pi * 300 * at)).astype(np.int16), LINE_HZ)
    return path


@asynccontextmanager
async def kiosk_beside(
    wav: Path, words: str = "", *, is_half_duplex: bool = False
) -> AsyncIterator[tuple[Kiosk, Room, Parts, list[dict[str, Any]]]]:
    """A kiosk whose caller pressed the start key."""
    settings = load_settings()
    room, shown = Room(wav), []
    async with open_parts(
        settings, rooms_for(settings), local_url="http://127.0.0.1", is_kiosk=True
    ) as parts:
        kiosk = Kiosk(
            room,
            WrittenSpeech(words).parts(),
            parts.switchboard,
            shown.append,
            Manner(wakes_by_speech=False, is_half_duplex=is_half_duplex),
            open_lines=parts.open_lines,
        )
        running = asyncio.create_task(kiosk.run())
        kiosk.press("\n")
        try:
            await until(lambda: said(shown))
            yield kiosk, room, parts, shown
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)


async def until(is_so) -> None:
    async with asyncio.timeout(WITHIN_S):
        while not is_so():  # noqa: ASYNC110 - sound has no event
            await asyncio.sleep(0.02)


def said(shown: list[dict[str, Any]]) -> list[str]:
    return [one["sentence"].text for one in shown if one["kind"] == "sentence"]


def id_of(shown: list[dict[str, Any]]) -> str:
    return next(one["id"] for one in shown if one["kind"] == "call")


@asynccontextmanager
async def both(
    monkeypatch, tmp_path: Path, wav: Path, words: str = "", *, is_half_duplex: bool = False
) -> AsyncIterator[tuple[Operator, Room, Parts, list[dict[str, Any]]]]:
    """A line with its console, a kiosk beside it, and an operator who listens to its caller."""
    async with (
        served(monkeypatch, tmp_path, speech=WrittenSpeech(), door=CookieDoor()) as (url, parts),
        kiosk_beside(wav, words, is_half_duplex=is_half_duplex) as (_, room, _, shown),
    ):
        one = id_of(shown)
        await until(lambda: parts.elsewhere.far.holder(one))
        async with operating(url, one) as operator:
            await operator.until_told(type="caller", is_here=True)
            yield operator, room, parts, shown


async def test_the_console_is_told_where_the_call_is_and_offers_its_sound(
    monkeypatch, tmp_path, wav
):
    async with both(monkeypatch, tmp_path, wav) as (operator, _, _, _):
        panel = await operator.client.get(f"/console/calls/{operator.call_id}/hand-off")

    assert "Held by kiosk" in panel.text
    assert 'id="handoff-listen"' in panel.text


async def test_the_caller_and_aurora_are_heard_and_the_record_says_who_listened(
    monkeypatch, tmp_path, wav
):
    async with both(monkeypatch, tmp_path, wav, FIRE) as (operator, room, parts, shown):
        room.speaks.set()
        await operator.until(lambda: is_loud(operator.sound_of(CALLER)), WITHIN_S)
        await until(lambda: any("Get out now." in text for text in said(shown)))
        await operator.until(lambda: is_loud(operator.sound_of(AURORA)), WITHIN_S)
        events = [event.kind for event in await parts.records.events(operator.call_id)]

    assert "listened_to" in events


@pytest.mark.parametrize("is_half_duplex", [False, True])
async def test_an_operator_takes_over_and_both_hear_each_other(
    monkeypatch, tmp_path, wav, is_half_duplex
):
    async with both(monkeypatch, tmp_path, wav, FIRE, is_half_duplex=is_half_duplex) as (
        operator,
        room,
        parts,
        shown,
    ):
        taken = await operator.takes_over()
        await until(lambda: any("Joining you now" in text for text in said(shown)))
        operator.voice = tone(hz=OPERATORS_HZ)
        await until(lambda: room.plays(OPERATORS_HZ))
        # They fall silent and listen: their microphone goes on sending silence.
        operator.voice = bytes(320)
        await until(lambda: room.loudspeaker.silent_s > 0.4)
        operator.heard[CALLER].clear()
        count = len(said(shown))
        room.speaks.set()
        await operator.until(lambda: is_loud(operator.sound_of(CALLER)), WITHIN_S)
        await until(lambda: any(one.get("heard") == FIRE for one in shown))
        answered = said(shown)[count:]
        released = await operator.act("release")
        await until(lambda: any("I am with you again" in text for text in said(shown)))
        call = await parts.records.find(operator.call_id)

    assert taken.status_code == 200
    assert answered == []
    assert released.json()["stage"] == "dropped_back"
    assert call is not None
    assert call.urgency == "critical"


async def test_a_half_duplex_kiosk_is_deaf_while_the_operator_speaks(monkeypatch, tmp_path, wav):
    async with both(monkeypatch, tmp_path, wav, is_half_duplex=True) as (operator, room, _, shown):
        await operator.takes_over()
        await until(lambda: any("Joining you now" in text for text in said(shown)))
        operator.voice = tone(hz=OPERATORS_HZ)
        await until(lambda: room.plays(OPERATORS_HZ))
        operator.heard[CALLER].clear()
        room.speaks.set()
        await until(lambda: len(operator.heard[CALLER]) > LINE_HZ // 2)

    assert not is_loud(operator.sound_of(CALLER))


async def test_aurora_is_back_at_the_kiosk_when_the_operators_console_is_gone(
    monkeypatch, tmp_path, wav
):
    async with both(monkeypatch, tmp_path, wav) as (operator, _, parts, shown):
        await operator.takes_over()
        await until(lambda: any("Joining you now" in text for text in said(shown)))
        operator.socket.transport.abort()
        await until(lambda: any("I am with you again" in text for text in said(shown)))
        call = await parts.records.find(operator.call_id)

    assert call is not None
    assert call.hand_off is not None
    assert call.hand_off.stage == "dropped_back"


async def test_a_machine_that_dies_with_its_operator_leaves_nobody_alone(
    monkeypatch, tmp_path, wav
):
    async with both(monkeypatch, tmp_path, wav) as (operator, _, parts, shown):
        await operator.takes_over()
        await until(lambda: any("Joining you now" in text for text in said(shown)))
        # From here on nothing of that machine reaches the kiosk, as after its power went.
        await parts.elsewhere.bus.close()
        await until(lambda: any("I am with you again" in text for text in said(shown)))
        call = await parts.records.find(operator.call_id)

    assert call is not None
    assert call.hand_off is not None
    assert call.hand_off.stage == "dropped_back"


async def test_what_an_operator_types_is_said_at_the_kiosk_at_once(monkeypatch, tmp_path, wav):
    async with both(monkeypatch, tmp_path, wav) as (operator, _, _, shown):
        answer = await operator.act("say", words="Close valve 3, Ana.")
        await until(lambda: "The operator says: Close valve 3, Ana." in said(shown))

    assert answer.json()["is_said_now"]


async def test_words_show_at_the_console_as_they_are_recognised_at_the_kiosk(
    monkeypatch, tmp_path, wav
):
    async with (
        served(monkeypatch, tmp_path, speech=WrittenSpeech(), door=CookieDoor()) as (_, parts),
        kiosk_beside(wav) as (_, _, beside, shown),
    ):
        one, watch = id_of(shown), parts.board.watch
        await until(lambda: parts.elsewhere.far.holder(one))
        await watch.look()
        with watch.following(one) as news:
            # As the ears of a call tell its switchboard while somebody speaks.
            beside.switchboard.hear_so_far(one, "there is a fi")
            async with asyncio.timeout(WITHIN_S):
                await news.wait()
        seen = watch.calls[one]

    assert (seen.heard, seen.is_final) == ("there is a fi", False)
