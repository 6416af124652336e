"""Telephone sound to samples and back, and between sampling rates; knows nothing of calls."""

import numpy as np
import numpy.typing as npt
import soxr

LINE_HZ = 8000
"""Every internal sound: mono int16 at this rate."""
FRAME_S = 0.02
FRAME = 160
"""Samples of a frame, and its bytes as mu-law."""
SILENCE = b"\xff"
"""One sample of silence as mu-law."""

Pcm = npt.NDArray[np.int16]

_BIAS = 0x84
_CLIP = 32635


def _decoding() -> Pcm:
    code = ~np.arange(256, dtype=np.uint8)
    exponent = (code >> 4 & 7).astype(np.int32)
    magnitude = (((code & 0x0F).astype(np.int32) << 3) + _BIAS << exponent) - _BIAS
    return np.where(code & 0x80, -magnitude, magnitude).astype(np.int16)


def _encoding() -> npt.NDArray[np.uint8]:
    samples = np.arange(65536, dtype=np.uint16).view(np.int16).astype(np.int32)
    biased = np.minimum(np.abs(samples), _CLIP) + _BIAS
    exponent = np.log2(biased.astype(np.float32)).astype(np.int32) - 7
    mantissa = biased >> exponent + 3 & 0x0F
    sign = np.where(samples < 0, 0x80, 0)
    code: npt.NDArray[np.uint8] = (~(sign | exponent << 4 | mantissa) & 0xFF).astype(np.uint8)
    return code


_DECODED = _decoding()
_ENCODED = _encoding()


def mulaw_decode(payload: bytes) -> Pcm:
    """Return the samples of G.711 mu-law bytes, one a byte."""
    return _DECODED[np.frombuffer(payload, dtype=np.uint8)]


def mulaw_encode(pcm: Pcm) -> bytes:
    """Return samples as G.711 mu-law bytes, one a sample."""
    return _ENCODED[np.ascontiguousarray(pcm).view(np.uint16)].tobytes()


class Resampler:
    """One stream of sound from one rate to another, fed in pieces of any length."""

    def __init__(self, from_hz: int, to_hz: int) -> None:
        self._is_needed = from_hz != to_hz
        # vr: every frame in gives a frame out, 15 to 30 ms late. The fixed-rate engine of soxr
        # works in blocks and holds back up to 110 ms.
        self._stream = soxr.ResampleStream(from_hz, to_hz, 1, dtype="int16", vr=True)

    def feed(self, pcm: Pcm) -> Pcm:
        """Return what is ready; 15 to 30 ms stay inside until `flush`."""
        return self._resample(pcm, last=False)

    def flush(self) -> Pcm:
        """Return the rest and start afresh."""
        rest = self._resample(np.zeros(0, dtype=np.int16), last=True)
        self._stream.clear()
        return rest

    def _resample(self, pcm: Pcm, *, last: bool) -> Pcm:
        if not self._is_needed:
            return pcm
        resampled: Pcm = self._stream.resample_chunk(pcm, last=last)
        return resampled


def resample(pcm: Pcm, from_hz: int, to_hz: int) -> Pcm:
    """Return a whole sound at another rate."""
    resampled: Pcm = pcm if from_hz == to_hz else soxr.resample(pcm, from_hz, to_hz)
    return resampled
