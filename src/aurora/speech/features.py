"""Whisper's log-mel features from telephone samples, in numpy; knows no model and no words."""

import math

import numpy as np
import numpy.typing as npt

from aurora.speech.codec import LINE_HZ, Pcm
from aurora.speech.noise import quietened

FRAMES_A_SECOND = 100
WINDOW = LINE_HZ // 40
"""25 ms."""
HOP = LINE_HZ // FRAMES_A_SECOND
MODEL_HZ = 16_000
"""What Whisper was trained at. A window at 8 kHz has the same 40 Hz bins, up to 4 kHz: the bins
above are empty on a telephone, so the samples need not be raised to 16 kHz first."""
SAME_LEVEL = (MODEL_HZ / LINE_HZ) ** 2
"""A window of twice the samples has four times the power."""
QUIETEST = 1e-10
RANGE = 8.0
"""Powers of ten under the loudest that are kept."""

Features = npt.NDArray[np.float32]


def mel_filters(bands: int) -> Features:
    """Return Slaney's filter bank, (bands, bins up to 4 kHz), as Whisper's own was computed."""
    edges = _hertz(np.linspace(0.0, _mel(MODEL_HZ / 2), bands + 2))
    bins = np.arange(WINDOW // 2 + 1) * FRAMES_A_SECOND * 0.4
    rising = (bins - edges[:-2, None]) / (edges[1:-1] - edges[:-2])[:, None]
    falling = (edges[2:, None] - bins) / (edges[2:] - edges[1:-1])[:, None]
    heights = 2.0 / (edges[2:] - edges[:-2])
    filters: Features = (np.maximum(0, np.minimum(rising, falling)) * heights[:, None]).astype(
        np.float32
    )
    return filters


def _mel(hertz: float) -> float:
    return 15.0 + 27.0 * math.log(hertz / 1000.0) / math.log(6.4)


def _hertz(mels: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    logarithmic = 1000.0 * np.exp(np.log(6.4) * (mels - 15.0) / 27.0)
    hertz: npt.NDArray[np.float64] = np.where(mels < 15.0, mels * 200.0 / 3.0, logarithmic)
    return hertz


class LogMel:
    """One model's features."""

    def __init__(self, bands: int) -> None:
        self._filters = mel_filters(bands)
        # Periodic, as torch.hann_window gives it.
        self._window = np.hanning(WINDOW + 1)[:-1].astype(np.float32)

    def __call__(self, pcm: Pcm, frames: int) -> Features:
        """Return (1, bands, frames); shorter sound is filled up with zeros, longer is cut.

        The features are padded and not the sound: silence has an energy, zeros have none.
        """
        heard = self._of(pcm[: frames * HOP])
        features = np.zeros((1, heard.shape[0], frames), np.float32)
        features[0, :, : heard.shape[1]] = heard[:, :frames]
        return features

    def _of(self, pcm: Pcm) -> Features:
        wave = np.pad(pcm.astype(np.float32) / 32_768, WINDOW // 2, mode="reflect")
        windows = np.lib.stride_tricks.sliding_window_view(wave, WINDOW)[::HOP][:-1]
        spectrum = np.fft.rfft(windows * self._window, axis=1)
        power = quietened((spectrum.real**2 + spectrum.imag**2).astype(np.float32) * SAME_LEVEL)
        loudness = np.log10(np.maximum(self._filters @ power.T, QUIETEST))
        loudness = np.maximum(loudness, loudness.max() - RANGE)
        features: Features = (loudness + 4.0) / 4.0
        return features
