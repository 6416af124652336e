import numpy as np
import pytest

from aurora.speech.codec import FRAME, SILENCE, Resampler, mulaw_decode, mulaw_encode, resample

EVERY_SAMPLE = np.arange(-32768, 32768).astype(np.int16)


def test_known_codes_of_the_standard():
    samples = mulaw_decode(bytes([0x00, 0x80, 0xFF, 0x7F, 0x8F, 0xF0]))
    assert samples.tolist() == [-32124, 32124, 0, 0, 16764, 120]


def test_every_code_survives_the_way_to_samples_and_back():
    codes = bytes(code for code in range(256) if code != 0x7F)  # 0x7F is the second zero
    assert mulaw_encode(mulaw_decode(codes)) == codes


def bit_by_bit(sample):
    """The encoder of ITU-T G.191, one bit after the other."""
    sign, magnitude = (0x80, -sample) if sample < 0 else (0, sample)
    magnitude = min(magnitude, 32635) + 132
    exponent, mask = 7, 0x4000
    while exponent and not magnitude & mask:
        exponent, mask = exponent - 1, mask >> 1
    return ~(sign | exponent << 4 | magnitude >> exponent + 3 & 0x0F) & 0xFF


def test_every_sample_is_encoded_as_the_standard_has_it():
    assert mulaw_encode(EVERY_SAMPLE) == bytes(bit_by_bit(int(sample)) for sample in EVERY_SAMPLE)


def test_silence_is_silent():
    assert mulaw_encode(np.zeros(1, dtype=np.int16)) == SILENCE
    assert mulaw_decode(SILENCE * FRAME).tolist() == [0] * FRAME


def test_a_part_of_a_longer_sound_can_be_encoded():
    every_other = EVERY_SAMPLE[::2]
    assert mulaw_encode(every_other) == mulaw_encode(every_other.copy())


def tone(hz, seconds):
    t = np.arange(round(hz * seconds)) / hz
    return (np.sin(2 * np.pi * 440 * t) * 8000).astype(np.int16)


@pytest.mark.parametrize(("from_hz", "to_hz"), [(16_000, 8000), (48_000, 8000), (8000, 16_000)])
def test_atone_keeps_its_length_and_pitch_through_pieces_of_20_ms(from_hz, to_hz):
    sound, stream = tone(from_hz, 1.0), Resampler(from_hz, to_hz)
    piece = from_hz // 50
    parts = [stream.feed(sound[n : n + piece]) for n in range(0, len(sound), piece)]
    heard = np.concatenate([*parts, stream.flush()])
    assert abs(len(heard) - to_hz) <= 2
    spectrum = np.abs(np.fft.rfft(heard[: to_hz - 2].astype(np.float32)))
    assert abs(int(spectrum.argmax()) - 440) <= 1
    assert abs(int(np.abs(heard).max()) - 8000) < 200


@pytest.mark.parametrize(("from_hz", "most_s"), [(16_000, 0.02), (48_000, 0.035)])
def test_a_stream_gives_a_frame_for_a_frame_and_holds_little_back(from_hz, most_s):
    stream, frame = Resampler(from_hz, 8000), tone(from_hz, 0.02)
    lengths = [len(stream.feed(frame)) for _ in range(20)]
    assert set(lengths[3:]) == {FRAME}
    assert 20 * FRAME - sum(lengths) <= most_s * 8000


def test_the_same_rate_changes_nothing():
    stream = Resampler(8000, 8000)
    assert (stream.feed(EVERY_SAMPLE) == EVERY_SAMPLE).all()
    assert len(stream.flush()) == 0
    assert (resample(EVERY_SAMPLE, 8000, 8000) == EVERY_SAMPLE).all()


def test_a_flushed_stream_starts_afresh():
    stream, sound = Resampler(16_000, 8000), tone(16_000, 0.1)
    first = np.concatenate([stream.feed(sound), stream.flush()])
    again = np.concatenate([stream.feed(sound), stream.flush()])
    assert len(first) == len(again)
    assert np.abs(first.astype(np.int32) - again).max() <= 4  # soxr dithers
