"""Percentiles and the tables they are printed in."""

import os
import platform
from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from aurora.records.figures import nearest_rank

out = Console(width=118)
FIGURES = ("n", "p50", "p90", "p99", "max")


def figures(values: Sequence[float]) -> list[str]:
    """Return n, p50, p90, p99 and max as text; dashes when there is nothing."""
    if not values:
        return ["0", "-", "-", "-", "-"]
    shown = [nearest_rank(values, share) for share in (0.50, 0.90, 0.99)] + [max(values)]
    return [f"{len(values):,}", *(f"{value:,.2f}" for value in shown)]


def new_table(title: str, caption: str, *columns: str, numbers: Sequence[str] = FIGURES) -> Table:
    """Return an empty table; the caption says where the clock starts and ends."""
    table = Table(title=title, caption=caption, title_justify="left", caption_justify="left")
    for column in columns:
        table.add_column(column)
    for number in numbers:
        table.add_column(number, justify="right")
    return table


def show(table: Table) -> None:
    out.print(table)
    out.print()


def describe_machine() -> None:
    """Print what the figures below were measured on."""
    load = " ".join(f"{value:.1f}" for value in os.getloadavg())
    out.print(
        f"Python {platform.python_version()} on {platform.system()} {platform.machine()}, "
        f"{os.cpu_count()} cores shared by server and client, load before: {load}\n",
        highlight=False,
    )
