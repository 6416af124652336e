"""Seconds from typing `aurora serve` to the first answer of /health."""

import asyncio
import tempfile
import time
from pathlib import Path

from benchmarks.figures import figures, new_table, show
from tests.integration.line_process import POLL_S, LineProcess

STARTS = 5
TARGET_S = 3.0


async def measure() -> None:
    table = new_table(
        "Start, in s",
        "from the process being created to /health answering 200, asked every "
        f"{POLL_S * 1000:g} ms; the files are in the\nsystem's cache. Target: under {TARGET_S:g} s",
        "data directory",
    )
    with tempfile.TemporaryDirectory(prefix="aurora-bench-") as folder:
        empty = [await _start(Path(folder) / f"empty-{n}") for n in range(STARTS)]
        table.add_row("empty", *figures(empty))
        table.add_row(
            "used before", *figures([await _start(Path(folder) / "empty-0") for _ in range(STARTS)])
        )
    show(table)


async def _start(data_dir: Path) -> float:
    line = LineProcess(data_dir)
    started = time.perf_counter()
    async with line:
        taken = time.perf_counter() - started
        await line.stop()
    return taken


if __name__ == "__main__":
    asyncio.run(measure())
