"""Every page of the console over a long history, on both databases: how long, and how much work."""

import asyncio
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path

import httpx2
import pytest
from fastapi import FastAPI
from sqlalchemy import text

from aurora.accounts.person import Role
from aurora.app import create_app
from aurora.parts import Parts
from aurora.records.sql import SqlRecords
from benchmarks.figures import new_table, out, show
from benchmarks.made_history import busy_hour, fill, made_calls
from benchmarks.made_rooms import furnish
from benchmarks.page_addresses import OFF, Pages, addresses
from tests.application import application
from tests.postgres import running_server
from tests.routes import answer, routes_of
from tests.signing_in import signed_in

CALLS = 99_000
LATELY = 1_000
"""Calls of the last hour, which the board has before it."""
DAYS = 730
ASKED = 60
"""Times that each kind of page is asked for, with other words each time where it takes any."""
TARGET_MS = 200
BEAT_S = 0.001
NOT_PAGES = ("file,", "record as PDF")
"""Written while they are sent, or drawn: no target."""
SETTINGS = {
    "AURORA_OIDC_ISSUER": "http://127.0.0.1:1",
    "AURORA_OIDC_CLIENT_ID": "aurora",
    "AURORA_OIDC_ROLES": "*=viewer",
}


@dataclass
class Timed:
    """What the requests for one page took, in ms."""

    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    """Of the line's process: its pages, its threads and the database in it."""
    held: list[float] = field(default_factory=list)
    """The longest that nothing else could run on the event loop."""

    @property
    def p95(self) -> float:
        return percentile_of(self.wall, 0.95)


def percentile_of(values: Sequence[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[max(0, round(share * len(ordered)) - 1)]


async def measure() -> None:
    table = new_table(
        f"Every page of the console over {CALLS + LATELY:,} calls, {LATELY:,} of the last hour",
        "the request handed to the application until the whole answer is made, in ms, one after\n"
        "another, in one process with the database's client. CPU: of that process. first: the first"
        f"\ntime after a start. loop: the longest it was held. Target: p95 under {TARGET_MS} ms",
        "records",
        "page",
        numbers=("p95", "n", "p50", "first", "max", "CPU p50", "loop"),
    )
    slow = []
    for name, found in (await measured_pages()).items():
        for page, timed in found.items():
            table.add_row(name, page, *_row(timed))
            if timed.p95 > TARGET_MS and not page.startswith(NOT_PAGES):
                slow.append(f"{name}: {page}")
    show(table)
    out.print(f"over {TARGET_MS} ms: {', '.join(slow) or 'none'}")


async def measured_pages() -> dict[str, dict[str, Timed]]:
    """Return by database what each page took."""
    found = {}
    with tempfile.TemporaryDirectory(prefix="aurora-bench-") as folder:
        found["SQLite"] = await _measured("SQLite", None, Path(folder))
    with running_server() as server, tempfile.TemporaryDirectory(prefix="aurora-bench-") as folder:
        url = server.new_database()
        found["PostgreSQL"] = await _measured("PostgreSQL", url, Path(folder))
    return found


async def _measured(name: str, url: str | None, folder: Path) -> dict[str, Timed]:
    now = datetime.now(UTC)
    records = await SqlRecords.open(url, folder)
    started = time.perf_counter()
    await fill(records, chain(made_calls(CALLS, now, DAYS), busy_hour(LATELY, now)))
    out.print(f"{name}: calls written in {time.perf_counter() - started:.0f} s")
    if url:
        # What autovacuum does by itself within a minute.
        await records.beside.write(lambda c: c.execute(text("ANALYZE")) and None)
    await records.close()
    with pytest.MonkeyPatch.context() as patch:
        settings = SETTINGS | ({"AURORA_DATABASE_URL": url} if url else {})
        async with application(patch, folder, settings) as (client, parts):
            made = await furnish(parts, now)
            client.headers.update(await signed_in(parts, Role.ADMIN))
            live = await _open_call(client)
            opened = await client.post("/console/muster/open", data={"reason": "smoke, zone b"})
            assert opened.status_code == 303, opened.text
            calls = await _some_calls(parts)
            app = create_app(parts)
            pages = addresses(made, calls, live, now.date(), DAYS, ASKED)
            _require_all(app, pages)
            found = {}
            for route, kinds in pages.items():
                for kind, asked in kinds.items():
                    found[kind] = await _timed(client, app, route, asked)
    return found


async def _open_call(client: httpx2.AsyncClient) -> str:
    body = {"speech": "there is smoke coming out of a cabinet in zone b"}
    answered = await client.post("/api/process-speech", json=body)
    return str(answered.json()["call_id"])


async def _some_calls(parts: Parts) -> list[str]:
    query = text("SELECT call_id FROM call_index WHERE number % 997 = 5")
    rows = await parts.records.beside.read(lambda connection: [*connection.execute(query)])
    return [row[0] for row in rows]


def _require_all(app: FastAPI, pages: dict[str, Pages]) -> None:
    """Refuse to leave a page of the router out."""
    known = {route.path for route in routes_of(app) if route.method == "GET" and route.console}
    missing = known - pages.keys() - OFF.keys()
    assert not missing, f"pages without an address to time: {sorted(missing)}"


async def _timed(
    client: httpx2.AsyncClient, app: FastAPI, route: str, asked: Sequence[str]
) -> Timed:
    timed = Timed()
    is_stream = route.endswith("/events")
    for number in range(ASKED):
        address = asked[number % len(asked)]
        async with _beating() as beats:
            started, cpu = time.perf_counter(), time.process_time()
            if is_stream:
                status, _, body = await answer(app, "GET", address, dict(client.headers))
            else:
                answered = await client.get(address)
                status, body = answered.status_code, answered.text
            timed.wall.append((time.perf_counter() - started) * 1000)
            timed.cpu.append((time.process_time() - cpu) * 1000)
        timed.held.append(beats.longest_ms)
        assert status == 200, f"{address}: {status} {body[:300]}"
    return timed


@dataclass
class Beats:
    longest_ms: float = 0.0


@asynccontextmanager
async def _beating() -> AsyncIterator[Beats]:
    beats = Beats()

    async def beat() -> None:
        while True:
            before = time.perf_counter()
            await asyncio.sleep(BEAT_S)
            late = time.perf_counter() - before - BEAT_S
            beats.longest_ms = max(beats.longest_ms, late * 1000)

    task = asyncio.create_task(beat())
    await asyncio.sleep(0)
    try:
        yield beats
        # What held the loop last is seen by the beat that it kept from running.
        await asyncio.sleep(2 * BEAT_S)
    finally:
        task.cancel()


def _row(timed: Timed) -> list[str]:
    return [
        f"{timed.p95:.0f}",
        f"{len(timed.wall)}",
        f"{percentile_of(timed.wall, 0.50):.0f}",
        f"{timed.wall[0]:.0f}",
        f"{max(timed.wall):.0f}",
        f"{percentile_of(timed.cpu, 0.50):.0f}",
        f"{percentile_of(timed.held, 0.95):.0f}",
    ]
