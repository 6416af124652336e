"""Time the telephone's webhooks: signed, over kept connections, with and without a model."""

import asyncio
import itertools
import json
import sqlite3
import tempfile
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from pathlib import Path

from benchmarks.callers import SIGNED, WebhookCall, action_of
from benchmarks.figures import figures, new_table, show
from benchmarks.model_process import running_model
from benchmarks.wire import Wire
from tests.integration.line_process import LineProcess

WARM_UP_CALLS = 20
TARGET_MS = 10.0
STAGES = ("triage", "model_first_token", "model", "total")
Times = dict[str, list[float]]


@dataclass(frozen=True, slots=True)
class Load:
    """So many callers at once, who take so long over each turn."""

    name: str
    callers: int
    calls: int
    pause_s: float = 0.0


LOADS = (
    Load("1 call at a time", callers=1, calls=250),
    Load("50 calls, a turn a second each", callers=50, calls=100, pause_s=1.0),
    Load("50 calls, no pause at all", callers=50, calls=300),
)


async def measure() -> None:
    table = new_table(
        "Webhooks, in ms",
        "from the request written to the last byte of TwiML read, at the client over a kept\n"
        "loopback connection; signature checked, answer durable on SQLite before it is sent",
        "model",
        "load",
        "webhook",
    )
    stages = new_table(
        "The server's own stages of /process-speech, in ms, from the records",
        "total: from the turn's beginning to TwiML rendered, before it is made durable",
        "model",
        "load",
        "stage",
    )
    for model in ("none", "stand-in"):
        for load in LOADS:
            async with _line(has_model=model != "none") as line:
                times = await _load_line(line, load)
                await line.stop()
                for webhook, values in times.items():
                    table.add_row(model, load.name, webhook, *figures(values))
                for stage, values in _stages(line.data_dir).items():
                    stages.add_row(model, load.name, stage, *figures(values))
        table.add_section()
        stages.add_section()
    show(table)
    print(f"Target: /incoming-call p99 under {TARGET_MS:g} ms at 1 call at a time.\n")
    show(stages)


@asynccontextmanager
async def _line(*, has_model: bool) -> AsyncIterator[LineProcess]:
    with tempfile.TemporaryDirectory(prefix="aurora-bench-") as folder:
        data_dir = Path(folder) / "data"
        if not has_model:
            async with LineProcess(data_dir, **SIGNED) as line:
                await line.warm()
                yield line
            return
        async with running_model() as model, LineProcess(data_dir, **SIGNED, **model) as line:
            await line.warm()
            yield line


async def _load_line(line: LineProcess, load: Load) -> Times:
    await _calls(line, Load("warm-up", callers=1, calls=WARM_UP_CALLS))
    return await _calls(line, load)


async def _calls(line: LineProcess, load: Load) -> Times:
    times: Times = {"/incoming-call": [], "/process-speech": []}
    numbers = iter(range(load.calls))
    async with asyncio.TaskGroup() as tasks:
        for caller in range(load.callers):
            tasks.create_task(_caller(line, load, numbers, times, caller / load.callers))
    return times


async def _caller(
    line: LineProcess, load: Load, numbers: Iterator[int], times: Times, late_by: float
) -> None:
    await asyncio.sleep(load.pause_s * late_by)
    async with Wire(line.port) as wire:
        for number in numbers:
            call = WebhookCall(number)
            answer = await _timed(wire, call.ring(), times["/incoming-call"])
            for words in call.words:
                await asyncio.sleep(load.pause_s)
                if b"<Gather" not in answer:
                    break
                webhook = call.say(action_of(answer), words)
                answer = await _timed(wire, webhook, times["/process-speech"])
            await wire.send(call.hang_up())


async def _timed(wire: Wire, request: bytes, times: list[float]) -> bytes:
    started = time.perf_counter()
    answer = await wire.send(request)
    times.append((time.perf_counter() - started) * 1000)
    return answer


def _stages(data_dir: Path) -> Times:
    """Return what was measured of each stage of the caller's turns, warm-up left out."""
    query = "SELECT details FROM messages WHERE role = 'assistant' AND number > 1 ORDER BY at"
    with closing(sqlite3.connect(data_dir / "aurora.db")) as database:
        rows = database.execute(query).fetchall()
    stages: Times = defaultdict(list)
    for (details,) in itertools.islice(rows, WARM_UP_CALLS * 5, None):
        stages_ms = json.loads(details).get("stages_ms", {})
        for stage in STAGES:
            if stage in stages_ms:
                stages[stage].append(stages_ms[stage])
    return {stage: stages[stage] for stage in STAGES if stage in stages}
