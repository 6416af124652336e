"""The level test tells an installer what to change."""

import numpy as np
import pytest

from aurora.lines.kiosk.level import level_of, tone
from aurora.speech.codec import Pcm

FRAME = 480


def heard(speech: float, noise: float, *, peak: float = 0.0) -> list[Pcm]:
    """Ten frames of noise and ten of speech, as shares of full scale."""
    rng = np.random.default_rng(1)
    frames = [rng.uniform(-1, 1, FRAME) * share for share in [noise] * 10 + [speech] * 10]
    frames[-1][0] = max(peak, frames[-1][0])
    return [np.round(frame * 32_767).astype(np.int16) for frame in frames]


@pytest.mark.parametrize(
    ("frames", "verdict"),
    [
        (heard(0.3, 0.003), "good"),
        (heard(0.0, 0.0), "no sound"),
        (heard(0.3, 0.003, peak=1.0), "too loud"),
        (heard(0.004, 0.0005), "too quiet"),
        (heard(0.3, 0.25), "hardly stands out"),
    ],
)
def test_each_fault_of_a_microphone_is_named(frames, verdict):
    assert verdict in level_of(frames).verdict


def test_the_tone_stays_below_full_scale_and_ends_softly():
    sound = tone(16_000)

    assert 5_000 < np.abs(sound).max() < 16_000
    assert abs(int(sound[-1])) < 100
