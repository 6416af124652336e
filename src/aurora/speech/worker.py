"""A process that transcribes: loads the models once, answers one request at a time until EOF."""

import os
import signal
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Any, BinaryIO

from aurora.errors import SpeechUnavailable
from aurora.speech import wire

if TYPE_CHECKING:
    from aurora.speech.transcribe import Transcriber

NICENESS = 2
"""Below the event loop, whose frames may not wait for a transcript."""
HURRY = signal.SIGUSR1
"""Sent while a partial is read: a final waits. Its handler runs between two steps of a model."""
THREAD_COUNTS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


def main() -> None:
    # Whoever stops the line at its terminal stops this process too, by closing the pipe.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.nice(NICENESS)
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    # What a library prints must not end up between two answers.
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    requests = sys.stdin.buffer
    order, _ = wire.read(requests)
    hurry = Event()
    signal.signal(HURRY, lambda *_: hurry.set())
    models = _loaded(order["weights"], order["threads"], hurry.is_set)
    _send(answers, {})
    while True:
        try:
            header, sound = wire.read(requests)
        except EOFError:
            return
        hurry.clear()  # it was meant for the request before
        _send(answers, _answered(models, header, sound))


def _loaded(
    weights: Sequence[dict[str, Any]], threads: int, gives_way: Callable[[], bool]
) -> "dict[str, Transcriber]":
    # Libraries read these when they load, so they are set before numpy is imported.
    for variable in THREAD_COUNTS:
        os.putenv(variable, str(threads))
    from aurora.speech.transcribe import WhisperTranscriber
    from aurora.speech.weights import Weights

    found = [Weights(**one | {"folder": Path(one["folder"])}) for one in weights]
    return {
        one.name: WhisperTranscriber(one, threads=threads, gives_way=gives_way) for one in found
    }


def _answered(
    models: "dict[str, Transcriber]", header: dict[str, Any], sound: bytes
) -> dict[str, Any]:
    import numpy as np

    from aurora.speech.transcribe import SecondOpinion

    first, *others = (models[name] for name in header["models"])
    transcriber = SecondOpinion(first, others[0]) if others else first
    try:
        transcript = transcriber.transcribe(
            np.frombuffer(sound, np.int16),
            header["language"],
            is_partial=header["is_partial"],
            among=header["among"],
        )
    except SpeechUnavailable as refused:
        return {"refused": refused.reason}
    return asdict(transcript)


def _send(answers: BinaryIO, header: dict[str, Any]) -> None:
    answers.write(wire.packed({**header, "rss_mb": _rss_mb()}))
    answers.flush()


def _rss_mb() -> float:
    """Return what this process holds in memory, 0 where the system does not say."""
    statm = Path("/proc/self/statm")
    if not statm.exists():
        return 0.0
    return int(statm.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20


if __name__ == "__main__":
    main()
