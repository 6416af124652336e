"""Run a kiosk: the whole line in one process, with this machine's sound or with recordings."""

import os
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.text import Text

from aurora.errors import SettingsError, SpeechUnavailable
from aurora.lines.audio.ports import SpeechParts
from aurora.lines.kiosk.keyboard import watched_keys
from aurora.lines.kiosk.level import db_of, level_of, tone
from aurora.lines.kiosk.line import Kiosk, Manner
from aurora.lines.kiosk.recordings import Recordings
from aurora.lines.kiosk.screen import Screen
from aurora.lines.kiosk.sound import FRAME_S
from aurora.lines.kiosk.soundcard import SoundCard, devices
from aurora.parts import Parts, open_parts
from aurora.rooms import open_rooms
from aurora.settings import KioskSettings, load_settings
from aurora.speech.codec import Pcm

LEVEL_TEST_S = 5.0
METER_FROM_DB = -60.0
METER_EVERY = 3
"""Frames."""
KEY_NAMES = {" ": "space", "\n": "enter", "\t": "tab"}


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked for on the command line; it goes before the settings."""

    microphone: str | None = None
    loudspeaker: str | None = None
    wav_in: Path | None = None
    wav_out: Path | None = None
    is_half_duplex: bool = False
    wake: str | None = None


async def run_kiosk(asked: Asked, out: Console) -> None:
    """Serve whoever stands at the kiosk; raises AuroraError when something is wrong."""
    os.umask(0o077)  # what is kept holds callers' words
    settings = load_settings()
    sound = _sound(asked, settings.kiosk)
    try:
        rooms = open_rooms(settings)
        async with open_parts(
            settings, rooms, local_url="http://127.0.0.1", is_kiosk=True
        ) as parts:
            await parts.start_alerting()
            manner = _manner(asked, settings.kiosk)
            screen = Screen(out, rooms.site.contact(rooms.site.control_room).number)
            speech = await _speech(parts)
            kiosk = Kiosk(
                sound,
                speech,
                parts.switchboard,
                screen.show,
                manner,
                open_lines=parts.open_lines,
            )
            if isinstance(sound, Recordings):
                sound.is_done = lambda: kiosk.is_done
            screen.tell("kiosk", f"{rooms.site.name}: {_instructions(manner)}")
            async with watched_keys(kiosk.press):
                await kiosk.run()
    finally:
        sound.close()


async def _speech(parts: Parts) -> SpeechParts:
    """Return ears and voice, loaded: a kiosk that cannot hear must say so before it is needed."""
    await parts.speech.start()
    state = parts.speech.state
    if not state.is_ready:
        raise SpeechUnavailable("not_loaded", state.detail)
    return parts.speech.parts(
        silence_s=float(parts.settings.twilio.gather_timeout_s),
        at_kiosk=True,
    )


def list_devices(out: Console) -> None:
    """Print every sound device; raises NoSoundCard."""
    for device in devices():
        marks = ("> " if device.is_default_input else "  ") + (
            "< " if device.is_default_output else "  "
        )
        ways = f"({device.inputs} in, {device.outputs} out)"
        out.print(f"{marks}{device.index:3} {device.name} {ways}", markup=False, highlight=False)
    out.print("> default microphone, < default loudspeaker", markup=False, highlight=False)


async def test_level(asked: Asked, out: Console) -> bool:
    """Play a tone, listen for a while and judge the microphone; False when it will not do."""
    sound = _sound(asked, load_settings().kiosk)
    try:
        sound.loudspeaker.play(tone(sound.hz))
        out.print("You should hear a tone now. Then say a sentence as loud as you would there.")
        frames: list[Pcm] = []
        async with aclosing(sound.frames()) as heard:
            async for frame in heard:
                frames.append(frame)
                if len(frames) % METER_EVERY == 0:
                    _meter(frame, out)
                if len(frames) * FRAME_S >= LEVEL_TEST_S:
                    break
    finally:
        sound.close()
    level = level_of(frames)
    out.print(
        f"\npeak {level.peak_db:.0f} dB, speech {level.speech_db:.0f} dB, "
        f"noise {level.noise_db:.0f} dB: {level.verdict}",
        highlight=False,
    )
    return level.verdict == "good"


def _meter(frame: Pcm, out: Console) -> None:
    db = db_of(frame)
    bars = round(max(0.0, 1 - db / METER_FROM_DB) * 40)
    out.print(Text(f"{db:6.0f} dB {'#' * bars:<40}"), end="\r" if out.is_terminal else "\n")


def _sound(asked: Asked, settings: KioskSettings) -> SoundCard | Recordings:
    if asked.wav_in is not None:
        return Recordings(asked.wav_in, asked.wav_out, settings.sample_rate)
    if asked.wav_out is not None:
        raise SettingsError("--wav-out: give --wav-in as well; they run together")
    return SoundCard(
        settings.sample_rate,
        asked.microphone or settings.microphone,
        asked.loudspeaker or settings.loudspeaker,
    )


def _manner(asked: Asked, settings: KioskSettings) -> Manner:
    return Manner(
        panic_key=settings.panic_key,
        wakes_by_speech=(asked.wake or settings.wake) == "speech",
        is_half_duplex=asked.is_half_duplex or settings.is_half_duplex,
    )


def _instructions(manner: Manner) -> str:
    panic = KEY_NAMES.get(manner.panic_key, manner.panic_key)
    begin = "speak, or press enter" if manner.wakes_by_speech else "press enter"
    return f"{begin}; {panic} for an emergency, digits to answer, x to end, Ctrl+C to stop"
