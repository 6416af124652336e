"""What a page may send: as much as a caller says, and no more."""

import numpy as np

from aurora.lines.browser.limits import MAX_SOUND_BYTES, Allowance, Microphone

FRAME = np.full(160, 500, "<i2").tobytes()


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_sound_in_real_time_is_heard_for_ever():
    clock = Clock()
    microphone = Microphone(clock)

    for _ in range(3_000):
        assert microphone.take(FRAME) is not None
        clock.now += 0.02


def test_sound_held_back_by_the_network_is_heard_and_a_flood_is_not():
    microphone = Microphone(Clock())

    heard = [microphone.take(FRAME) is not None for _ in range(1_000)]

    assert 150 < sum(heard) < 250
    assert not any(heard[250:])


def test_a_muted_page_is_heard_as_silence():
    microphone = Microphone(Clock())
    microphone.is_muted = True

    pcm = microphone.take(FRAME)

    assert pcm is not None
    assert len(pcm) == 160
    assert not pcm.any()


def test_what_is_no_sound_is_not_heard():
    microphone = Microphone(Clock())

    assert microphone.take(b"") is None
    assert microphone.take(b"odd") is None
    assert microphone.take(bytes(MAX_SOUND_BYTES + 2)) is None


def test_an_allowance_fills_up_with_time_and_not_beyond():
    clock = Clock()
    allowance = Allowance(2.0, 3.0, clock)

    assert [allowance.take() for _ in range(4)] == [True, True, True, False]
    clock.now += 0.5
    assert [allowance.take() for _ in range(2)] == [True, False]
    clock.now += 100
    assert [allowance.take() for _ in range(4)] == [True, True, True, False]
