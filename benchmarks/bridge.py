"""Time a person's voice between caller and console, and Aurora's return when they are gone."""

import asyncio
import time
from collections.abc import Callable

import httpx2
import numpy as np

from aurora.speech.codec import FRAME_S, mulaw_decode
from benchmarks.figures import figures, new_table, show
from benchmarks.stand_in_speech import running_line
from tests.console_operator import CALLER, QUIET, Operator, is_loud, operating, tone
from tests.integration.browser_page import Page, page

SENTENCES = 50
DROPS = 20
REST_S = 0.25
WORDS = "hello"


async def measure() -> None:
    """Print how late sound is, and how long a caller is alone when their operator's socket dies."""
    async with running_line(WORDS, 60.0) as line:
        async with page(line.url) as caller:
            call = (await caller.until("call"))["id"]
            await caller.until("mark")
            hearing = asyncio.create_task(_hear(caller))
            async with operating(line.url, call) as operator:
                to_operator = [
                    await _caller_to_operator(caller, operator) for _ in range(SENTENCES)
                ]
                await operator.takes_over()
                await asyncio.sleep(2.0)
                to_caller = [await _operator_to_caller(caller, operator) for _ in range(SENTENCES)]
            hearing.cancel()
        names = (f"a-call-of-this-bench-{number:04}" for number in range(DROPS))
        alone = [await _drop(line.url, name) for name in names]
    table = new_table(
        "An operator's browser and a caller's, ms",
        "one machine, line in a process of its own; sockets without browsers: what a browser adds\n"
        "is its own buffering (60 ms kept ahead by the page's player) and its microphone",
        "from, to",
    )
    table.add_row("caller's frame sent, operator has it", *figures(to_operator))
    table.add_row("operator's frame sent, caller has it", *figures(to_caller))
    table.add_row("operator's socket dies, Aurora's first sound at the caller", *figures(alone))
    show(table)


async def _caller_to_operator(caller: Page, operator: Operator) -> float:
    operator.heard[CALLER].clear()
    began = time.perf_counter()
    await caller.socket.send(tone())
    await operator.until(lambda: is_loud(operator.sound_of(CALLER)))
    took_ms = (time.perf_counter() - began) * 1000
    for _ in range(round(REST_S / FRAME_S)):
        await caller.socket.send(bytes(320))
        await asyncio.sleep(FRAME_S)
    return took_ms


async def _operator_to_caller(caller: Page, operator: Operator) -> float:
    await asyncio.sleep(REST_S)
    caller.sound.clear()
    operator.is_sending = False
    await asyncio.sleep(2 * FRAME_S)
    began = time.perf_counter()
    await operator.socket.send(tone())
    await _until(lambda: is_loud(mulaw_decode(bytes(caller.sound))))
    took_ms = (time.perf_counter() - began) * 1000
    operator.voice, operator.is_sending = QUIET, True
    return took_ms


async def _drop(url: str, name: str) -> float:
    """Return how long a caller is alone."""
    async with page(url, name) as caller:
        call = (await caller.until("call"))["id"]
        await caller.until("mark")
        async with operating(url, call) as operator:
            await operator.takes_over()
            hearing = asyncio.create_task(_hear(caller))
            await asyncio.sleep(2.0)
            caller.sound.clear()
            operator.socket.transport.abort()
            began = time.perf_counter()
            await _until(lambda: _has_voice(caller))
            took_ms = (time.perf_counter() - began) * 1000
            hearing.cancel()
    async with httpx2.AsyncClient(base_url=url, trust_env=False) as client:
        await client.post(f"/api/call/{call}/end")
    return took_ms


def _has_voice(caller: Page) -> bool:
    heard = mulaw_decode(bytes(caller.sound))
    return bool(np.abs(heard.astype(np.int32)).max(initial=0) > 100)


async def _hear(caller: Page) -> None:
    """Take what comes in, as a page does."""
    while True:
        received = await caller.socket.recv()
        if isinstance(received, bytes):
            caller.sound += received


async def _until(is_so: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not is_so():  # noqa: ASYNC110 - a socket has no event for it
            await asyncio.sleep(0.0005)
