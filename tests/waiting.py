"""Waiting for what another task brings about, on a machine that may be busy with other tests."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

PATIENT_S = 60.0
"""A wait ends once what it waits for is there; this only says when a test has failed."""
T = TypeVar("T")


async def until(reached: Callable[[], T], within_s: float = PATIENT_S) -> T:
    """Return what is reached, once it is."""
    async with asyncio.timeout(within_s):
        while not (found := reached()):  # noqa: ASYNC110 - what it waits for has no event
            await asyncio.sleep(0.02)
        return found
