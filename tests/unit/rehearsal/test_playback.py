"""What a caller hears of a line's sound, and when."""

import numpy as np
import pytest

from aurora.rehearsal.playback import Playback

SECOND = b"\x00" * 8000


def test_sound_is_heard_at_once_and_then_in_order() -> None:
    playback = Playback()
    playback.play(SECOND, 10.0)
    playback.play(SECOND, 10.2)
    playback.play(SECOND, 15.0)
    assert [piece.begins_at for piece in playback.pieces] == [10.0, 11.0, 15.0]
    assert playback.ends_at() == 16.0


def test_a_mark_comes_back_when_what_was_before_it_has_been_played() -> None:
    playback = Playback()
    playback.play(SECOND, 10.0)
    playback.mark("one", 10.0)
    playback.play(SECOND, 10.1)
    playback.mark("two", 10.1)
    assert playback.due_marks(10.99) == []
    assert playback.due_marks(11.0) == ["one"]
    assert playback.due_marks(12.0) == ["two"]


def test_a_mark_behind_silence_comes_back_at_once() -> None:
    playback = Playback()
    playback.mark("now", 5.0)
    assert playback.due_marks(5.0) == ["now"]


def test_clearing_cuts_what_sounds_drops_what_waits_and_returns_every_mark() -> None:
    playback = Playback()
    playback.play(SECOND, 10.0)
    playback.mark("one", 10.0)
    playback.play(SECOND, 10.0)
    playback.mark("two", 10.0)
    assert playback.clear(10.4) == ["one", "two"]
    assert playback.due_marks(99.0) == []
    assert playback.ends_at() == 10.4
    assert [piece.was_heard for piece in playback.pieces] == [True, False]
    playback.play(SECOND, 10.5)
    assert playback.pieces[-1].begins_at == 10.5


def test_clearing_leaves_what_was_heard_as_it_was() -> None:
    playback = Playback()
    playback.play(SECOND, 10.0)
    playback.clear(12.0)
    assert playback.pieces[0].ends_at == 11.0


def test_the_first_sound_of_an_answer_is_one_that_was_heard() -> None:
    playback = Playback()
    playback.play(SECOND, 10.0)
    playback.play(SECOND, 10.1)
    playback.clear(10.2)
    playback.play(SECOND, 10.3)
    assert playback.first_after(10.1).came_at == 10.3
    assert playback.first_after(10.4) is None


def test_a_recording_has_silence_where_nothing_was_heard() -> None:
    playback = Playback()
    playback.play(SECOND, 11.0)
    playback.play(SECOND, 11.0)
    playback.clear(12.5)
    playback.play(SECOND, 13.0)
    loud = np.abs(playback.recording(10.0)) > 1000
    seconds = [loud[start : start + 4000].mean() for start in range(0, len(loud), 4000)]
    assert seconds == pytest.approx([0, 0, 1, 1, 1, 0, 1, 1])


def test_nothing_heard_is_an_empty_recording() -> None:
    assert len(Playback().recording(0.0)) == 0
