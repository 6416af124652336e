"""Put an utterance into words with the line's own recogniser; judges no transcript."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soxr

from aurora.speech.codec import LINE_HZ
from aurora.speech.transcribe import WhisperTranscriber
from aurora.speech.weights import find_weights
from evals.telephone import SPOKEN_HZ, Wave


@dataclass(frozen=True, slots=True)
class Heard:
    """What was made of an utterance, and how surely."""

    text: str
    logprob: float
    no_speech: float


class Recogniser:
    """One Whisper, on one thread, in the languages it knows."""

    def __init__(self, name: str, models_dir: Path) -> None:
        """models_dir: where packaged weights that come in parts are joined."""
        self._whisper = WhisperTranscriber(find_weights(name, models_dir))

    def hear(self, wave: Wave, language: str) -> Heard:
        """Transcribe a wave at SPOKEN_HZ; of what is longer than 30 s, the end is heard."""
        line = soxr.resample(wave, SPOKEN_HZ, LINE_HZ)
        pcm = np.clip(line * 32_767, -32_768, 32_767).astype(np.int16)
        # A beam of one: its slips are those that a corpus is wanted for.
        transcript = self._whisper.transcribe(pcm, language, is_partial=True)
        confidence, no_speech = transcript.confidence, transcript.no_speech
        return Heard(transcript.text, round(confidence, 3), round(no_speech, 3))
