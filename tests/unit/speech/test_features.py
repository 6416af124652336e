"""Log-mel features: Whisper's filter bank, the same from half the samples, padded with zeros."""

import numpy as np
import pytest

from aurora.speech.codec import LINE_HZ
from aurora.speech.features import LogMel, mel_filters


def tone(hertz: float, seconds: float = 0.5, level: int = 8_000) -> np.ndarray:
    at = np.arange(round(seconds * LINE_HZ)) / LINE_HZ
    return (np.sin(2 * np.pi * hertz * at) * level).astype(np.int16)


def test_the_filter_bank_is_the_one_whisper_was_trained_with():
    filters = mel_filters(80)

    assert filters.shape == (80, 101)
    # From the mel_filters.npz that OpenAI publishes with Whisper.
    assert filters[0, :3] == pytest.approx([0.0, 0.02486259, 0.0], abs=1e-7)
    assert filters[1, 1:3] == pytest.approx([0.00199082, 0.02287177], abs=1e-7)
    assert filters[50][filters[50] > 0] == pytest.approx(
        [0.00081100, 0.00513665, 0.00946230, 0.00694108, 0.00277840], abs=1e-7
    )


def test_a_tone_is_loudest_in_its_own_band():
    features = LogMel(80)(tone(440), 50)

    # As the reference extractor has it, from the same tone at 16 kHz.
    assert features[0, 9:13, 20] == pytest.approx([1.0037, 1.1931, 1.2825, 1.1378], abs=1e-3)
    assert features[0, :, 20].argmax() == 11


def test_short_speech_is_filled_up_with_zeros_and_not_with_silence():
    features = LogMel(80)(tone(440, seconds=0.5), 1000)

    assert features.shape == (1, 80, 1000)
    assert features[0, :, 50:].max() == features[0, :, 50:].min() == 0.0
    assert features[0, :, :50].min() < 0.0


def test_longer_speech_is_cut_to_the_window():
    assert LogMel(80)(tone(440, seconds=2), 100).shape == (1, 80, 100)


def test_absolute_silence_has_finite_features():
    assert np.isfinite(LogMel(80)(np.zeros(LINE_HZ, np.int16), 100)).all()
