"""What a caller says, ready for the line: sound in frames, and where in it the speech ends."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import orjson

from aurora.errors import NoRecording
from aurora.speech.codec import FRAME, FRAME_S, SILENCE, Pcm, mulaw_encode
from aurora.speech.wav import read_wav

MANIFEST = "manifest.jsonl"
BELOW_SPEECH_DB = 25.0
"""How far under the loudest twentieth a frame may lie and still be speech."""
ABOVE_NOISE_DB = 3.0
"""How far over the quietest tenth it has to lie in a recording full of noise."""
SURELY_SPEECH_DB = 8.0
"""So near to the loudest it is speech whatever the noise: there may be no pause in a recording."""
SILENT_FRAME = SILENCE * FRAME

_Decibels = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Utterance:
    """One stretch of speech. Frames are 20 ms of mu-law, 160 bytes each."""

    name: str
    frames: tuple[bytes, ...]
    last_speech: int
    """The number of the last frame that is speech, found by energy in the recording itself."""
    words: str | None = None
    """What is said, where somebody wrote it down."""
    language: str | None = None
    first_line: str | None = None
    """What the line should open its answer with, where a manifest says so."""

    @property
    def speech_s(self) -> float:
        return (self.last_speech + 1) * FRAME_S


Voice = Callable[[str], Utterance]
"""Makes what somebody typed into something to say."""


def mere_words(words: str) -> Utterance:
    """Return words that take no time and make no sound: enough where the line is given words."""
    return Utterance(words, (), -1, words)


def spoken_words(language: str) -> Voice:
    """Return a voice that says typed words in a language; raises NoRecording when it cannot."""

    def say(words: str) -> Utterance:
        # The voice is loaded for whoever types words at a line that has to hear them.
        from aurora.speech.speak import VOICES, NanoVoice

        if language not in VOICES:
            raise NoRecording(f"--language {language}: typed words are spoken in {[*VOICES]}")
        return utterance(NanoVoice().render(words, language), words, words=words)

    return say


def utterance(pcm: Pcm, name: str, **known: str | None) -> Utterance:
    """Return samples of a line as something to say."""
    short = -len(pcm) % FRAME
    mulaw = mulaw_encode(pcm) + SILENCE * short
    frames = tuple(mulaw[at : at + FRAME] for at in range(0, len(mulaw), FRAME))
    return Utterance(name, frames, last_speech_frame(pcm), **known)


def last_speech_frame(pcm: Pcm) -> int:
    """Return the number of the last 20 ms that is as loud as speech, by energy alone.

    In noise soft endings drown: at 10 dB the end is found 80 ms early in half of the recordings,
    200 ms in a tenth. What is measured from it is longer than it was, hardly ever shorter.
    """
    levels = _levels(pcm)
    speech = float(np.percentile(levels, 95))
    noise = min(float(np.percentile(levels, 10)) + ABOVE_NOISE_DB, speech - SURELY_SPEECH_DB)
    loud = np.flatnonzero(levels >= max(speech - BELOW_SPEECH_DB, noise))
    return int(loud[-1])


def _levels(pcm: Pcm) -> _Decibels:
    """Return the level of each 20 ms in decibels over one step, offsets taken out."""
    padded = np.pad(pcm, (0, -len(pcm) % FRAME)).reshape(-1, FRAME).astype(np.float64)
    padded -= padded.mean(axis=1, keepdims=True)
    levels: _Decibels = 20 * np.log10(np.sqrt((padded**2).mean(axis=1)) + 1.0)
    return levels


def read_recordings(path: Path) -> list[Utterance]:
    """Return a WAV file, or those of a folder in the order of its manifest or their names.

    A manifest.jsonl beside them has {file, text[, lang, first_line]} a line. Raises NoRecording.
    """
    folder = path if path.is_dir() else path.parent
    known = {entry["file"]: entry for entry in _manifest(folder / MANIFEST)}
    if not path.is_dir():
        return [_read(path, known.get(path.name, {}))]
    files = [folder / name for name in known] or sorted(folder.glob("*.wav"))
    if not files:
        raise NoRecording(f"{path}: no WAV files in it")
    return [_read(file, known.get(file.name, {})) for file in files]


def _read(path: Path, entry: Mapping[str, Any]) -> Utterance:
    return utterance(
        read_wav(path),
        path.name,
        words=entry.get("text"),
        language=entry.get("lang"),
        first_line=entry.get("first_line"),
    )


def _manifest(path: Path) -> Iterator[dict[str, Any]]:
    if not path.is_file():
        return
    for number, line in enumerate(path.read_bytes().splitlines(), 1):
        if not line.strip():
            continue
        try:
            entry = orjson.loads(line)
            Path(entry["file"])
        except (orjson.JSONDecodeError, TypeError, KeyError) as error:
            raise NoRecording(f"{path}:{number}: not a line of {{file, text}}") from error
        yield entry
