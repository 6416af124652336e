"""The kiosk's loudspeaker queue: what is played when, and what was heard."""

import numpy as np
import numpy.typing as npt

from aurora.lines.kiosk.loudspeaker import Loudspeaker

HZ = 1000
LOUD = 3000


def sound(samples: int, value: int = 7) -> npt.NDArray[np.int16]:
    return np.full(samples, value, np.int16)


def test_sound_is_played_in_order_and_followed_by_silence():
    loudspeaker = Loudspeaker(HZ)
    loudspeaker.play(sound(3, 1))
    loudspeaker.play(sound(3, 2))

    assert loudspeaker.take(4).tolist() == [1, 1, 1, 2]
    assert loudspeaker.take(4).tolist() == [2, 2, 0, 0]


def test_a_mark_is_reported_once_everything_before_it_was_played():
    loudspeaker = Loudspeaker(HZ)
    loudspeaker.play(sound(10))
    loudspeaker.mark("first")
    loudspeaker.play(sound(10))
    loudspeaker.mark("second")

    loudspeaker.take(9)
    assert loudspeaker.heard() == []
    loudspeaker.take(1)
    assert loudspeaker.heard() == ["first"]
    loudspeaker.take(10)
    assert loudspeaker.heard() == ["second"]
    assert loudspeaker.heard() == []


def test_what_the_device_still_holds_is_not_heard_yet():
    loudspeaker = Loudspeaker(HZ, latency_s=0.005)
    loudspeaker.play(sound(10, LOUD))
    loudspeaker.mark("first")

    loudspeaker.take(10)
    assert loudspeaker.heard() == []
    assert loudspeaker.silent_s == 0.0
    loudspeaker.take(5)
    assert loudspeaker.heard() == ["first"]


def test_clearing_silences_at_once_and_forgets_the_marks():
    loudspeaker = Loudspeaker(HZ)
    loudspeaker.play(sound(10))
    loudspeaker.mark("first")
    loudspeaker.take(2)

    loudspeaker.clear()

    assert not loudspeaker.take(20).any()
    assert loudspeaker.heard() == []
    loudspeaker.mark("later")
    assert loudspeaker.heard() == ["later"]


def test_it_tells_how_long_nothing_was_heard():
    loudspeaker = Loudspeaker(HZ)
    loudspeaker.play(sound(100, LOUD))

    assert loudspeaker.silent_s == 0.0
    loudspeaker.take(100)
    loudspeaker.take(250)
    assert loudspeaker.silent_s == 0.25


def test_silence_that_is_played_is_no_sound():
    loudspeaker = Loudspeaker(HZ)
    loudspeaker.play(sound(10, LOUD))
    loudspeaker.play(sound(10))
    loudspeaker.take(10)
    assert loudspeaker.silent_s == 0.0

    loudspeaker.play(sound(10))
    loudspeaker.take(10)
    assert loudspeaker.silent_s == 0.01


def test_what_was_cleared_is_heard_no_more():
    loudspeaker = Loudspeaker(HZ)
    loudspeaker.play(sound(100, LOUD))
    loudspeaker.take(10)
    loudspeaker.clear()
    loudspeaker.take(10)

    assert loudspeaker.silent_s == 0.01
