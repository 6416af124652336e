"""Steady noise is taken off, speech is left, and a quiet line is not touched."""

import numpy as np

from aurora.speech.noise import LEAST_GAIN, quietened


def line(noise: float, speech: float) -> np.ndarray:
    """A second of noise, with half a second of speech in a few bins."""
    chance = np.random.default_rng(7)
    power = noise * chance.exponential(size=(100, 101)).astype(np.float32)
    power[30:80, 20:25] += speech
    return power


def test_noise_between_the_words_is_lowered():
    power = line(noise=1.0, speech=400.0)

    quieter = quietened(power)

    assert quieter[:20].sum() < 0.5 * power[:20].sum()
    assert (quieter >= power * LEAST_GAIN * 0.999).all()


def test_speech_over_the_noise_keeps_its_level():
    power = line(noise=1.0, speech=400.0)

    kept = quietened(power)[40:70, 20:25].sum() / power[40:70, 20:25].sum()

    assert kept > 0.95


def test_a_quiet_line_is_left_alone():
    power = line(noise=0.001, speech=400.0)

    assert quietened(power) is power


def test_silence_stays_silence():
    assert not quietened(np.zeros((50, 101), np.float32)).any()


def test_a_single_word_is_left_alone():
    power = line(noise=1.0, speech=400.0)[:60]

    assert quietened(power) is power
