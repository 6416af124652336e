"""A voice in a process of its own, so that neither its work nor its faults reach the calls."""

import contextlib
import json
import os
import select
import signal
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from typing import IO

import numpy as np
import structlog

from aurora.errors import VoiceUnavailable
from aurora.speech.codec import Pcm
from aurora.speech.speak import VOICES, NanoVoice, identity

START_S = 20.0
"""Ample; a start is not cut short, or a machine at its limit would never get a voice."""
DEADLINE_S = 2.0
"""A sentence takes 60 ms at most; on a machine at its limit, ten times that."""
IN_THE_BACKGROUND_S = 20.0
"""A process that steps back for all others has time."""
STUCK_AFTER_S = 30
"""The process ends itself when a text hangs it and nobody is left to end it."""
_READY = b"R"
_LENGTH = struct.Struct(">I")
_COMMAND = (sys.executable, "-m", "aurora.speech.voice_process")

log = structlog.get_logger()


class VoiceProcess:
    """NanoVoice in another process, started at once and again whenever it dies or hangs."""

    def __init__(
        self,
        rate: float = 1.0,
        *,
        niceness: int = 0,
        deadline_s: float | None = None,
        command: Sequence[str] = _COMMAND,
    ) -> None:
        self.identity = identity(rate)
        self._command = [*command, str(rate), str(niceness)]
        self._deadline_s = deadline_s or (IN_THE_BACKGROUND_S if niceness else DEADLINE_S)
        self._one_at_a_time = threading.Lock()
        self._is_closed = False
        self._is_ready = False
        self._start_until = 0.0
        self._process: subprocess.Popen[bytes] | None = None
        self._start()

    def render(self, text: str, language: str) -> Pcm:
        """Return a sentence as 8 kHz samples, without silence around it.

        Raises VoiceUnavailable when the process is dead or late; the next sentence finds a new one.
        """
        if language not in VOICES:
            raise VoiceUnavailable("no_voice", language)
        until = time.monotonic() + self._deadline_s
        if not self._one_at_a_time.acquire(timeout=self._deadline_s):
            raise VoiceUnavailable("busy")
        try:
            return self._ask(text, language, until)
        except VoiceUnavailable as fault:
            log.warning("voice_failed", reason=fault.reason, language=language)
            is_starting = not self._is_ready and time.monotonic() < self._start_until
            if not (is_starting and fault.reason == "late"):
                self._end()
                self._start()
            raise
        finally:
            self._one_at_a_time.release()

    def close(self) -> None:
        """End the process; a sentence under way fails."""
        self._is_closed = True
        if (process := self._process) is not None:  # whoever renders may end it meanwhile
            process.kill()
        with self._one_at_a_time:
            self._end()

    def _start(self) -> None:
        if self._is_closed:
            return
        self._is_ready = False
        self._start_until = time.monotonic() + START_S
        try:
            self._process = subprocess.Popen(  # noqa: S603 - our own module
                self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0
            )
        except OSError as error:  # no memory or no processes left; the next sentence tries again
            log.warning("voice_not_started", error=str(error))

    def _end(self) -> None:
        if self._process is None:
            return
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()
        self._process = None

    def _ask(self, text: str, language: str, until: float) -> Pcm:
        if self._process is None or not self._process.stdin or not self._process.stdout:
            raise VoiceUnavailable("closed" if self._is_closed else "died")
        stdin, stdout = self._process.stdin, self._process.stdout
        try:
            if not self._is_ready:
                _read(stdout, len(_READY), until)
                self._is_ready = True
            stdin.write(json.dumps([text, language]).encode() + b"\n")
            (length,) = _LENGTH.unpack(_read(stdout, _LENGTH.size, until))
            return np.frombuffer(_read(stdout, length, until), dtype=np.int16)
        except OSError as error:
            raise VoiceUnavailable("died", str(error)) from error


def _read(pipe: IO[bytes], length: int, until: float) -> bytes:
    got = bytearray()
    waiting = select.poll()
    waiting.register(pipe, select.POLLIN)
    while len(got) < length:
        if not waiting.poll(max(0.0, until - time.monotonic()) * 1000):
            raise VoiceUnavailable("late")
        piece = os.read(pipe.fileno(), length - len(got))
        if not piece:
            raise VoiceUnavailable("died")
        got += piece
    return bytes(got)


def serve(requests: IO[bytes], answers: IO[bytes], rate: float) -> None:
    """Answer each line of [text, language] with a length and samples, until there are no more."""
    voice = NanoVoice(rate)
    answers.write(_READY)
    answers.flush()
    for line in requests:
        text, language = json.loads(line)
        signal.alarm(STUCK_AFTER_S)
        sound = voice.render(text, language).tobytes()
        signal.alarm(0)
        answers.write(_LENGTH.pack(len(sound)) + sound)
        answers.flush()


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the line, which closes us
    os.nice(int(sys.argv[2]))
    with contextlib.suppress(BrokenPipeError):  # the line is gone
        serve(sys.stdin.buffer, sys.stdout.buffer, float(sys.argv[1]))
