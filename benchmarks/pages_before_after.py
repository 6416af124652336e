"""Time every page of the console with an earlier commit's code and with this one's, in one run.

python -m benchmarks.pages_before_after COMMIT: the earlier code fills a database, each times its
pages over a copy of it, one after the other and twice in turn, on both engines.
"""

import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import orjson

from benchmarks.figures import describe_machine, new_table, out, show
from benchmarks.page_addresses import FILES
from benchmarks.pages_timed import TARGET_MS, Timed
from tests.postgres import PostgresServer, running_server

HERE = Path(__file__).parents[1]
TURNS = 2
"""What else the machine does falls on both in about the same measure."""


@dataclass
class Side:
    """One of the two."""

    name: str
    source: Path

    def run(self, act: str, folder: Path, url: str | None) -> None:
        command = ["env", f"PYTHONPATH={self.source}:{HERE}", sys.executable]
        command += ["-m", "benchmarks.pages_timed", act, str(folder), *([url] if url else [])]
        subprocess.run(command, check=True, cwd=HERE, stdout=sys.stderr)

    def timed(self, folder: Path, url: str | None) -> dict[str, Timed]:
        self.run("time", folder, url)
        found = orjson.loads((folder / "timed.json").read_bytes())
        return {page: Timed(**timed) for page, timed in found.items()}


def measure(commit: str) -> None:
    describe_machine()
    with tempfile.TemporaryDirectory(prefix="aurora-before-") as folder:
        archive = subprocess.run(
            ["git", "archive", commit, "src"], cwd=HERE, check=True, capture_output=True
        )
        subprocess.run(["tar", "x", "-C", folder], input=archive.stdout, check=True)
        before, after = Side("before", Path(folder, "src")), Side("after", HERE / "src")
        show_both("SQLite", *on_sqlite(before, after))
        with running_server() as server:
            show_both("PostgreSQL", *on_postgres(server, before, after))


Both = tuple[dict[str, Timed], dict[str, Timed]]


def on_sqlite(before: Side, after: Side) -> Both:
    with tempfile.TemporaryDirectory(prefix="aurora-bench-") as folder:
        filled = Path(folder, "filled")
        before.run("fill", filled, None)
        found: list[dict[str, Timed]] = [{}, {}]
        for turn in range(TURNS):
            for at, side in enumerate((before, after)):
                copy = Path(folder, f"{side.name}_{turn}")
                shutil.copytree(filled, copy)
                _add(found[at], side.timed(copy, None))
                shutil.rmtree(copy)
    return found[0], found[1]


def on_postgres(server: PostgresServer, before: Side, after: Side) -> Both:
    with tempfile.TemporaryDirectory(prefix="aurora-bench-") as folder:
        filled = server.new_database()
        before.run("fill", Path(folder), filled)
        found: list[dict[str, Timed]] = [{}, {}]
        for turn in range(TURNS):
            for at, side in enumerate((before, after)):
                copy = Path(folder, f"{side.name}_{turn}")
                copy.mkdir()
                _add(found[at], side.timed(copy, server.new_database(filled)))
    return found[0], found[1]


def _add(known: dict[str, Timed], more: dict[str, Timed]) -> None:
    for page, timed in more.items():
        own = known.setdefault(page, Timed())
        own.wall += timed.wall
        own.cpu += timed.cpu
        own.held += timed.held
        own.fault = own.fault or timed.fault


def show_both(engine: str, before: dict[str, Timed], after: dict[str, Timed]) -> None:
    table = new_table(
        f"Pages over 100,000 calls on {engine}: before > after",
        "in ms; first: the slowest first look after a start; CPU: of the line's process, p95; loop:"
        f" the\nlongest that it was held, p95. {TURNS} starts of each, in turn. Target: p95 under "
        f"{TARGET_MS} ms",
        "page",
        numbers=("n", "p95", "first", "CPU", "loop"),
    )
    for page, timed in after.items():
        earlier = _cells(before.get(page, Timed(fault="none")))
        both = zip(earlier, _cells(timed), strict=True)
        table.add_row(page, str(len(timed.wall)), *(f"{old} > {new}" for old, new in both))
    show(table)
    pages = ((page, timed) for page, timed in after.items() if not page.startswith(FILES))
    slow = [page for page, timed in pages if timed.is_over(TARGET_MS)]
    out.print(f"over {TARGET_MS} ms: {', '.join(slow) or 'none'}")


def _cells(timed: Timed) -> list[str]:
    if timed.fault:
        return ["failed", "-", "-", "-"]
    starts = timed.wall[:: max(1, len(timed.wall) // TURNS)]
    return [f"{value:.0f}" for value in (timed.p95, max(starts), timed.cpu_p95, timed.loop_p95)]


if __name__ == "__main__":
    measure(*sys.argv[1:])
