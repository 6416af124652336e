"""Run the named measurements, or all: python -m benchmarks [webhooks triage voice ...]."""

import asyncio
import sys
import traceback
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
    """Return the exit status: 1 when a measurement broke, 2 for an unknown name."""
    if unknown := [name for name in names if name not in MEASUREMENTS]:
        print(f"no such measurement: {', '.join(unknown)}; there are {', '.join(MEASUREMENTS)}")
        return 2
    describe_machine()
    broken = [name for name in names or MEASUREMENTS if not _is_measured(name)]
    if broken:
        print(f"broke and left out: {', '.join(broken)}")
    return 1 if broken else 0


def _is_measured(name: str) -> bool:
    try:
        MEASUREMENTS[name]()
    # An hour of figures must not be lost with one of them: what broke is told, and at the end.
    except Exception:
        traceback.print_exc()
        return False
    return True


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
