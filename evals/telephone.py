"""Make speech sound as it comes down a telephone from a noisy place; knows no words."""

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import soxr

Wave = npt.NDArray[Any]
"""Mono samples between -1 and 1."""

SPOKEN_HZ = 16_000
"""What the voice gives and the recogniser takes."""
LINE_HZ = 8_000
BAND_HZ = (300.0, 3_400.0)
EDGE_HZ = 60.0
"""How softly the band begins and ends: a hard edge would ring."""
MU = 255.0
ROOM_SECONDS = 0.3
"""Noise alone before and after the words: no line opens on the first syllable."""
SPEAKING = 0.02
"""Share of the loudest sample under which nobody is speaking; pauses set no noise level."""
LOWEST_HZ = 30.0
"""Noise rises no further below: no microphone would follow."""
HUM_HZ = 50.0
HUM_OVERTONES = 60


def room(spoken: bytes) -> Wave:
    """Return 16-bit speech at SPOKEN_HZ with a pause before and after it."""
    wave = np.frombuffer(spoken, "<i2").astype(np.float32) / 32_768
    padded: Wave = np.pad(wave, round(ROOM_SECONDS * SPOKEN_HZ))
    return padded


def with_noise(speech: Wave, noise: Wave, snr_db: float) -> Wave:
    """Add noise so that speech, where it is not silent, stands snr_db above it in the room.

    The line's band then takes off most of what rumbles: down the line brown noise is some 10 dB
    quieter than it was in the room, babble hardly quieter.
    """
    spoken = speech[np.abs(speech) > SPEAKING * np.abs(speech).max()]
    wanted = _power(spoken) / 10 ** (snr_db / 10)
    mixed: Wave = speech + noise * np.sqrt(wanted / _power(noise))
    return mixed


def down_the_line(wave: Wave, peak_db: float) -> Wave:
    """Return the wave in the telephone's band, at the level given, through 8-bit mu-law."""
    wave = _in_band(soxr.resample(wave, SPOKEN_HZ, LINE_HZ))
    wave = wave / np.abs(wave).max() * 10 ** (peak_db / 20)
    companded = np.sign(wave) * np.log1p(MU * np.abs(wave)) / np.log1p(MU)
    coded = np.round(companded * 127) / 127
    heard = np.sign(coded) * np.expm1(np.abs(coded) * np.log1p(MU)) / MU
    resampled: Wave = soxr.resample(heard.astype(np.float32), LINE_HZ, SPOKEN_HZ)
    return resampled


def pink(samples: int, chance: np.random.Generator) -> Wave:
    return _coloured(samples, chance, slope=0.5)


def brown(samples: int, chance: np.random.Generator) -> Wave:
    return _coloured(samples, chance, slope=1.0)


def hum(samples: int, chance: np.random.Generator) -> Wave:
    """A machine: overtones of the mains, swelling slowly, over a little hiss."""
    seconds = np.arange(samples) / SPOKEN_HZ
    base = HUM_HZ * chance.uniform(0.97, 1.2)
    tones = np.zeros(samples)
    for overtone in range(1, HUM_OVERTONES + 1):
        weight = chance.uniform(0.2, 1.0) / overtone
        turn = chance.uniform(0, 2 * np.pi)
        tones += weight * np.sin(2 * np.pi * base * overtone * seconds + turn)
    swell = 1 + 0.4 * np.sin(2 * np.pi * chance.uniform(0.3, 4) * seconds)
    machine: Wave = tones * swell + pink(samples, chance) * tones.std() * 0.3
    return machine


def babble(samples: int, voices: list[Wave], chance: np.random.Generator) -> Wave:
    """Others speaking at once, each somewhere in their sentence."""
    crowd = np.zeros(samples)
    for voice in voices:
        looped = np.resize(voice, samples)
        crowd += np.roll(looped, chance.integers(samples)) * chance.uniform(0.5, 1.0)
    return crowd


STEADY: dict[str, Callable[[int, np.random.Generator], Wave]] = {
    "pink": pink,
    "brown": brown,
    "hum": hum,
}


def _coloured(samples: int, chance: np.random.Generator, slope: float) -> Wave:
    spectrum = np.fft.rfft(chance.standard_normal(samples))
    hertz = np.maximum(np.fft.rfftfreq(samples, 1 / SPOKEN_HZ), LOWEST_HZ)
    wave: Wave = np.fft.irfft(spectrum / hertz**slope, samples)
    wave /= wave.std()
    return wave


def _in_band(wave: Wave) -> Wave:
    spectrum = np.fft.rfft(wave)
    hertz = np.fft.rfftfreq(len(wave), 1 / LINE_HZ)
    low, high = BAND_HZ
    rise = np.clip((hertz - low) / EDGE_HZ + 0.5, 0, 1)
    fall = np.clip((high - hertz) / EDGE_HZ + 0.5, 0, 1)
    banded: Wave = np.fft.irfft(spectrum * rise * fall, len(wave))
    return banded


def _power(wave: Wave) -> float:
    return float(np.mean(np.square(wave)))
