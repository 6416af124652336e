"""Server time of the console's pages over a long history, on both databases."""

import random
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx2
import pytest
from sqlalchemy import text

from aurora.accounts.person import Role
from aurora.console.analytics.routes import STRETCHES
from aurora.records.sql import SqlRecords
from benchmarks.figures import figures, new_table, out, show
from benchmarks.made_history import NAMES, fill, made_calls
from tests.application import application
from tests.postgres import running_server
from tests.signing_in import signed_in

CALLS = 100_000
DAYS = 730
ASKED = 60
"""Times that each kind of page is asked for, with other words each time."""
TARGET_MS = 200
WORDS = (
    *("smoke", "gas", "forklift battery", "rauch", "humo", "drum of solvent", "ladder", "the"),
    *("press shop", "zone b smoke", '"gas corridor"', "gaskorridor", "keller", "confined", "a"),
    *("12025550042", "nothing has these words", "s", "not spoken lamp", "coughing muster"),
)


async def measure() -> None:
    table = new_table(
        f"Pages of the console over {CALLS:,} calls of {DAYS} days",
        "one page: the request handed to the application until the whole answer is made, in ms;\n"
        f"one after another, in one process with the database. Target: p95 under {TARGET_MS} ms",
        "records",
        "page",
        numbers=("p95", "n", "p50", "p90", "p99", "max"),
    )
    with tempfile.TemporaryDirectory(prefix="aurora-bench-") as folder:
        await _measure_on(table, "SQLite", None, Path(folder))
    with running_server() as server, tempfile.TemporaryDirectory(prefix="aurora-bench-") as folder:
        await _measure_on(table, "PostgreSQL", server.new_database(), Path(folder))
    show(table)


async def _measure_on(table: object, name: str, url: str | None, folder: Path) -> None:
    records = await SqlRecords.open(url, folder)
    started = time.perf_counter()
    await fill(records, made_calls(CALLS, datetime.now(UTC), DAYS))
    out.print(f"{name}: {CALLS:,} calls written in {time.perf_counter() - started:.0f} s")
    if url:
        # What autovacuum does by itself within a minute.
        await records.beside.write(lambda c: c.execute(text("ANALYZE")) and None)
    await records.close()
    with pytest.MonkeyPatch.context() as patch:
        settings = {"AURORA_DATABASE_URL": url} if url else {}
        async with application(patch, folder, settings) as (client, parts):
            client.headers.update(await signed_in(parts, Role.VIEWER))
            for page, addresses in (await _pages(client)).items():
                times = [await _time(client, address) for address in addresses]
                ordered = sorted(times)
                p95 = ordered[max(0, round(0.95 * len(ordered)) - 1)]
                table.add_row(name, page, f"{p95:.0f}", *figures(times))  # type: ignore[attr-defined]


async def _pages(client: httpx2.AsyncClient) -> dict[str, list[str]]:
    chance = random.Random(6)  # noqa: S311 - which pages are asked for
    path = "/console/history"
    found = (await client.get(path)).text
    calls = [part.partition('"')[0] for part in found.split(f'href="{path}/calls/')[1:]]
    calls = [call for call in calls if call.startswith("call_")]
    days = [datetime.now(UTC).date() - timedelta(days=chance.randrange(DAYS)) for _ in range(ASKED)]
    return {
        "history, newest": [path] * ASKED,
        "history, deep": [f"{path}?before={chance.randrange(CALLS)}" for _ in range(ASKED)],
        "search": [f"{path}?q={chance.choice(WORDS)}" for _ in range(ASKED)],
        "search and filters": list(_filtered(chance, path)),
        "filters alone": [
            f"{path}?hazard={hazard}&zone={zone}&answer=waiting&drill=yes"
            for hazard in ("fire", "medical", "drowning", "fall", "chemical", "none")
            for zone in "abcdef"
        ],
        "search within days": [
            f"{path}?q={chance.choice(WORDS)}&from={day}&until={day + timedelta(days=30)}"
            for day in days
        ],
        "record of a call": [f"{path}/calls/{chance.choice(calls)}" for _ in range(ASKED)],
        **{
            f"analytics, {days} days": [f"/console/analytics?days={days}"] * (ASKED // 3)
            for days in STRETCHES
        },
        "map": ["/console/map"] * ASKED,
    }


def _filtered(chance: random.Random, path: str) -> Iterator[str]:
    for _ in range(ASKED):
        words = chance.choice((*WORDS, *(name.partition(" ")[0] for name in NAMES)))
        urgency = chance.choice(("critical", "urgent", "normal", "assistive"))
        language = chance.choice(("", "en", "de", "fr"))
        yield f"{path}?q={words}&urgency={urgency}&language={language}&drill=no"


async def _time(client: httpx2.AsyncClient, address: str) -> float:
    started = time.perf_counter()
    answer = await client.get(address)
    taken = (time.perf_counter() - started) * 1000
    assert answer.status_code == 200, f"{address}: {answer.status_code} {answer.text[:200]}"
    return taken
