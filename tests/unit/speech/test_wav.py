"""A recording of any usual form becomes the same samples."""

import struct
import wave
from pathlib import Path

import numpy as np
import pytest

from aurora.errors import NoRecording
from aurora.speech.codec import mulaw_encode
from aurora.speech.wav import read_wav, write_wav

HZ = 8000
TONE = np.round(8000 * np.sin(2 * np.pi * 440 * np.arange(HZ) / HZ)).astype(np.int16)


def riff(form: int, bits: int, data: bytes, *, hz: int = HZ, channels: int = 1) -> bytes:
    head = struct.pack("<HHIIHH", form, channels, hz, 0, 0, bits)
    body = b"fmt " + struct.pack("<I", len(head)) + head
    body += (
        b"LIST" + struct.pack("<I", 3) + b"odd\0" + b"data" + struct.pack("<I", len(data)) + data
    )
    return b"RIFF" + struct.pack("<I", 4 + len(body)) + b"WAVE" + body


def as_24_bits(pcm: np.ndarray) -> bytes:
    return b"".join(struct.pack("<i", int(sample) << 8)[:3] for sample in pcm)


FORMS = {
    "8 bits": riff(1, 8, (TONE // 256 + 128).astype(np.uint8).tobytes()),
    "16 bits": riff(1, 16, TONE.tobytes()),
    "24 bits": riff(1, 24, as_24_bits(TONE)),
    "32 bits": riff(1, 32, (TONE.astype(np.int32) << 16).tobytes()),
    "floats": riff(3, 32, (TONE / 32768).astype("<f4").tobytes()),
    "doubles": riff(3, 64, (TONE / 32768).astype("<f8").tobytes()),
    "mu-law": riff(7, 8, mulaw_encode(TONE)),
    "stereo": riff(1, 16, np.repeat(TONE, 2).tobytes(), channels=2),
}


@pytest.mark.parametrize("form", FORMS)
def test_every_form_is_the_same_sound(tmp_path: Path, form: str) -> None:
    path = tmp_path / "tone.wav"
    path.write_bytes(FORMS[form])
    sound = read_wav(path).astype(int)
    assert len(sound) == HZ
    coarse = {"8 bits": 300, "mu-law": 300}.get(form, 2)
    assert np.abs(sound - TONE).max() <= coarse


@pytest.mark.parametrize("hz", [11_025, 16_000, 24_000, 44_100, 48_000])
def test_another_rate_keeps_length_and_pitch(tmp_path: Path, hz: int) -> None:
    path = tmp_path / "tone.wav"
    tone = np.round(8000 * np.sin(2 * np.pi * 440 * np.arange(hz) / hz)).astype(np.int16)
    path.write_bytes(riff(1, 16, tone.tobytes(), hz=hz))
    sound = read_wav(path)
    assert abs(len(sound) - HZ) <= 1
    assert np.argmax(np.abs(np.fft.rfft(sound[:HZ]))) == 440


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    write_wav(tmp_path / "tone.wav", TONE)
    assert np.abs(read_wav(tmp_path / "tone.wav").astype(int) - TONE).max() <= 1
    with wave.open(str(tmp_path / "tone.wav")) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (HZ, 1, 2)


def test_a_recording_that_was_cut_off_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    whole = FORMS["16 bits"]
    (tmp_path / "cut.wav").write_bytes(whole[: len(whole) // 2 + 1])
    assert len(read_wav(tmp_path / "cut.wav")) > HZ // 3


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"RIFF",
        b"ID3 not a wav",
        FORMS["16 bits"][:40],
        riff(85, 16, b"mp3"),
        riff(1, 12, b"123456"),
        riff(1, 16, b""),
        riff(1, 16, b"1234", hz=0),
        riff(1, 16, b"1234", channels=0),
        riff(0xFFFE, 16, b"1234"),
    ],
)
def test_a_file_that_is_none_is_named(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "odd.wav"
    path.write_bytes(content)
    with pytest.raises(NoRecording, match=r"odd\.wav"):
        read_wav(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(NoRecording, match=r"none\.wav: cannot be read"):
        read_wav(tmp_path / "none.wav")
