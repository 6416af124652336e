"""Take a picture: beside the documents that show it, else where git does not look."""

from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.async_api import Page

TOP = Path(__file__).parents[2]
SHOWN = TOP / "docs" / "images"
OTHERS = TOP / "build" / "pictures"
COLOURS = 128
"""Few: a repository keeps every picture for ever."""


async def take(page: Page, name: str) -> None:
    """Write what a page shows. A document that is to show one more takes it from OTHERS."""
    shot = Image.open(BytesIO(await page.screenshot())).convert("RGB")
    few = shot.quantize(COLOURS, dither=Image.Dither.NONE)
    few.save(file_of(name), optimize=True)


def file_of(name: str) -> Path:
    """Return the file of a picture."""
    shown = SHOWN / f"{name}.png"
    if shown.exists():
        return shown
    OTHERS.mkdir(parents=True, exist_ok=True)
    return OTHERS / shown.name
