import pytest
from hypothesis import given
from hypothesis import strategies as st

from aurora.speech.endpointing import (
    LONGEST_WAIT_S,
    Endpointing,
    SpeechPaused,
    SpeechResumed,
    SpeechStarted,
    TurnEnded,
    TurnTaking,
)

WINDOW_S = 0.032


class Caller:
    """Speaks and is silent in virtual time, and keeps what came of it."""

    def __init__(self, endpointing=None, window_s=WINDOW_S):
        self.turns = TurnTaking(endpointing or Endpointing(), window_s)
        self.window_s, self.at, self.partial, self.events = window_s, 0.0, "", []

    def sound(self, seconds, is_speech):
        for _ in range(round(seconds / self.window_s)):
            self.at += self.window_s
            self.events += self.turns.feed(self.at, is_speech, self.partial, "en")
        return self

    def speaks(self, seconds, partial=None):
        self.partial = self.partial if partial is None else partial
        return self.sound(seconds, True)

    def is_silent(self, seconds):
        return self.sound(seconds, False)

    def kinds(self):
        return [type(event) for event in self.events]

    def ended(self):
        return [event for event in self.events if isinstance(event, TurnEnded)]


def silence_before_the_end(partial, endpointing=None):
    caller = Caller(endpointing).speaks(1.0, partial).is_silent(2.0)
    (end,) = caller.ended()
    return end.at - end.last_speech_at


def test_a_turn_starts_pauses_and_ends_with_the_times_of_its_speech():
    caller = Caller().is_silent(0.96).speaks(0.96, "Smoke in zone B.").is_silent(0.96)
    assert caller.kinds() == [SpeechStarted, SpeechPaused, TurnEnded]
    started, paused, ended = caller.events
    assert started.started_at == pytest.approx(0.96)
    assert started.at == pytest.approx(0.96 + 0.128)
    assert paused.at == pytest.approx(1.92 + 0.096)
    assert paused.last_speech_at == ended.last_speech_at == pytest.approx(1.92)
    assert ended.started_at == pytest.approx(0.96)
    assert not ended.was_cut


@pytest.mark.parametrize(
    ("partial", "wait_s"),
    [
        ("There is smoke in zone B.", 0.2),
        ("a drum of solvent", 0.3),
        ("", 0.4),
        ("I don't know where he is", 0.5),
        ("There is smoke in the", 0.8),
        ("There is smoke in zone", 0.8),
    ],
)
def test_silence_that_ends_a_turn_depends_on_the_words(partial, wait_s):
    assert Endpointing().wait_s(partial, "en") == wait_s
    assert silence_before_the_end(partial) == pytest.approx(wait_s, abs=WINDOW_S)


@given(st.text(max_size=80), st.sampled_from(["en", "es", "fr", "de", "it", "xx"]))
def test_no_text_makes_anyone_wait_longer_than_800_ms_or_less_than_200(partial, language):
    assert 0.2 <= Endpointing().wait_s(partial, language) <= LONGEST_WAIT_S == 0.8


def test_words_that_arrive_in_the_silence_end_it_sooner():
    caller = Caller().speaks(1.0, "There is smoke in").is_silent(0.4)
    assert not caller.ended()
    caller.partial = "There is smoke in zone B."
    caller.is_silent(WINDOW_S)
    assert len(caller.ended()) == 1


def test_a_kiosk_waits_for_its_own_silence_whatever_was_said():
    kiosk = Endpointing(silence_s=1.2)
    assert silence_before_the_end("Smoke in zone B.", kiosk) == pytest.approx(1.2, abs=WINDOW_S)
    assert silence_before_the_end("Smoke in", kiosk) == pytest.approx(1.2, abs=WINDOW_S)


@pytest.mark.parametrize("window_s", [0.02, 0.032])
def test_a_click_starts_no_turn(window_s):
    caller = Caller(window_s=window_s)
    for _ in range(20):
        caller.is_silent(0.3).speaks(0.1)
    assert caller.events == []


def test_a_word_with_one_missed_window_still_starts_a_turn():
    caller = Caller().speaks(0.064).is_silent(WINDOW_S).speaks(0.064)
    assert caller.kinds() == [SpeechStarted]
    assert caller.events[0].started_at == pytest.approx(0.0)


def test_speech_after_a_short_pause_goes_on_with_the_same_turn():
    caller = Caller().speaks(0.96, "There is smoke in").is_silent(0.48).speaks(0.96).is_silent(1.6)
    assert caller.kinds() == [
        SpeechStarted,
        SpeechPaused,
        SpeechResumed,
        SpeechPaused,
        TurnEnded,
    ]
    resumed, ended = caller.events[2], caller.events[-1]
    assert resumed.resumed_at == pytest.approx(1.44)
    assert ended.started_at == pytest.approx(0.0)
    assert ended.last_speech_at == pytest.approx(2.4)


def test_speech_that_sets_in_at_the_last_moment_goes_on_with_the_turn():
    caller = Caller().speaks(0.96, "Smoke in zone B.").is_silent(0.192).speaks(0.96)
    assert caller.kinds() == [SpeechStarted, SpeechPaused, SpeechResumed]


def test_a_click_in_a_pause_neither_resumes_nor_prolongs_the_turn():
    caller = Caller().speaks(0.96, "Smoke in zone B.").is_silent(0.128).speaks(WINDOW_S)
    caller.is_silent(0.32)
    assert caller.kinds() == [SpeechStarted, SpeechPaused, TurnEnded]
    assert caller.ended()[0].at - 0.96 <= 0.2 + 2 * WINDOW_S


def test_a_detector_that_flickers_in_noise_does_not_hold_the_turn_open():
    caller = Caller().speaks(0.96, "Smoke in zone B.")
    for _ in range(20):
        caller.is_silent(0.064).speaks(WINDOW_S)
    assert len(caller.ended()) == 1
    assert caller.ended()[0].at < 1.5


def test_a_turn_without_end_is_cut_and_what_follows_is_a_new_one():
    caller = Caller().speaks(21.0)
    assert caller.kinds() == [SpeechStarted, TurnEnded, SpeechStarted]
    assert caller.ended()[0].was_cut
    assert caller.ended()[0].at == pytest.approx(20.0, abs=WINDOW_S)
    # Nothing is lost between the two: the caller's buffer reaches back to the cut.
    assert caller.events[2].started_at <= caller.ended()[0].at + WINDOW_S


def test_two_turns_are_told_apart():
    caller = Caller().speaks(0.96, "Yes.").is_silent(0.96).speaks(0.96, "Zone B.").is_silent(0.96)
    assert len(caller.ended()) == 2
    assert not caller.turns.is_in_turn
    assert caller.ended()[1].started_at == pytest.approx(1.92)
