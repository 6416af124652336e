"""Read a recording of any usual WAV form as samples of a line, and write one."""

import struct
import wave
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import soxr

from aurora.errors import NoRecording
from aurora.speech.codec import LINE_HZ, Pcm, mulaw_decode

_Floats = npt.NDArray[np.float32]

_PCM, _FLOAT, _MULAW, _EXTENSIBLE = 1, 3, 7, 0xFFFE
_HIGHEST_HZ = 768_000
_FULL_SCALE = 32_767.0


def read_wav(path: Path, hz: int = LINE_HZ) -> Pcm:
    """Return a recording as mono samples at a rate; raises NoRecording naming the file."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise NoRecording(f"{path}: cannot be read ({error.strerror}); check the path") from error
    try:
        sound, from_hz = _decode(content)
    except (ValueError, struct.error) as error:
        raise NoRecording(f"{path}: {error}; convert it to a 16-bit PCM WAV file") from error
    if not len(sound):
        raise NoRecording(f"{path}: holds no sound")
    if from_hz != hz:
        sound = soxr.resample(sound, from_hz, hz, quality="HQ")
    pcm: Pcm = np.clip(np.rint(sound * _FULL_SCALE), -32_768, 32_767).astype(np.int16)
    return pcm


def write_wav(path: Path, pcm: Pcm, hz: int = LINE_HZ) -> None:
    """Write mono samples as a 16-bit WAV file."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(hz)
        file.writeframes(np.ascontiguousarray(pcm, dtype="<i2").tobytes())


def _decode(content: bytes) -> tuple[_Floats, int]:
    """Return mono samples from -1 to 1 and their rate; raises ValueError, struct.error."""
    if content[:4] != b"RIFF" or content[8:12] != b"WAVE":
        raise ValueError("not a WAV file")
    chunks = dict(_chunks(content))
    if b"fmt " not in chunks or b"data" not in chunks:
        raise ValueError("a WAV file without its format or its sound")
    form, channels, hz, _, _, bits = struct.unpack_from("<HHIIHH", chunks[b"fmt "])
    if form == _EXTENSIBLE:
        (form,) = struct.unpack_from("<H", chunks[b"fmt "], 24)
    if not channels or not 0 < hz <= _HIGHEST_HZ:
        raise ValueError(f"{channels} channels at {hz} Hz")
    sound = _samples(chunks[b"data"], form, bits)
    whole = len(sound) - len(sound) % channels
    return sound[:whole].reshape(-1, channels).mean(axis=1, dtype=np.float32), hz


def _chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 12
    while at + 8 <= len(content):
        name, size = struct.unpack_from("<4sI", content, at)
        # A recorder that was cut off, or that streamed, leaves a size beyond the end.
        yield name, content[at + 8 : at + 8 + size]
        at += 8 + size + size % 2


def _samples(data: bytes, form: int, bits: int) -> _Floats:
    if form == _MULAW and bits == 8:
        return mulaw_decode(data).astype(np.float32) / np.float32(32_768)
    width = bits // 8
    data = data[: len(data) - len(data) % max(width, 1)]
    if form == _FLOAT and bits in (32, 64):
        floats = np.frombuffer(data, dtype=f"<f{width}").astype(np.float32)
        return np.nan_to_num(np.clip(floats, np.float32(-1), np.float32(1)))
    if form == _PCM and bits == 8:
        return (
            np.frombuffer(data, dtype=np.uint8).astype(np.float32) - np.float32(128)
        ) / np.float32(128)
    if form == _PCM and bits in (16, 24, 32):
        # Into the upper bytes of 32 bits, so that one scale fits all.
        wide = np.zeros((len(data) // width, 4), dtype=np.uint8)
        wide[:, 4 - width :] = np.frombuffer(data, dtype=np.uint8).reshape(-1, width)
        return wide.view("<i4")[:, 0].astype(np.float32) / np.float32(2**31)
    raise ValueError(f"format {form} of {bits} bits, which is not read")
