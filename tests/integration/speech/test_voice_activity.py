import numpy as np
import pytest

from aurora.speech.barge_in import BargeIn
from aurora.speech.codec import FRAME, LINE_HZ
from aurora.speech.playout import Playing
from aurora.speech.voice_activity import (
    DEAF_AFTER_S,
    SILERO_CONTEXT,
    SILERO_WINDOW,
    SileroActivity,
    SileroModel,
    WebRtcActivity,
)
from tests.unit.speech.sounds import (
    hiss,
    hum,
    knocks,
    level,
    noise,
    over,
    said,
    silence,
    siren,
    steam,
)

SENTENCE = "There is smoke in zone B, near the boiler."


@pytest.fixture(scope="module")
def model():
    return SileroModel()


@pytest.fixture(params=["silero", "webrtc"])
def activity(request, model):
    return SileroActivity(model) if request.param == "silero" else WebRtcActivity(2)


def feed(activity, pcm):
    frames = [pcm[n : n + FRAME] for n in range(0, len(pcm), FRAME)]
    return [verdict for frame in frames for verdict in activity.feed(frame)]


def share(verdicts):
    return sum(verdicts) / len(verdicts)


def test_speech_is_speech_and_silence_is_not(activity):
    assert share(feed(activity, silence(1.0))) == 0
    assert share(feed(activity, said(SENTENCE))) > 0.7
    assert share(feed(activity, silence(1.0))) < 0.1


def test_one_verdict_for_each_complete_window_however_the_sound_is_cut(model):
    sound = np.concatenate([silence(0.3), said(SENTENCE)])
    whole = SileroActivity(model).feed(sound)
    assert len(whole) == len(sound) // SILERO_WINDOW
    assert feed(SileroActivity(model), sound) == whole


@pytest.mark.parametrize("slope", [1.0, 2.0], ids=["pink", "engine"])
@pytest.mark.parametrize("loudness", [500, 5000])
def test_noise_alone_is_never_speech(model, slope, loudness):
    assert not any(feed(SileroActivity(model), noise(5.0, loudness, slope=slope)))


@pytest.mark.parametrize("slope", [1.0, 2.0], ids=["pink", "engine"])
def test_speech_is_heard_over_noise_at_10_db_and_ends_in_it(model, slope):
    sentence = said(SENTENCE)
    sound = np.concatenate([silence(1.0), sentence, silence(1.0)])
    background = noise(len(sound) / LINE_HZ, level(sentence) / 10**0.5, slope=slope)
    verdicts = feed(SileroActivity(model), over(sound, background))
    window_s = SileroActivity.window_s
    start, end = round(1.0 / window_s), round((1.0 + len(sentence) / LINE_HZ) / window_s)
    assert share(verdicts[start:end]) > 0.6
    assert not any(verdicts[: start - 2])
    assert not any(verdicts[end + 8 :])


def test_the_end_of_clear_speech_is_heard_within_three_windows(model):
    sentence = said(SENTENCE)
    verdicts = feed(SileroActivity(model), np.concatenate([sentence, silence(1.0)]))
    end = len(sentence) // SILERO_WINDOW
    assert not any(verdicts[end + 3 :])
    assert any(verdicts[end - 12 : end + 1])


def test_many_calls_in_one_run_hear_what_each_would_hear_alone(model):
    sounds = [np.concatenate([silence(0.1 * n), said(SENTENCE)])[:16_000] for n in range(5)]
    alone = [feed(SileroActivity(model), sound) for sound in sounds]
    calls = [SileroActivity(model) for _ in sounds]
    together = [[] for _ in sounds]
    for at in range(0, 16_000, FRAME):
        frames = [(call, sound[at : at + FRAME]) for call, sound in zip(calls, sounds, strict=True)]
        for heard, verdicts in zip(together, model.batch(frames), strict=True):
            heard += verdicts
    assert together == alone


def test_a_batch_may_hold_calls_with_no_complete_window(model):
    verdicts = model.batch(
        [(SileroActivity(model), silence(0.01)), (SileroActivity(model), silence(0.1))]
    )
    assert verdicts == [[], [False] * 3]
    assert model.batch([]) == []


def test_speech_is_heard_after_a_minute_of_silence(model):
    call = SileroActivity(model)
    feed(call, noise(60.0, 10))
    assert share(feed(call, said(SENTENCE))) > 0.6


def test_the_state_is_reset_in_clear_silence_and_kept_in_speech(model):
    call = SileroActivity(model)
    feed(call, said(SENTENCE))
    assert call.state.any()
    windows = int(DEAF_AFTER_S / call.window_s) + 1
    for _ in range(windows):
        call.judge(silence(call.window_s), 0.01)
    assert not call.state.any()


def test_a_doubtful_window_postpones_the_reset(model):
    call = SileroActivity(model)
    feed(call, said(SENTENCE))
    for n in range(200):
        call.judge(silence(call.window_s), 0.3 if n % 20 == 0 else 0.01)
    assert call.state.any()


def test_the_model_sees_the_end_of_the_window_before(model):
    call, sound = SileroActivity(model), said(SENTENCE)[: 10 * SILERO_WINDOW]
    call.feed(sound)
    assert (call.context * 32768 == sound[-SILERO_CONTEXT:]).all()


def test_nothing_in_the_model_is_wider_than_float32(model):
    call = SileroActivity(model)
    feed(call, said(SENTENCE))
    assert {call.state.dtype, call.context.dtype} == {np.dtype(np.float32)}


def stopped_after_s(model, sound, *, trusts=True):
    """When an ordinary sentence is stopped by this sound; None when it is not."""
    call, barge_in = SileroActivity(model), BargeIn(SileroActivity.window_s)
    line, windows = Playing("line", False, 1.0), 0
    for at in range(0, len(sound), FRAME):
        for is_speech in call.feed(sound[at : at + FRAME]):
            windows += 1
            if barge_in.decide(is_speech, line, is_plain=trusts and call.is_plain):
                return windows * call.window_s
    return None


@pytest.mark.parametrize("seed", range(20))
def test_engine_noise_as_loud_as_a_voice_never_stops_a_line(model, seed):
    assert stopped_after_s(model, noise(2.0, 2500, slope=2.0, seed=seed)) is None


@pytest.mark.parametrize("make", [hiss, hum, siren, steam, knocks], ids=lambda make: make.__name__)
def test_no_noise_of_a_plant_stops_a_line(model, make):
    for loudness in (800, 2500):
        assert stopped_after_s(model, make(2.0, loudness)) is None


def test_a_caller_who_speaks_plainly_is_let_in_a_window_earlier(model):
    gained_s = 0.0
    for words in ("How do I reset the conveyor?", "Wait, he is breathing again."):
        sound = np.concatenate([silence(1.0), said(words)])
        plain_s, doubted_s = (
            stopped_after_s(model, sound, trusts=trusts) for trusts in (True, False)
        )
        assert plain_s - 1.0 < 0.2
        gained_s = max(gained_s, doubted_s - plain_s)
    assert gained_s == pytest.approx(SileroActivity.window_s)


def test_a_caller_over_a_line_is_let_in(model):
    call, barge_in = SileroActivity(model), BargeIn(SileroActivity.window_s)
    verdicts = feed(call, said(SENTENCE))
    decisions = [barge_in.decide(is_speech, Playing("line", True, 1.0)) for is_speech in verdicts]
    assert decisions.index(True) * call.window_s < 0.3
