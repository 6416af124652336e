"""Turns a second of one server process with fifty callers, then a count of what it kept."""

import asyncio
import os
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import orjson

from aurora.records.sql import SqlRecords
from benchmarks.callers import spoken_requests
from benchmarks.figures import FIGURES, figures, new_table, show
from benchmarks.wire import Wire
from tests.integration.line_process import LineProcess
from tests.postgres import running_server

CALLERS = 50
SECONDS = 10.0
TURNS_A_CALL = 10
TARGET = 300.0


@dataclass
class Spoken:
    """One call as its caller knows it."""

    phone: str
    exchanges: list[tuple[str, str]] = field(default_factory=list)
    call_id: str = ""


@dataclass
class Run:
    """What fifty callers sent and got."""

    calls: list[Spoken] = field(default_factory=list)
    times_ms: list[float] = field(default_factory=list)
    seconds: float = 0.0
    server_cpu_s: float = 0.0


async def measure() -> None:
    table = new_table(
        f"Throughput: {CALLERS} callers without a pause for {SECONDS:g} s, calls of "
        f"{TURNS_A_CALL} turns",
        "a turn: POST /api/process-speech, from the request written to the answer read, in ms;\n"
        "one server process, one client process, no model; kept: the caller's words and the\n"
        f"answer as it was read, in order, in the database. Target: {TARGET:g} turns/s, lost 0",
        "records",
        numbers=("turns/s", "server CPU ms/turn", *FIGURES, "kept", "lost"),
    )
    table.add_row("SQLite", *await _measure_on(None))
    try:
        with running_server() as server:
            table.add_row("PostgreSQL", *await _measure_on(server.new_database()))
    except OSError as error:
        table.add_row("PostgreSQL", f"not measured: {error}")
    show(table)


async def _measure_on(url: str | None) -> tuple[str, ...]:
    """Return the figures of one run on SQLite (None) or the PostgreSQL of this URL."""
    with tempfile.TemporaryDirectory(prefix="aurora-bench-") as folder:
        data_dir = Path(folder) / "data"
        settings = {"AURORA_DATABASE_URL": url} if url else {}
        async with LineProcess(data_dir, **settings) as line:
            await line.warm()
            run = await _run(line)
            await line.stop()
        kept = await _kept(run, url, data_dir)
    turns = len(run.times_ms)
    return (
        f"{turns / run.seconds:,.0f}",
        f"{run.server_cpu_s / turns * 1000:.2f}",
        *figures(run.times_ms),
        f"{kept:,} of {turns:,}",
        f"{turns - kept:,}",
    )


async def _run(line: LineProcess) -> Run:
    run, numbers = Run(), count()
    cpu_before = cpu_seconds(line.pid)
    started = time.perf_counter()
    async with asyncio.TaskGroup() as tasks:
        for _ in range(CALLERS):
            tasks.create_task(_caller(line, run, numbers, started + SECONDS))
    run.seconds = time.perf_counter() - started
    run.server_cpu_s = cpu_seconds(line.pid) - cpu_before
    return run


async def _caller(line: LineProcess, run: Run, numbers: Iterator[int], until: float) -> None:
    async with Wire(line.port) as wire:
        while time.perf_counter() < until:
            number = next(numbers)
            call = Spoken(phone=f"+1303{5_000_000 + number}")
            run.calls.append(call)
            for words, request in spoken_requests(number, call.phone, TURNS_A_CALL):
                if time.perf_counter() >= until:
                    break
                started = time.perf_counter()
                answer = orjson.loads(await wire.send(request))
                run.times_ms.append((time.perf_counter() - started) * 1000)
                call.call_id = answer["call_id"]
                call.exchanges.append((words, answer["message"]))


async def _kept(run: Run, url: str | None, data_dir: Path) -> int:
    """Return how many turns the database has, in order, each followed by its answer."""
    records = await SqlRecords.open(url, data_dir)
    kept = 0
    for call in run.calls:
        words = [message.content for message in await records.messages(call.call_id)]
        stored = list(zip(words[::2], words[1::2], strict=False))
        kept += sum(had == sent for had, sent in zip(stored, call.exchanges, strict=False))
    await records.close()
    return kept


def cpu_seconds(pid: int) -> float:
    """Return the processor time a process has used, user and system; 0 where /proc is missing."""
    try:
        after_name = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(after_name[11]) + int(after_name[12])) / os.sysconf("SC_CLK_TCK")
