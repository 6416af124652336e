"""A kiosk that stands by: what wakes it, and that the first word is not lost."""

import numpy as np

from aurora.lines.kiosk.standby import KEPT_S, Standby
from aurora.speech.codec import FRAME, FRAME_S, LINE_HZ
from tests.voice import Loudness

SPEECH = np.full(FRAME, 900, np.int16)
QUIET = np.zeros(FRAME, np.int16)


def test_a_bang_does_not_wake_it_and_speech_does():
    standby = Standby(Loudness())

    bang = [standby.hear(frame) for frame in [SPEECH] * 5 + [QUIET] * 10]
    speech = [standby.hear(SPEECH) for _ in range(20)]

    assert not any(bang)
    assert speech.index(True) * FRAME_S < 0.3


def test_what_the_caller_began_with_is_kept_and_not_much_more():
    standby = Standby(Loudness())
    for _ in range(500):
        standby.hear(QUIET)
    for _ in range(15):
        standby.hear(SPEECH)

    kept = standby.take_kept()

    assert np.count_nonzero(kept) == 15 * FRAME
    assert len(kept) <= (KEPT_S + FRAME_S) * LINE_HZ
    assert not len(standby.take_kept())
