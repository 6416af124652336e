"""Time the live console: words to the screen, many calls before many consoles."""

from benchmarks import console_load, console_words


async def measure() -> None:
    await console_words.measure()
    await console_load.measure()
