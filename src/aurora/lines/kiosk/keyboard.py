"""The keys of a kiosk, one at a time and without Enter; no keys where there is no terminal."""

import asyncio
import codecs
import os
import re
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager

POLL_S = 0.05
MOST_AT_ONCE = 1024
SEQUENCE = re.compile(r"\x1b(\[[0-9;]*[~A-Za-z]|O[A-Za-z])")
"""What a key that is no character sends: the digits in it were not pressed."""


@asynccontextmanager
async def watched_keys(press: Callable[[str], None]) -> AsyncIterator[None]:
    """Call `press` with each key for as long as this is open."""
    if not sys.stdin.isatty():
        yield
    elif sys.platform == "win32":
        watching = asyncio.create_task(_poll(press))
        try:
            yield
        finally:
            watching.cancel()
    else:
        with _each_key_at_once():
            loop, terminal = asyncio.get_running_loop(), sys.stdin.fileno()
            decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")

            def read() -> None:
                # Not through sys.stdin: it would keep what it does not give at once.
                typed = _typed(terminal)
                if not typed:
                    loop.remove_reader(terminal)
                for key in SEQUENCE.sub("", decoder.decode(typed)):
                    press(key)

            loop.add_reader(terminal, read)
            try:
                yield
            finally:
                loop.remove_reader(terminal)


def _typed(terminal: int) -> bytes:
    """Return what was typed; nothing where the terminal is gone."""
    try:
        return os.read(terminal, MOST_AT_ONCE)
    except OSError:
        return b""


@contextmanager
def _each_key_at_once() -> Iterator[None]:
    import termios
    import tty

    before = termios.tcgetattr(sys.stdin)
    tty.setcbreak(sys.stdin)
    try:
        yield
    finally:
        termios.tcsetattr(sys.stdin, termios.TCSADRAIN, before)


async def _poll(press: Callable[[str], None]) -> None:
    import msvcrt

    while True:
        while msvcrt.kbhit():  # type: ignore[attr-defined]
            press(msvcrt.getwch())  # type: ignore[attr-defined]
        await asyncio.sleep(POLL_S)
