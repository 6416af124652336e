"""Where a picture goes: beside the documents that show it, else where git does not look."""

from pathlib import Path

TOP = Path(__file__).parents[2]
SHOWN = TOP / "docs" / "images"
OTHERS = TOP / "build" / "pictures"


def file_of(name: str) -> Path:
    """Return the file of a picture. A document that is to show one more takes it from OTHERS."""
    shown = SHOWN / f"{name}.png"
    if shown.exists():
        return shown
    OTHERS.mkdir(parents=True, exist_ok=True)
    return OTHERS / shown.name
