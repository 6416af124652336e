"""Two hundred calls before fifty consoles: how late consoles are, and what it costs the line."""

import asyncio
import itertools
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import orjson

from aurora.console.accounts.cookies import SESSION
from benchmarks.callers import spoken_requests
from benchmarks.figures import figures, new_table, show
from benchmarks.own_line import memory_mb, operators_secret, own_line
from benchmarks.throughput import cpu_seconds
from benchmarks.wire import HOST, Wire
from tests.integration.line_process import LineProcess

CALLS = 200
CONSOLES = 50
TIMED = 5
"""Consoles whose every update is timed; the rest are read and thrown away."""
SECONDS = 40.0
PAUSE_S = 10.0
"""Between a caller's turns, as long as a person takes: twenty turns a second in all."""
TARGET_MS = 500.0


@dataclass
class Run:
    """What callers and consoles saw."""

    turns_ms: list[float] = field(default_factory=list)
    updates_ms: list[float] = field(default_factory=list)
    sent_at: dict[bytes, float] = field(default_factory=dict)
    """By a mark in the words."""
    read_bytes: int = 0
    cpu_s: float = 0.0
    memory: float = 0.0

    @property
    def missed(self) -> int:
        return max(len(self.turns_ms) * TIMED - len(self.updates_ms), 0)


async def measure() -> None:
    load = new_table(
        f"{CALLS} calls, a turn each {PAUSE_S:g} s, for {SECONDS:g} s: the line's answers, in ms",
        "POST /api/process-speech, from the request written to the answer read; server and\n"
        "clients share the machine. CPU: of the server process, a turn. Target: p50 and p90 with\n"
        f"{CONSOLES} consoles not over 5 % above those without",
        "consoles",
        numbers=("n", "p50", "p90", "p99", "max", "CPU", "memory"),
    )
    late = new_table(
        "How late an update reaches a console, in ms",
        f"from the words sent to the line to the event with them read by a console;\n"
        f"{TIMED} of {CONSOLES} consoles are timed, all are read. "
        f"Target: p95 under {TARGET_MS:g} ms, 0 missed",
        "",
        numbers=("n", "p50", "p90", "p95", "p99", "max", "missed"),
    )
    for consoles in (0, CONSOLES, 0, CONSOLES):
        run = await _measured(consoles)
        cpu, memory = f"{run.cpu_s / len(run.turns_ms) * 1000:.1f} ms", f"{run.memory:,.0f} MB"
        load.add_row(str(consoles), *figures(run.turns_ms), cpu, memory)
        if consoles:
            n, p50, p90, p99, most = figures(run.updates_ms)
            p95 = sorted(run.updates_ms)[int(len(run.updates_ms) * 0.95)]
            shown = (n, p50, p90, f"{p95:.2f}", p99, most, f"{run.missed:,}")
            late.add_row(f"{CALLS} calls, {run.read_bytes / 1e6:,.0f} MB read", *shown)
    show(load)
    show(late)


async def _measured(consoles: int) -> Run:
    run = Run()
    with tempfile.TemporaryDirectory(prefix="aurora-bench-") as folder:
        async with own_line(Path(folder) / "data") as line:
            await line.warm()
            secret = await operators_secret(line.data_dir)
            async with asyncio.TaskGroup() as tasks:
                readers = [
                    tasks.create_task(_console(line, run, secret, is_timed=number < TIMED))
                    for number in range(consoles)
                ]
                await asyncio.sleep(1.0)
                cpu_s = cpu_seconds(line.pid)
                await _calls(line, run)
                run.cpu_s = cpu_seconds(line.pid) - cpu_s
                run.memory = memory_mb(line.pid)
                await asyncio.sleep(1.5)
                for reader in readers:
                    reader.cancel()
            await line.stop()
    return run


async def _calls(line: LineProcess, run: Run) -> None:
    until = time.perf_counter() + SECONDS
    async with asyncio.TaskGroup() as tasks:
        for number in range(CALLS):
            tasks.create_task(_caller(line, run, number, until))


async def _caller(line: LineProcess, run: Run, number: int, until: float) -> None:
    await asyncio.sleep(PAUSE_S * number / CALLS)
    requests = _requests(number)
    async with Wire(line.port) as wire:
        while time.perf_counter() < until:
            mark, request = next(requests)
            started = time.perf_counter()
            run.sent_at[mark] = started
            await wire.send(request)
            run.turns_ms.append((time.perf_counter() - started) * 1000)
            await asyncio.sleep(PAUSE_S)


def _requests(number: int) -> Iterator[tuple[bytes, bytes]]:
    """Yield a mark that no other words have, and the request whose words end in it."""
    for call in itertools.count():
        phone = f"+1303{5_000_000 + number + call * CALLS}"
        for words, request in spoken_requests(number + call * CALLS, phone, 10):
            yield orjson.dumps(words)[1:-1], request


async def _console(line: LineProcess, run: Run, secret: str, *, is_timed: bool) -> None:
    reader, writer = await asyncio.open_connection(HOST, line.port, limit=2**26)
    lines = (f"Host: {HOST}", f"Cookie: {SESSION}={secret}", "", "")
    writer.write("\r\n".join(("GET /console/board/events HTTP/1.1", *lines)).encode())
    head = await reader.readuntil(b"\r\n\r\n")
    assert b" 200 " in head.splitlines()[0], head
    seen: set[bytes] = set()
    try:
        while True:
            if not is_timed:
                piece = await reader.read(2**20)
                run.read_bytes += len(piece)
                continue
            event = await reader.readuntil(b"\n\n")
            now = time.perf_counter()
            run.read_bytes += len(event)
            for mark in run.sent_at.keys() - seen:
                if mark in event:
                    seen.add(mark)
                    run.updates_ms.append((now - run.sent_at[mark]) * 1000)
    finally:
        writer.close()
