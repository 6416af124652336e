"""Make the pictures of history, record, figures and map: python -m tests.e2e.evidence_pictures."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from aurora.accounts.person import Role
from aurora.parts import Parts
from benchmarks.made_history import fill, made_calls
from tests.e2e.console_page import console
from tests.e2e.picture_files import take

LOOKS: dict[str, dict[str, Any]] = {
    "wide": {"width": 1440, "height": 1000},
    "dark": {"width": 1440, "height": 1000, "color_scheme": "dark"},
    "phone": {"width": 375, "height": 812, "device_scale_factor": 2},
}
CALLERS = (
    ("+12025550111", "there is a fire in zone a, I see flames"),
    ("+12025550112", "gas leak in zone b, the east gate is blocked"),
    ("+12025550115", "the lights flicker in zone d"),
)


async def made_up(url: str, request: Any, parts: Parts) -> dict[str, str]:
    """Fill a line with calls; return the addresses of the pages by picture."""
    await fill(parts.records, made_calls(2_000, datetime.now(UTC), 100))
    parts.desk.start()
    for number, words in CALLERS:
        await request.post(f"{url}/api/process-speech", data={"speech": words, "ph_no": number})
    await request.put(f"{url}/api/wind", data={"from": "NW", "by": "Ada Field"})
    await asyncio.sleep(2)
    await parts.desk.close()
    newest = await parts.records.calls(limit=9)
    call = next(one for one in newest if one.from_number == CALLERS[0][0])
    return {
        "history": "/console/history?q=smoke&drill=no",
        "record": f"/console/history/calls/{call.id}",
        "analytics": "/console/analytics",
        "map": "/console/map",
        "map-edit": "/console/map/edit",
    }


async def make() -> None:
    for look, options in LOOKS.items():
        with TemporaryDirectory() as directory, pytest.MonkeyPatch.context() as patch:
            opened = console(patch, Path(directory), Role.ADMIN, reduced_motion="reduce", **options)
            async with opened as (page, url, parts):
                for name, address in (await made_up(url, page.request, parts)).items():
                    await page.goto(f"{url}{address}")
                    await page.wait_for_timeout(300)
                    await take(page, f"{name}-{look}")


if __name__ == "__main__":
    asyncio.run(make())
