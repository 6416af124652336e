"""Where speech ends in a recording, and which recordings a folder holds."""

from pathlib import Path

import numpy as np
import pytest

from aurora.errors import NoRecording
from aurora.rehearsal.caller_speech import (
    SILENT_FRAME,
    last_speech_frame,
    mere_words,
    read_recordings,
    utterance,
)
from aurora.speech.codec import FRAME
from aurora.speech.wav import write_wav

RANDOM = np.random.default_rng(1)


def speech(frames: int) -> np.ndarray:
    return (RANDOM.normal(0, 3000, frames * FRAME)).astype(np.int16)


def quiet(frames: int, level: int = 10) -> np.ndarray:
    return (RANDOM.normal(0, level, frames * FRAME)).astype(np.int16)


def test_speech_ends_with_its_last_loud_frame() -> None:
    assert last_speech_frame(np.concatenate([quiet(5), speech(50), quiet(30)])) == 54


def test_a_pause_in_the_middle_is_not_the_end() -> None:
    sound = np.concatenate([speech(20), quiet(40), speech(20), quiet(10)])
    assert last_speech_frame(sound) == 79


def test_noise_behind_the_speech_is_no_speech() -> None:
    # 10 dB under the speech, for twice as long.
    sound = np.concatenate([speech(40), np.zeros(80 * FRAME, np.int16)]) + quiet(120, 950)
    assert last_speech_frame(sound.astype(np.int16)) == 39


def test_an_offset_of_the_microphone_is_no_speech() -> None:
    sound = np.concatenate([speech(20), quiet(20)]) + 4000
    assert last_speech_frame(sound.astype(np.int16)) == 19


@pytest.mark.parametrize("sound", [np.zeros(4 * FRAME, np.int16), speech(1), quiet(3)[:500]])
def test_a_recording_without_contrast_ends_where_it_ends(sound: np.ndarray) -> None:
    assert 0 <= last_speech_frame(sound) < -(-len(sound) // FRAME)


def test_frames_are_whole_and_end_in_silence() -> None:
    said = utterance(speech(2)[: FRAME + 7], "short.wav")
    assert [len(frame) for frame in said.frames] == [FRAME, FRAME]
    assert said.frames[1][7:] == SILENT_FRAME[7:]
    assert (said.last_speech, said.speech_s) == (0, pytest.approx(0.02))


def test_words_alone_take_no_time() -> None:
    assert (mere_words("help").speech_s, mere_words("help").frames) == (0.0, ())


def test_a_folder_is_read_in_the_order_of_its_manifest(tmp_path: Path) -> None:
    for name in ("a.wav", "b.wav", "c.wav"):
        write_wav(tmp_path / name, speech(5))
    (tmp_path / "manifest.jsonl").write_text(
        '{"file": "b.wav", "text": "Fire.", "lang": "en"}\n\n'
        '{"file": "a.wav", "first_line": "Get out now."}\n'
    )
    second, first = read_recordings(tmp_path)
    assert (second.name, second.words, second.language) == ("b.wav", "Fire.", "en")
    assert (first.name, first.words, first.first_line) == ("a.wav", None, "Get out now.")


def test_a_folder_without_a_manifest_is_read_by_name(tmp_path: Path) -> None:
    for name in ("b.wav", "a.wav"):
        write_wav(tmp_path / name, speech(5))
    assert [one.name for one in read_recordings(tmp_path)] == ["a.wav", "b.wav"]


def test_one_recording_knows_what_the_manifest_beside_it_says(tmp_path: Path) -> None:
    write_wav(tmp_path / "a.wav", speech(5))
    (tmp_path / "manifest.jsonl").write_text('{"file": "a.wav", "text": "Fire."}')
    [one] = read_recordings(tmp_path / "a.wav")
    assert one.words == "Fire."


@pytest.mark.parametrize("line", ["{", "[]", '"a.wav"', '{"text": "no file"}', '{"file": 1}'])
def test_a_bad_line_of_a_manifest_is_named(tmp_path: Path, line: str) -> None:
    (tmp_path / "manifest.jsonl").write_text(f'{{"file": "a.wav"}}\n{line}')
    with pytest.raises(NoRecording, match=r"manifest\.jsonl:2"):
        read_recordings(tmp_path)


def test_an_empty_folder_is_said_to_be_empty(tmp_path: Path) -> None:
    with pytest.raises(NoRecording, match="no WAV files"):
        read_recordings(tmp_path)
