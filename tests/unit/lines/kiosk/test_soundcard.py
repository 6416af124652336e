"""A machine without a sound card, or without PortAudio, is told what to do about it."""

import builtins

import pytest

from aurora.errors import NoSoundCard
from aurora.lines.kiosk.soundcard import devices


def test_a_missing_library_is_named_with_its_fix(monkeypatch):
    importing = builtins.__import__

    def without_portaudio(name, *rest):
        if name == "sounddevice":
            raise OSError("PortAudio library not found")
        return importing(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without_portaudio)

    with pytest.raises(NoSoundCard, match=r"apt install libportaudio2.*--wav-in"):
        devices()
