import numpy as np
import pytest

from aurora.speech.codec import LINE_HZ
from aurora.speech.falling_edge import BACKGROUND_S, FallingEdge
from tests.unit.speech.sounds import noise

WINDOW_S = 0.032
WINDOW = round(WINDOW_S * LINE_HZ)


def decibels(db):
    """Full scale is 0; a telephone voice is about -20."""
    return noise(WINDOW_S, 32768 * 10 ** (db / 20), seed=3)[:WINDOW]


def verdicts(*stretches, edge=None):
    """Stretches of (seconds, decibels) that the detector takes for speech throughout."""
    edge = edge or FallingEdge(WINDOW_S)
    return [
        [edge.judge(decibels(db), True) for _ in range(round(seconds / WINDOW_S))]
        for seconds, db in stretches
    ]


def test_steady_speech_stays_speech():
    (speech,) = verdicts((5.0, -20))
    assert all(speech)


def test_a_detector_that_lags_behind_is_overruled_at_once():
    _, after = verdicts((1.0, -20), (0.3, -60))
    assert not any(after)


def test_weak_consonants_stay_speech():
    _, weak, after = verdicts((1.0, -20), (0.1, -42), (0.5, -20))
    assert all(weak)
    assert all(after)


def test_what_sounds_on_10_db_below_the_voice_holds_no_turn_open():
    _, background = verdicts((1.5, -20), (1.5, -31))
    held = background.index(False) * WINDOW_S
    assert held == pytest.approx(BACKGROUND_S, abs=0.1)
    # Silent for long enough that any turn ends, whatever was said.
    assert not any(background[background.index(False) :][:25])


def test_softer_words_of_the_same_sentence_are_kept():
    _, softer = verdicts((1.0, -20), (2.0, -27))
    assert all(softer)


def test_a_caller_who_goes_on_softly_is_heard_again():
    _, soft = verdicts((1.0, -15), (4.0, -27))
    assert soft[-1]
    assert soft.count(False) * WINDOW_S < 2.0


def test_the_voice_is_learned_from_speech_only():
    edge = FallingEdge(WINDOW_S)
    for _ in range(30):
        assert not edge.judge(decibels(-10), False)
    (speech,) = verdicts((1.0, -25), edge=edge)
    assert all(speech)


def test_an_offset_of_a_cheap_microphone_is_no_level():
    edge = FallingEdge(WINDOW_S)
    voice = decibels(-20) + np.int16(3000)
    assert all(edge.judge(voice, True) for _ in range(30))
    assert not edge.judge(np.full(WINDOW, 3000, dtype=np.int16), True)
