"""The line as `aurora serve` starts it."""

import gc
import io
import os
import socket
from collections.abc import Iterator

import pytest
from rich.console import Console

from aurora.serve import run
from tests.application import set_environment


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    """A line keeps what it writes to itself; what other tests write is read by others."""
    before = os.umask(0o022)
    yield
    os.umask(before)


class Server:
    """Stands in for the web server: notes what holds when calls would be answered."""

    was_collecting: bool | None = None

    def __init__(self, config: object) -> None:
        pass

    async def serve(self, sockets: list[socket.socket]) -> None:
        Server.was_collecting = gc.isenabled()


async def test_a_line_that_answers_collects_garbage_though_its_start_did_not(monkeypatch, tmp_path):
    set_environment(monkeypatch, tmp_path, {})
    monkeypatch.setattr("aurora.serve.uvicorn.Server", Server)
    gc.disable()
    try:
        await run("127.0.0.1", 0, Console(file=io.StringIO()))
    finally:
        gc.enable()
        gc.unfreeze()

    assert Server.was_collecting


async def test_nobody_else_on_the_machine_reads_what_a_line_keeps(monkeypatch, tmp_path):
    set_environment(monkeypatch, tmp_path, {})
    monkeypatch.setattr("aurora.serve.uvicorn.Server", Server)
    try:
        await run("127.0.0.1", 0, Console(file=io.StringIO()))
    finally:
        gc.unfreeze()

    kept = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert "plans.db" in {path.name for path in kept}
    assert [path for path in kept if path.stat().st_mode & 0o077] == []
