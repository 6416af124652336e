"""Make the pictures of the rooms where texts are changed: python -m tests.e2e.changing_pictures."""

import asyncio
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from aurora.accounts.person import Person, Role
from aurora.parts import Parts
from aurora.review.versions import Kind
from tests.e2e.changing import ANA, console, open_as
from tests.e2e.chromium import browsing
from tests.e2e.picture_files import take

WIDE = {"width": 1440, "height": 900}
SIZES: dict[str, dict[str, Any]] = {
    "wide": WIDE,
    "dark": WIDE | {"color_scheme": "dark"},
    "phone": {"width": 375, "height": 800},
}
OLD = "Get out now. Pull the alarm as you leave. No lifts."


async def review(parts: Parts) -> str:
    """A change that waits for a second person."""
    writer = Person("bo", "Bo Second", Role.ADMIN)
    reviewing = parts.review.reviewing
    draft = await reviewing.begin(Kind.PROCEDURE, "fire.en", writer, "Clearer for contractors")
    words = draft.content.replace(OLD, "Leave the building now. Pull the alarm as you go.")
    draft = await reviewing.save(draft.id, writer, draft.sha256, words)
    await reviewing.check(draft.id, writer)
    await reviewing.submit(draft.id, writer, draft.sha256, "Please read it aloud")
    return f"/console/procedures/versions/{draft.id}"


async def make() -> None:
    with TemporaryDirectory() as directory, pytest.MonkeyPatch.context() as patch:
        async with console(patch, Path(directory)) as (url, parts):
            pages = {
                "procedures": "/console/procedures",
                "procedure-review": await review(parts),
                "site": "/console/site",
                "handbook": "/console/handbook?q=When+may+I+use+a+ladder%3F",
                "duty": "/console/duty?procedure=fire",
            }
            for size, options in SIZES.items():
                async with browsing(reduced_motion="reduce", **options) as page:
                    for name, path in pages.items():
                        await open_as(page, url, ANA, path)
                        await take(page, f"console-{name}-{size}")


if __name__ == "__main__":
    asyncio.run(make())
