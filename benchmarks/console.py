"""Time the console: words to the screen, many calls before many consoles, a long history."""

from benchmarks import console_load, console_pages, console_words


async def measure() -> None:
    await console_words.measure()
    await console_load.measure()
    await console_pages.measure()
