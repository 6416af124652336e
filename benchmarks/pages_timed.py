"""Fill a database with a long history and time each page over it; as a process, for one checkout.

python -m benchmarks.pages_timed fill|time FOLDER [URL]: what was timed is printed as JSON.
"""

import asyncio
import sys
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import httpx2
import orjson
import pytest
from fastapi import FastAPI
from sqlalchemy import text

from aurora.accounts.person import Role
from aurora.app import create_app
from aurora.parts import Parts
from aurora.records.figures import nearest_rank
from aurora.records.sql import SqlRecords
from benchmarks.made_history import busy_hour, fill, made_calls
from benchmarks.made_rooms import furnish
from benchmarks.page_addresses import FILES, OFF, Pages, addresses
from tests.application import application
from tests.routes import answer, routes_of
from tests.signing_in import signed_in

CALLS = 99_000
LATELY = 1_000
"""Calls of the last hour, which the board has before it."""
DAYS = 730
ASKED = 60
"""Times that each kind of page is asked for, with other words each time where it takes any."""
FILES_ASKED = 5
"""Times that each export is asked for: they take a second, and have no target."""
TARGET_MS = 200
BEAT_S = 0.001
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
    fault: str = ""
    """What came instead of the page."""

    @property
    def p50(self) -> float:
        return nearest_rank(self.wall, 0.50)

    @property
    def p95(self) -> float:
        return nearest_rank(self.wall, 0.95)

    @property
    def cpu_p95(self) -> float:
        return nearest_rank(self.cpu, 0.95)

    @property
    def loop_p95(self) -> float:
        return nearest_rank(self.held, 0.95)

    def is_over(self, ms: float) -> bool:
        return bool(self.fault) or self.p95 > ms


async def fill_database(url: str | None, folder: Path) -> None:
    """Put the calls of the years into an empty database."""
    now = datetime.now(UTC)
    records = await SqlRecords.open(url, folder)
    await fill(records, made_calls(CALLS, now, DAYS))
    if url:
        # What autovacuum does by itself within a minute.
        await records.beside.write(lambda c: c.execute(text("ANALYZE")) and None)
    await records.close()


async def timed_pages(url: str | None, folder: Path) -> dict[str, Timed]:
    """Return what each page took over a filled database whose last hour was a busy one, after the
    first minute of a line."""
    now = datetime.now(UTC)
    found: dict[str, Timed] = {}
    settings = SETTINGS | ({"AURORA_DATABASE_URL": url} if url else {})
    records = await SqlRecords.open(url, folder)
    await fill(records, busy_hour(LATELY, now))
    await records.close()
    with pytest.MonkeyPatch.context() as patch:
        async with application(patch, folder, settings) as (client, parts):
            made = await furnish(parts, now)
            client.headers.update(await signed_in(parts, Role.ADMIN))
            live = await _open_call(client)
            opened = await client.post("/console/muster/open", data={"reason": "smoke, zone b"})
            assert opened.status_code == 303, opened.text
            app = create_app(parts)
            await _settle(parts, now)
            pages = addresses(made, await _some_calls(parts), live, now.date(), DAYS, ASKED)
            _note_missing(app, pages)
            for route, kinds in pages.items():
                for kind, asked in kinds.items():
                    times = FILES_ASKED if kind.startswith(FILES) else ASKED
                    found[kind] = await _timed(client, app, route, asked, times)
    return found


async def _settle(parts: Parts, now: datetime) -> None:
    """Do what a line does beside its calls in its first minute; nothing where it does none."""
    if hasattr(parts.board.frame, "warm"):
        await asyncio.to_thread(parts.board.frame.warm)
    if hasattr(parts.records, "figures"):
        started = time.perf_counter()
        days = await parts.records.figures.keep_up(now)
        print(f"{days} days counted in {time.perf_counter() - started:.0f} s", file=sys.stderr)


async def _open_call(client: httpx2.AsyncClient) -> str:
    body = {"speech": "there is smoke coming out of a cabinet in zone b"}
    answered = await client.post("/api/process-speech", json=body)
    return str(answered.json()["call_id"])


async def _some_calls(parts: Parts) -> list[str]:
    query = text("SELECT call_id FROM call_index WHERE number % 997 = 5")
    rows = await parts.records.beside.read(lambda connection: [*connection.execute(query)])
    return [row[0] for row in rows]


def _note_missing(app: FastAPI, pages: dict[str, Pages]) -> None:
    """Say which pages of the router have no address yet."""
    known = {route.path for route in routes_of(app) if route.method == "GET" and route.console}
    if missing := known - pages.keys() - OFF.keys():
        print(f"NOT TIMED, give them an address: {sorted(missing)}", file=sys.stderr)


async def _timed(
    client: httpx2.AsyncClient, app: FastAPI, route: str, asked: Sequence[str], times: int
) -> Timed:
    timed = Timed()
    is_stream = route.endswith("/events")
    for number in range(times):
        address = asked[number % len(asked)]
        async with _beating() as beats:
            started, cpu = time.perf_counter(), time.process_time()
            try:
                if is_stream:
                    status, _, body = await answer(app, "GET", address, dict(client.headers))
                else:
                    answered = await client.get(address)
                    status, body = answered.status_code, answered.text
            # A page that fails is a figure as well: one file over its time limit ends no run.
            except Exception as error:
                status, body = 500, f"{type(error).__name__}: {error}"
            timed.wall.append((time.perf_counter() - started) * 1000)
            timed.cpu.append((time.process_time() - cpu) * 1000)
        timed.held.append(beats.longest_ms)
        if status != 200:
            timed.fault = f"{status} {address} {body[:300]}"
            break
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


def main(act: str, folder: str, url: str | None = None) -> None:
    if act == "fill":
        asyncio.run(fill_database(url, Path(folder)))
        return
    found = asyncio.run(timed_pages(url, Path(folder)))
    Path(folder, "timed.json").write_bytes(orjson.dumps({k: asdict(v) for k, v in found.items()}))


if __name__ == "__main__":
    main(*sys.argv[1:])
