"""Make the pictures of the console that the documents show: python -m tests.e2e.console_pictures.

One of each page, wide, on a telephone and dark; names may be given to make only some.
"""

import asyncio
import re
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.e2e.console_pages import PHONE, WIDE, Console, console, each_page
from tests.e2e.picture_files import take

LOOKS: dict[str, dict[str, Any]] = {
    "wide": WIDE | {"color_scheme": "light"},
    "dark": WIDE | {"color_scheme": "dark"},
    "phone": PHONE | {"color_scheme": "light", "device_scale_factor": 2},
}
MADE_ELSEWHERE = frozenset(
    {
        *("board", "call", "history", "history-call", "analytics", "map", "map-edit"),
        *("procedures", "site", "handbook", "duty"),
    }
)
"""Rooms whose pictures need more calls than these: board_, evidence_ and changing_pictures."""
SETTLED_MS = 400
"""For what a page fetches by itself after it is there."""


def name_of(route: str) -> str:
    """/console/history/calls/{call_id} as history-call."""
    path = re.sub(r"s/\{\w+\}", "", route).removeprefix("/console").strip("/")
    return re.sub(r"\W+", "-", path) or ("board" if route == "/console" else "home")


async def take_all(shown: Console, look: str, wanted: list[str]) -> None:
    async for route, page in each_page(shown, reduced_motion="reduce", **LOOKS[look]):
        name = name_of(route)
        is_asked_for = name in wanted if wanted else name not in MADE_ELSEWHERE
        if route.startswith("/console") and is_asked_for:
            await page.wait_for_timeout(SETTLED_MS)
            await take(page, f"console-{name}-{look}")


async def make(wanted: list[str]) -> None:
    with TemporaryDirectory() as directory:
        async with console(Path(directory)) as shown:
            for look in LOOKS:
                await take_all(shown, look, wanted)


if __name__ == "__main__":
    asyncio.run(make(sys.argv[1:]))
