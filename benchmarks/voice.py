"""Measure calls by voice: python -m benchmarks.voice [--help], or as one of all measurements."""

import argparse
import asyncio
from pathlib import Path

from benchmarks import voice_answers, voice_load, voice_model
from benchmarks.figures import describe_machine
from benchmarks.recordings import FOLDER

UTTERANCES = 24
SEQUENTIAL_CALLS = 200
FULL_MACHINE_UTTERANCES = 12


async def measure(
    folder: Path = FOLDER,
    utterances: int = UTTERANCES,
    sequential_calls: int = SEQUENTIAL_CALLS,
    model_calls: int = voice_model.CALLS,
    full_machine: int = FULL_MACHINE_UTTERANCES,
) -> None:
    """Print all tables; a part with nothing to do is left out."""
    if utterances:
        await voice_answers.measure(folder, utterances)
    if full_machine:
        await voice_answers.measure_full(folder, full_machine)
    if model_calls:
        await voice_model.measure(model_calls)
    if sequential_calls:
        await voice_load.measure(sequential_calls)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks.voice", description=__doc__)
    parser.add_argument("--folder", type=Path, default=FOLDER, help="recordings, manifest.jsonl")
    parser.add_argument("--utterances", type=int, default=UTTERANCES, help="0: none of that part")
    parser.add_argument(
        "--sequential-calls", type=int, default=SEQUENTIAL_CALLS, help="0: none of that part"
    )
    parser.add_argument(
        "--model-calls", type=int, default=voice_model.CALLS, help="0: none of that part"
    )
    parser.add_argument(
        "--full-machine", type=int, default=FULL_MACHINE_UTTERANCES, help="utterances; 0: none"
    )
    return parser.parse_args()


if __name__ == "__main__":
    given = _arguments()
    describe_machine()
    asyncio.run(
        measure(
            given.folder,
            given.utterances,
            given.sequential_calls,
            given.model_calls,
            given.full_machine,
        )
    )
