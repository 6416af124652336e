"""The keys of a kiosk, one at a time and without Enter; no keys where there is no terminal."""

import asyncio
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager

POLL_S = 0.05


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
            loop = asyncio.get_running_loop()
            loop.add_reader(sys.stdin, lambda: press(sys.stdin.read(1)))
            try:
                yield
            finally:
                loop.remove_reader(sys.stdin)


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
