"""A machine without a sound card, or without PortAudio, is told what to do about it."""

import asyncio
import builtins
import sys
from typing import Any

import numpy as np
import pytest

from aurora.errors import NoSoundCard
from aurora.lines.kiosk.soundcard import MOST_FRAMES_WAITING, SoundCard, devices
from tests.virtual_time import virtually


def test_a_missing_library_is_named_with_its_fix(monkeypatch):
    importing = builtins.__import__

    def without_portaudio(name, *rest):
        if name == "sounddevice":
            raise OSError("PortAudio library not found")
        return importing(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without_portaudio)

    with pytest.raises(NoSoundCard, match=r"apt install libportaudio2.*--wav-in"):
        devices()


class FakeStream:
    latency = 0.02

    def __init__(self, **options: Any) -> None:
        self.options = options
        self.is_running = False
        if options["device"] == "broken":
            raise ValueError("No input device matching 'broken'")

    def start(self) -> None:
        self.is_running = True

    def close(self) -> None:
        self.is_running = False


class FakeSoundDevice:
    PortAudioError = OSError

    def __init__(self) -> None:
        self.streams: list[FakeStream] = []

    def InputStream(self, **options: Any) -> FakeStream:  # noqa: N802 - sounddevice's name
        self.streams.append(FakeStream(**options))
        return self.streams[-1]

    OutputStream = InputStream


@pytest.fixture
def sounddevice(monkeypatch) -> FakeSoundDevice:
    fake = FakeSoundDevice()
    monkeypatch.setitem(sys.modules, "sounddevice", fake)
    return fake


async def test_the_microphone_comes_in_frames_and_the_loudspeaker_takes_what_is_queued(sounddevice):
    card = SoundCard(16_000, "2", None)
    microphone, loudspeaker = sounddevice.streams
    card.loudspeaker.play(np.full(100, 9, np.int16))

    microphone.options["callback"](np.full((480, 1), 5, np.int16), 480, None, None)
    played = np.ones((480, 1), np.int16)
    loudspeaker.options["callback"](played, 480, None, None)
    frame = await anext(card.frames())
    card.close()

    assert microphone.options["device"] == 2
    assert microphone.options["blocksize"] == 480
    assert frame.tolist() == [5] * 480
    assert played[:, 0].tolist() == [9] * 100 + [0] * 380
    assert not microphone.is_running
    assert not loudspeaker.is_running


async def test_a_kiosk_that_was_held_up_hears_the_present(sounddevice):
    card = SoundCard(16_000, None, None)
    for number in range(MOST_FRAMES_WAITING + 20):
        sound = np.full((480, 1), number, np.int16)
        sounddevice.streams[0].options["callback"](sound, 480, None, None)
    await asyncio.sleep(0)

    assert (await anext(card.frames()))[0] == 20


async def test_a_device_that_does_not_exist_is_named_with_the_way_to_find_one(sounddevice):
    with pytest.raises(NoSoundCard, match=r"broken.*--list-devices"):
        SoundCard(16_000, None, "broken")

    assert not sounddevice.streams[0].is_running


def test_a_microphone_that_is_pulled_out_is_noticed(sounddevice):
    async def work() -> None:
        card = SoundCard(16_000, None, None)
        with pytest.raises(NoSoundCard, match="plugged in"):
            await anext(card.frames())

    virtually(work())
