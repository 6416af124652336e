"""Waiting for what another task brings about, on a machine that may be busy with other tests."""

import asyncio
from collections.abc import Awaitable, Callable
from inspect import isawaitable
from typing import TypeVar

PATIENT_S = 60.0
"""A wait ends once what it waits for is there; this only says when a test has failed."""
T = TypeVar("T")


async def until(reached: Callable[[], T | Awaitable[T]], within_s: float = PATIENT_S) -> T:
    """Return what is reached, once it is; it may have to be asked for."""
    async with asyncio.timeout(within_s):
        while True:
            found = reached()
            told: T = await found if isawaitable(found) else found  # type: ignore[assignment]
            if told:
                return told
            await asyncio.sleep(0.02)  # what it waits for has no event
