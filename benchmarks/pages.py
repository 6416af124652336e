"""Every page of the console over a long history, on both databases: how long, and how much work."""

import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

from benchmarks.figures import new_table, out, show
from benchmarks.page_addresses import FILES
from benchmarks.pages_timed import TARGET_MS, Timed, fill_database, timed_pages
from tests.postgres import running_server

NOT_PAGES = (FILES, "record as PDF")
"""Written while they are sent, or drawn: no target."""


async def measure() -> None:
    table = new_table(
        "Every page of the console over 100,000 calls, 1,000 of them of the last hour",
        "the request handed to the application until the whole answer is made, in ms, one after\n"
        "another, in one process with the database's client. CPU: of that process. first: the\n"
        "first time after a start. loop: the longest it was held, p95. Target: p95 under "
        f"{TARGET_MS} ms",
        "records",
        "page",
        numbers=("p95", "n", "p50", "first", "max", "CPU p95", "loop"),
    )
    slow = []
    async for name, url, folder in databases():
        await fill_database(url, folder)
        for page, timed in (await timed_pages(url, folder)).items():
            table.add_row(name, page, *_row(timed))
            if timed.is_over(TARGET_MS) and not page.startswith(NOT_PAGES):
                slow.append(f"{name}: {page}")
    show(table)
    out.print(f"over {TARGET_MS} ms: {', '.join(slow) or 'none'}")


async def databases() -> AsyncIterator[tuple[str, str | None, Path]]:
    """Yield the name and URL of an empty database of each engine, and a folder for a line."""
    with tempfile.TemporaryDirectory(prefix="aurora-bench-") as folder:
        yield "SQLite", None, Path(folder)
    with running_server() as server, tempfile.TemporaryDirectory(prefix="aurora-bench-") as folder:
        yield "PostgreSQL", server.new_database(), Path(folder)


def _row(timed: Timed) -> list[str]:
    if timed.fault:
        return ["-", "0", timed.fault[:40]]
    return [
        f"{timed.p95:.0f}",
        f"{len(timed.wall)}",
        f"{timed.p50:.0f}",
        f"{timed.wall[0]:.0f}",
        f"{max(timed.wall):.0f}",
        f"{timed.cpu_p95:.0f}",
        f"{timed.loop_p95:.0f}",
    ]
