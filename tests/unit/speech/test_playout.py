import pytest

from aurora.speech.codec import FRAME, FRAME_S, SILENCE
from aurora.speech.playout import MOST_AHEAD_S, Clip, Mark, Playout


def clip(name, seconds, *, is_life_safety=False):
    return Clip(b"\x10" * round(seconds * 8000), name, is_life_safety)


def frames(items):
    return [item for item in items if isinstance(item, bytes)]


def marks(items):
    return [item for item in items if isinstance(item, Mark)]


def play(playout, start, seconds, *, step=0.02):
    """Everything sent from start on, asked for every step."""
    sent = []
    for n in range(round(seconds / step)):
        sent += playout.due(start + n * step)
    return sent


def playing(*clips):
    playout = Playout()
    for one in clips:
        playout.queue(one)
    return playout


def test_frames_are_whole_and_the_last_is_filled_with_silence():
    items = playing(Clip(b"\x10" * 200, "short")).due(5.0)
    assert frames(items) == [b"\x10" * FRAME, b"\x10" * 40 + SILENCE * 120]
    assert items[-1] == Mark("short#1", "short")


def test_never_more_than_400_ms_ahead_of_the_ear():
    playout, ahead = playing(clip("a", 1.0), clip("b", 3.0)), 0.0
    sent_s = 0.0
    for n in range(250):
        now = 10.0 + n * 0.02
        sent_s += len(frames(playout.due(now))) * FRAME_S
        ahead = max(ahead, sent_s - n * 0.02)
    assert ahead == pytest.approx(MOST_AHEAD_S)
    assert sent_s == pytest.approx(4.0)


def test_a_first_line_leaves_at_once():
    assert len(frames(playing(clip("a", 1.0)).due(0.0))) == MOST_AHEAD_S / FRAME_S


def test_a_loop_that_was_held_up_sends_no_more_than_the_lead():
    playout = playing(clip("a", 5.0))
    playout.due(0.0)
    assert len(frames(playout.due(3.0))) == MOST_AHEAD_S / FRAME_S


def test_each_clip_is_followed_by_a_mark_of_its_own():
    sent = play(playing(clip("a", 0.1), clip("b", 0.1), clip("a", 0.1)), 0.0, 1.0)
    assert [mark.clip for mark in marks(sent)] == ["a", "b", "a"]
    assert len({mark.name for mark in marks(sent)}) == 3
    assert isinstance(sent[5], Mark)


def test_the_clip_in_the_ear_and_for_how_long():
    playout = playing(clip("a", 0.2), clip("b", 1.0, is_life_safety=True))
    playout.due(1.0)
    assert playout.playing(1.1).name == "a"
    now = playout.playing(1.3)
    assert (now.name, now.is_life_safety) == ("b", True)
    assert now.for_s == pytest.approx(0.1)


def test_nothing_is_in_the_ear_after_the_end():
    playout = playing(clip("a", 0.2))
    playout.due(1.0)
    assert playout.is_playing(1.1)
    assert playout.playing(1.25) is None
    assert not playout.is_playing(1.25)


def test_what_was_heard_is_known_to_the_frame():
    playout = playing(clip("a", 0.2), clip("b", 1.0))
    playout.due(1.0)
    a, b = playout.heard(1.3)
    assert a.is_whole
    assert (b.name, b.seconds, b.is_whole) == ("b", pytest.approx(0.1), False)


def test_silence_while_the_loop_was_held_up_is_not_counted_as_heard():
    playout = playing(clip("a", 2.0))
    playout.due(0.0)
    playout.due(1.0)
    assert playout.heard(1.1)[0].seconds == pytest.approx(0.5)


def test_a_cleared_clip_is_heard_in_part_and_the_rest_is_dropped():
    playout = playing(clip("a", 0.2), clip("b", 1.0), clip("c", 1.0))
    play(playout, 0.0, 0.5)
    assert playout.clear(0.5) == ["b", "c"]
    assert not playout.is_playing(0.5)
    assert playout.due(0.6) == []
    assert [(heard.name, heard.is_whole) for heard in playout.heard(9.0)] == [
        ("a", True),
        ("b", False),
    ]
    assert playout.heard(9.0)[1].seconds == pytest.approx(0.3)


def test_speech_after_a_clear_starts_at_once():
    playout = playing(clip("a", 3.0))
    playout.due(0.0)
    playout.clear(0.1)
    playout.queue(clip("b", 1.0))
    assert len(frames(playout.due(0.1))) == MOST_AHEAD_S / FRAME_S
    assert playout.playing(0.1).name == "b"


def test_an_echoed_mark_names_its_clip_and_proves_it_heard():
    playout = playing(clip("a", 0.3))
    (mark,) = marks(playout.due(0.0))
    assert playout.mark_echoed(mark.name) == "a"
    assert playout.heard(0.1)[0].is_whole


def test_a_mark_that_comes_back_late_still_names_its_clip():
    playout = playing(clip("a", 0.3))
    (mark,) = marks(playout.due(0.0))
    play(playout, 0.02, 1.0)
    assert playout.mark_echoed(mark.name) == "a"


def test_marks_that_a_clear_sends_back_prove_nothing():
    playout = playing(clip("a", 0.3))
    (mark,) = marks(playout.due(0.0))
    playout.clear(0.1)
    assert playout.mark_echoed(mark.name) is None
    assert not playout.heard(1.0)[0].is_whole


def test_a_line_without_echoes_keeps_few_marks():
    playout = Playout()
    for n in range(1000):
        playout.queue(clip(f"c{n}", 0.02))
    play(playout, 0.0, 30.0)
    assert len(playout._marks) <= 64


def test_an_empty_clip_is_only_a_mark():
    assert playing(Clip(b"", "nothing")).due(0.0) == [Mark("nothing#1", "nothing")]
