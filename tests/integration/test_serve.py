"""The line as `aurora serve` starts it."""

import gc
import io
import socket

from rich.console import Console

from aurora.serve import run
from tests.application import set_environment


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
