"""Take steady noise off a spectrum before it is put into words; leaves a quiet line alone."""

import numpy as np
import numpy.typing as npt

Power = npt.NDArray[np.float32]
"""(frames, bins)."""

FEWEST_FRAMES = 100
"""Of less than a second nothing can be told about what is steady in it."""
SMOOTHED_FRAMES = 5
QUIET_SHARE = 15
"""Percent of the frames in which nobody speaks: breaths, and the pauses around the words."""
OVER_QUIETEST = 1.5
"""The mean of steady noise over what it falls under in its quietest moments."""
NOISY_UNDER_DB = 26.0
"""Speech over noise, under which taking it off helped; clear lines measured 27 dB and more."""
LEAST_GAIN = 0.25
"""Never to nothing: a model trained on speech takes holes for sounds."""


def quietened(power: Power) -> Power:
    """Return the power with each bin's steady noise taken off, or as it is on a quiet line."""
    if len(power) < FEWEST_FRAMES:
        return power
    smooth = _smoothed(power)
    noise = np.percentile(smooth, QUIET_SHARE, axis=0) * OVER_QUIETEST
    loud = np.percentile(smooth.sum(axis=1), 90)
    if loud >= noise.sum() * 10 ** (NOISY_UNDER_DB / 10):
        return power
    gain = np.maximum(LEAST_GAIN, 1.0 - noise / np.maximum(smooth, 1e-12))
    quieter: Power = (power * gain).astype(np.float32)
    return quieter


def _smoothed(power: Power) -> Power:
    ahead, behind = SMOOTHED_FRAMES // 2 + 1, SMOOTHED_FRAMES // 2
    summed = np.cumsum(np.pad(power, ((ahead, behind), (0, 0)), mode="edge"), axis=0)
    return (summed[SMOOTHED_FRAMES:] - summed[:-SMOOTHED_FRAMES]) / np.float32(SMOOTHED_FRAMES)
