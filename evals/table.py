"""Print one run's figures and the change since the stored one; measuring is left to others."""

from collections.abc import Iterator, Mapping
from typing import Any

from rich.console import Console
from rich.table import Table

from evals.measures import Share, UrgencyScore
from evals.results import Figures, as_score
from evals.sets import PUBLIC

WIDTH = 158
COLUMNS = (
    *("n", "critical recall (95 %)", "lost", "under-triage", "over-triage"),
    *("macro-F1", "hazard right", "place right"),
)
SAME = 0.05
"""Changes below it, in points, round to nothing."""


def print_run(out: Console, run: Figures, stored: Figures) -> None:
    since = f"change since {stored['date']}" if stored else "no stored run to compare with"
    table = Table(
        title=f"Triage, % ({since})",
        caption="lost: critical ones called normal or assistive · own test split from "
        "'language' down · evals/README.md says what each figure means",
        title_justify="left",
        caption_justify="left",
    )
    table.add_column("slice", no_wrap=True)
    for column in COLUMNS:
        table.add_column(column, justify="right", no_wrap=True)
    before = stored.get("triage", {})
    group = ""
    for name, figures in run["triage"].items():
        if _group(name) != group:
            table.add_section()
        group = _group(name)
        table.add_row(name, *_row(as_score(figures), before.get(name)))
    out.print(table)
    if PUBLIC not in run["triage"]:
        out.print(f"{PUBLIC}: not on this machine, left out")
    for line in _lines(run, stored):
        out.print(line, highlight=False)


def _group(name: str) -> str:
    first = name.split()[0]
    return first if first in ("language", "trap") else ""


def _row(score: UrgencyScore, kept: Mapping[str, Any] | None) -> Iterator[str]:
    # A slice measured for the first time shows no changes.
    old = as_score(kept) if kept else score
    # Any share of the whole slice tells its size.
    yield _counted(score.strict.of, old.strict.of, "")
    yield _share(score.critical_recall, old.critical_recall, "green", with_interval=True)
    yield _counted(score.critical_lost.hits, old.critical_lost.hits, "red")
    yield _share(score.under, old.under, "red")
    yield _share(score.over, old.over, "red")
    yield _points(score.macro_f1, old.macro_f1, "green")
    yield _share(score.hazard, old.hazard, "green")
    yield _share(score.place, old.place, "green")


def _lines(run: Figures, stored: Figures) -> Iterator[str]:
    """Yield what is no slice of triage, a line each."""
    for name, kept in run["scenarios"].items():
        yield f"scenarios passed, {name}: {_of(kept, stored.get('scenarios', {}).get(name))}"
    for name, kept in run["grounding"].items():
        yield f"grounding, {name}: {_of(kept, stored.get('grounding', {}).get(name))}"
    now = run["throughput"]
    yield (
        f"throughput: {now['sentences_per_s']:,.0f} sentences/s in one process, "
        f"triage p50 {now['p50_ms']:.2f} ms, p99 {now['p99_ms']:.2f} ms{_pace(now, stored)}"
    )


def _pace(now: Mapping[str, float], stored: Figures) -> str:
    old = stored.get("throughput")
    if not old:
        return ""
    changes = (f"{100 * (now[name] / old[name] - 1):+.0f} %" for name in now)
    return f" (change: {', '.join(changes)})"


def _of(kept: list[int], old: list[int] | None) -> str:
    change = _change(kept[0] - old[0], "", digits=0) if old else ""
    grown = f", then of {old[1]}" if old and old[1] != kept[1] else ""
    return f"{kept[0]} of {kept[1]}{change}{grown}"


def _share(share: Share, old: Share, rising: str, *, with_interval: bool = False) -> str:
    text = _points(share.rate, old.rate, rising)
    if with_interval and share.interval:
        low, high = (100 * edge for edge in share.interval)
        text = f"{text} ({low:.1f}-{high:.1f})"
    return text


def _points(rate: float | None, old: float | None, rising: str) -> str:
    if rate is None:
        return "-"
    return f"{100 * rate:.1f}" + ("" if old is None else _change(100 * (rate - old), rising))


def _counted(count: int, old: int, rising: str) -> str:
    return f"{count:,}{_change(count - old, rising, digits=0)}"


def _change(by: float, rising: str, *, digits: int = 1) -> str:
    """Return " +0.4", coloured; rising: green where more is better, red where worse, "" neither."""
    if abs(by) < SAME:
        return ""
    falling = {"green": "red", "red": "green"}.get(rising, "")
    colour = rising if by > 0 else falling
    text = f"{by:+.{digits}f}"
    return f" [{colour}]{text}[/]" if colour else f" {text}"
