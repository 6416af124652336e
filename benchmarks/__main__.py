"""Run the named measurements, or all: python -m benchmarks [webhooks triage voice ...]."""

import asyncio
import sys
from collections.abc import Callable

from benchmarks import (
    alerts,
    bridge,
    console,
    pages,
    start,
    throughput,
    triage,
    voice,
    webhooks,
)
from benchmarks.figures import describe_machine

MEASUREMENTS: dict[str, Callable[[], object]] = {
    "alerts": lambda: asyncio.run(alerts.measure()),
    "webhooks": lambda: asyncio.run(webhooks.measure()),
    "throughput": lambda: asyncio.run(throughput.measure()),
    "triage": triage.measure,
    "start": lambda: asyncio.run(start.measure()),
    "console": lambda: asyncio.run(console.measure()),
    "bridge": lambda: asyncio.run(bridge.measure()),
    "voice": lambda: asyncio.run(voice.measure()),
    "pages": lambda: asyncio.run(pages.measure()),
}


def main(names: list[str]) -> int:
    """Return the exit status: 2 for an unknown name."""
    if unknown := [name for name in names if name not in MEASUREMENTS]:
        print(f"no such measurement: {', '.join(unknown)}; there are {', '.join(MEASUREMENTS)}")
        return 2
    describe_machine()
    for name in names or MEASUREMENTS:
        MEASUREMENTS[name]()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
