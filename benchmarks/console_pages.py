"""The console's pages over a long history: 100,000 calls in the database, 1,000 ended this hour."""

import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx2
from sqlalchemy import create_engine, insert

from aurora.console.accounts.cookies import SESSION
from aurora.conversation.call import Call, CallPlace, EndReason
from aurora.conversation.record import Entry, Event, Message
from aurora.levels import Hazard, Urgency
from aurora.records.rows import prepare
from aurora.records.tables import calls, events, messages
from benchmarks.figures import figures, new_table, show
from benchmarks.own_line import operators_secret, own_line

CALLS = 100_000
LATELY = 1_000
ASKED = 60
TARGET_MS = 200.0
IN_ONE_INSERT = 5_000
LEVELS = (Urgency.CRITICAL, Urgency.URGENT, Urgency.NORMAL, Urgency.ASSISTIVE)


async def measure() -> None:
    table = new_table(
        f"Pages over {CALLS:,} calls, {LATELY:,} of them ended within the hour, in ms",
        "from the request sent to the last byte read, over a kept connection. "
        f"Target: p95 under {TARGET_MS:g} ms",
        "page",
        numbers=("n", "p50", "p90", "p95", "p99", "max"),
    )
    with tempfile.TemporaryDirectory(prefix="aurora-bench-") as folder:
        line = own_line(Path(folder) / "data")
        async with line:
            await line.stop()
            fill(Path(folder) / "data" / "aurora.db")
            await line.start()
            await line.warm()
            secret = await operators_secret(line.data_dir)
            for page in ("/console", f"/console/calls/{_id(CALLS - 1)}"):
                times = await _timed(line.url, page, secret)
                n, p50, p90, p99, most = figures(times)
                p95 = sorted(times)[int(len(times) * 0.95)]
                table.add_row(page[:40], n, p50, p90, f"{p95:.2f}", p99, most)
            await line.stop()
    show(table)


async def _timed(url: str, page: str, secret: str) -> list[float]:
    times, headers = [], {"Accept": "text/html", "Cookie": f"{SESSION}={secret}"}
    async with httpx2.AsyncClient(base_url=url, timeout=60) as client:
        for _ in range(ASKED):
            started = time.perf_counter()
            answer = await client.get(page, headers=headers)
            answer.raise_for_status()
            times.append((time.perf_counter() - started) * 1000)
    return times


def fill(database: Path) -> None:
    """Put the calls into an empty database of the line's own making."""
    now = datetime.now(UTC)
    engine = create_engine(f"sqlite:///{database}")
    with engine.begin() as connection:
        for first in range(0, CALLS, IN_ONE_INSERT):
            made = [_prepared(number, now) for number in range(first, first + IN_ONE_INSERT)]
            rows = [
                {**one.call, "message_count": len(one.messages), "event_count": len(one.events)}
                for one in made
            ]
            connection.execute(insert(calls), rows)
            for table, kind in ((messages, "messages"), (events, "events")):
                connection.execute(
                    insert(table),
                    [
                        {**row, "number": number}
                        for one in made
                        for number, row in enumerate(getattr(one, kind), 1)
                    ],
                )
    engine.dispose()


def _prepared(number: int, now: datetime):  # type: ignore[no-untyped-def]
    age_s = (CALLS - number) * (3600 / LATELY)
    ended = now - timedelta(seconds=age_s)
    began, urgency = ended - timedelta(minutes=3), LEVELS[number % 4]
    call = Call(
        id=_id(number),
        line="api",
        site="example_works",
        worker_id=f"worker_{number}",
        language="en",
        started_at=began,
        from_number=f"+1202{5_000_000 + number}",
        last_message_at=ended,
        ended_at=ended,
        end_reason=EndReason.HUNG_UP,
        urgency=urgency,
        hazard=Hazard.FIRE,
        place=CallPlace("zone b", "b"),
    )
    said: list[Message] = [
        Message(
            "user" if turn % 2 == 0 else "assistant",
            f"words {turn} of {number}",
            ended,
            urgency.value,
        )
        for turn in range(6)
    ]
    return prepare(Entry(call, said, [Event("ended", ended, {"reason": "hung_up"})]))


def _id(number: int) -> str:
    return f"call_bench_{number:06}"
