"""A process that transcribes: loads the models once, answers one request at a time until EOF."""

import os
import resource
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from aurora.speech import wire

if TYPE_CHECKING:
    from aurora.speech.transcribe import Transcriber

NICENESS = 5
"""Below the event loop, whose frames may not wait for a transcript."""


def main() -> None:
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    # What a library prints must not end up between two answers.
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    os.nice(NICENESS)
    requests = sys.stdin.buffer
    order, _ = wire.read(requests)
    transcribers = _loaded(order)
    _send(answers, {"ready": True, "rss_mb": _rss_mb()})
    try:
        while True:
            header, sound = wire.read(requests)
            _send(answers, _answered(transcribers, header, sound))
    except EOFError:
        return


def _loaded(order: dict[str, Any]) -> "dict[str, Transcriber]":
    # Read when numpy and the model library load, so it is set before either is imported.
    for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.putenv(variable, str(order["threads"]))
    from aurora.speech.transcribe import WhisperTranscriber
    from aurora.speech.weights import Weights

    found = [
        Weights(**weights | {"folder": Path(weights["folder"])}) for weights in order["weights"]
    ]
    return {
        weights.name: WhisperTranscriber(weights, threads=order["threads"]) for weights in found
    }


def _answered(
    transcribers: "dict[str, Transcriber]", header: dict[str, Any], sound: bytes
) -> dict[str, Any]:
    import numpy as np

    transcriber = transcribers[header["model"]]
    transcript = transcriber.transcribe(
        np.frombuffer(sound, np.int16), header["language"], is_partial=header["is_partial"]
    )
    return asdict(transcript)


def _send(answers: BinaryIO, header: dict[str, Any]) -> None:
    answers.write(wire.packed(header))
    answers.flush()


def _rss_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
