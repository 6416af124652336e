import pytest

from aurora.speech.barge_in import BargeIn
from aurora.speech.playout import Playing

WINDOW_S = 0.032


def stops_after(
    verdicts, *, is_life_safety=False, playing_since=0.0, heard_before=(), is_plain=False
):
    """Seconds of playing until it is stopped; None when it plays on."""
    barge_in = BargeIn(WINDOW_S)
    for is_speech in heard_before:
        barge_in.decide(is_speech, None)
    for n, is_speech in enumerate(verdicts, start=1):
        at = n * WINDOW_S
        clip = Playing("line", is_life_safety, playing_since + at)
        if barge_in.decide(is_speech, clip, is_plain=is_plain):
            return at
    return None


def spoken(seconds):
    return [True] * round(seconds / WINDOW_S)


def silent(seconds):
    return [False] * round(seconds / WINDOW_S)


def test_speech_stops_an_ordinary_sentence_after_about_130_ms():
    assert 0.12 <= stops_after(spoken(1.0)) <= 0.14


def test_a_tool_or_a_click_stops_nothing():
    assert stops_after((spoken(0.1) + silent(0.4)) * 10) is None


def test_speech_beyond_doubt_stops_an_ordinary_sentence_after_three_windows():
    assert stops_after(spoken(1.0), is_plain=True) == pytest.approx(3 * WINDOW_S)
    assert stops_after((spoken(0.06) + silent(0.4)) * 10, is_plain=True) is None


def test_a_cough_that_sounds_like_speech_does_not_stop_a_life_safety_line():
    coughs = (spoken(0.13) + silent(0.4)) * 10

    assert stops_after(coughs, is_life_safety=True, playing_since=1.0, is_plain=True) is None


def test_a_short_cough_does_not_stop_a_life_safety_line():
    coughs = (spoken(0.13) + silent(0.4)) * 10

    assert stops_after(coughs, is_life_safety=True, playing_since=1.0) is None
    assert stops_after(spoken(0.3), is_life_safety=True, playing_since=1.0) is not None


def test_a_word_with_a_gap_in_it_stops_a_sentence():
    assert stops_after(spoken(0.13) + silent(0.064) + spoken(0.3)) is not None


def test_a_life_safety_line_is_heard_for_half_a_second():
    stopped = stops_after(spoken(2.0), is_life_safety=True)
    assert stopped == pytest.approx(0.5, abs=WINDOW_S)


def test_speech_that_ended_in_the_first_half_second_stops_no_life_safety_line():
    assert stops_after(spoken(0.4) + silent(2.0), is_life_safety=True) is None


def test_a_recognised_word_stops_at_once_but_not_a_fresh_life_safety_line():
    barge_in = BargeIn(WINDOW_S)
    assert barge_in.decide(True, Playing("line", False, 0.1), has_word=True)
    assert not barge_in.decide(True, Playing("line", True, 0.4), has_word=True)
    assert barge_in.decide(True, Playing("line", True, 0.6), has_word=True)


@pytest.mark.parametrize("is_life_safety", [False, True])
def test_a_machine_that_sounds_like_unbroken_speech_stops_nothing(is_life_safety):
    verdicts = spoken(10.0)
    assert stops_after(verdicts, is_life_safety=is_life_safety, heard_before=spoken(5.0)) is None


def test_speech_before_the_sentence_began_does_not_count():
    assert stops_after(spoken(0.1) + silent(1.0), heard_before=spoken(1.0)) is None


def test_nothing_playing_is_never_stopped():
    assert not BargeIn(WINDOW_S).decide(True, None, has_word=True)


SCATTERED = ("SSNNSSNNS", "SSNNSSS", "SSSNNSS")
"""Windows of a cough or a tool, of which endpointing makes no turn."""


@pytest.mark.parametrize("windows", SCATTERED)
def test_scattered_sounds_without_a_turn_stop_no_life_safety_line(windows):
    barge_in = BargeIn(WINDOW_S)
    line = Playing("line", True, 1.0)

    assert not any(barge_in.decide(one == "S", line, is_in_turn=False) for one in windows)
    assert not barge_in.decide(True, line, has_word=True, is_in_turn=False)
