"""The keys of a kiosk on a real terminal."""

import asyncio
import os
from collections.abc import Iterator

import pytest

from aurora.lines.kiosk.keyboard import watched_keys
from tests.waiting import PATIENT_S


@pytest.fixture
def terminal(monkeypatch) -> Iterator[int]:
    """What is written into it was typed."""
    master, slave = os.openpty()
    with os.fdopen(slave) as stdin:
        monkeypatch.setattr("sys.stdin", stdin)
        yield master
    os.close(master)


async def typed(terminal: int, text: str, *, until: str) -> list[str]:
    keys: list[str] = []
    is_pressed = asyncio.Event()

    def press(key: str) -> None:
        keys.append(key)
        if key == until:
            is_pressed.set()

    async with watched_keys(press), asyncio.timeout(PATIENT_S):
        os.write(terminal, text.encode())
        await is_pressed.wait()
    return keys


async def test_every_one_of_several_keys_pressed_at_once_counts(terminal):
    assert await typed(terminal, "1é ", until=" ") == ["1", "é", " "]


async def test_a_key_that_is_no_character_presses_none_of_the_digits_it_sends(terminal):
    assert await typed(terminal, "\x1b[15~\x1b[A\x1bOP ", until=" ") == [" "]
