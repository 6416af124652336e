"""Sounds for tests: speech by the packaged voice, and what a factory sounds like."""

from functools import cache

import numpy as np

from aurora.speech.codec import LINE_HZ, Pcm
from aurora.speech.speak import NanoVoice


@cache
def said(text: str, language: str = "en") -> Pcm:
    """Return a sentence without silence around it."""
    spoken = NanoVoice().render(text, language)
    return spoken[: len(spoken) - round(0.14 * LINE_HZ)]


def silence(seconds: float) -> Pcm:
    return np.zeros(round(seconds * LINE_HZ), dtype=np.int16)


def noise(seconds: float, level: float, *, slope: float = 1.0, seed: int = 1) -> Pcm:
    """Return noise of a root-mean-square level; slope 1 is pink, 2 brown like an engine."""
    count = round(seconds * LINE_HZ)
    rng = np.random.default_rng(seed)
    hz = np.fft.rfftfreq(count, 1 / LINE_HZ)
    spectrum = rng.standard_normal(len(hz)) + 1j * rng.standard_normal(len(hz))
    spectrum *= np.where((hz > 200) & (hz < 3500), np.maximum(hz, 1.0) ** (-slope / 2), 0.0)
    sound = np.fft.irfft(spectrum, count)
    return (sound / np.sqrt(np.mean(sound**2)) * level).astype(np.int16)


def hiss(seconds: float, level: float) -> Pcm:
    return noise(seconds, level, slope=0.0)


def hum(seconds: float, level: float) -> Pcm:
    """Return a transformer's: the mains with its overtones."""
    at = _times(seconds)
    return _as_loud(sum(np.sin(2 * np.pi * 50 * n * at) / n for n in range(1, 20)), level)


def siren(seconds: float, level: float) -> Pcm:
    hz = 900 + 400 * np.sin(2 * np.pi * 0.5 * _times(seconds))
    return _as_loud(np.sin(2 * np.pi * np.cumsum(hz) / LINE_HZ), level)


def steam(seconds: float, level: float) -> Pcm:
    """Return bursts of it, each dying away."""
    since = _times(seconds) % 0.7
    return _as_loud(hiss(seconds, 1000) * np.exp(-since / 0.12), level)


def knocks(seconds: float, level: float) -> Pcm:
    """Return a hammer on iron, twice a second."""
    since = _times(seconds) % 0.5
    return _as_loud(np.sin(2 * np.pi * 1300 * since) * np.exp(-since / 0.03), level)


def _times(seconds: float) -> np.ndarray:
    return np.arange(round(seconds * LINE_HZ)) / LINE_HZ


def _as_loud(sound: np.ndarray, level: float) -> Pcm:
    return (sound / np.sqrt(np.mean(sound**2)) * level).clip(-32768, 32767).astype(np.int16)


def level(pcm: Pcm) -> float:
    """Return the root mean square of the speech in a sound."""
    energy = np.mean(pcm[: len(pcm) // 160 * 160].astype(np.float64).reshape(-1, 160) ** 2, axis=1)
    return float(np.sqrt(energy[energy > energy.max() / 1000].mean()))


def over(pcm: Pcm, background: Pcm) -> Pcm:
    """Return a sound over a background of the same length."""
    mixed = pcm.astype(np.int32) + background[: len(pcm)]
    return mixed.clip(-32768, 32767).astype(np.int16)
