"""A run's figures are kept and compared, and a setback is told."""

from dataclasses import replace
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from evals import __main__ as command
from evals.guard import setbacks
from evals.measures import Share, UrgencyScore
from evals.results import as_figures, as_score, load_results, store_results
from evals.table import WIDTH, print_run

NOTHING = Share(0, 0)
GOOD = UrgencyScore(
    strict=Share(900, 1000),
    lenient=Share(950, 1000),
    critical_recall=Share(190, 200),
    critical_lost=Share(2, 200),
    under=Share(25, 500),
    over=Share(80, 800),
    false_alarm=Share(10, 400),
    hazard=Share(450, 600),
    place=NOTHING,
    macro_f1=0.87654321,
)


def run(score: UrgencyScore, *more: str) -> dict[str, Any]:
    return {
        "date": "2026-03-02",
        "triage": {name: as_figures(score) for name in ("own test split", *more)},
        "scenarios": {"own": [9, 10]},
        "grounding": {"hostile spoken": [0, 50]},
        "throughput": {"sentences_per_s": 500, "p50_ms": 1.5, "p99_ms": 4.0},
    }


def printed(now: dict[str, Any], stored: dict[str, Any]) -> str:
    out = StringIO()
    print_run(Console(file=out, width=WIDTH), now, stored)
    return out.getvalue()


def test_figures_come_back_as_they_were_kept(tmp_path: Path) -> None:
    path = tmp_path / "results.json"
    assert load_results(path) == {}

    store_results(run(GOOD), {}, path)
    assert load_results(path) == run(GOOD)
    assert as_score(load_results(path)["triage"]["own test split"]) == replace(
        GOOD, macro_f1=0.8765
    )


def test_a_set_that_was_not_at_hand_keeps_its_figures_and_a_slice_that_is_gone_does_not(
    tmp_path: Path,
) -> None:
    path, before = tmp_path / "results.json", run(GOOD, "public development set", "trap past")
    before["scenarios"]["public"] = [1, 2]

    store_results(run(GOOD), before, path)
    kept = load_results(path)
    assert kept["triage"].keys() == {"own test split", "public development set"}
    assert kept["scenarios"] == {"own": [9, 10], "public": [1, 2]}


def test_a_change_stands_beside_its_figure() -> None:
    worse = replace(GOOD, critical_recall=Share(188, 200), critical_lost=Share(3, 200))
    shown = printed(run(worse), run(GOOD))

    assert "change since 2026-03-02" in shown
    assert "94.0 -1.0 (89.8-96.5)" in shown
    assert "3 +1" in shown
    assert "scenarios passed, own: 9 of 10\n" in shown


def test_a_first_run_and_an_absent_public_set_are_said_to_be() -> None:
    shown = printed(run(GOOD), {})

    assert "no stored run to compare with" in shown
    assert "public development set: not on this machine" in shown


@pytest.mark.parametrize("is_kept", [True, False])
def test_only_a_run_asked_to_be_kept_is_kept(
    monkeypatch: pytest.MonkeyPatch, is_kept: bool
) -> None:
    kept: list[Any] = []
    monkeypatch.setattr(command, "_measure", lambda **_: run(GOOD))
    monkeypatch.setattr(command, "store_results", lambda *figures: kept.append(figures))
    monkeypatch.setattr(command, "out", Console(file=StringIO()))

    command.main(store=is_kept, show_misses=False)
    assert bool(kept) is is_kept


def test_the_same_figures_are_no_setback() -> None:
    assert setbacks(GOOD, GOOD) == []


@pytest.mark.parametrize(
    ("figure", "now", "is_setback"),
    [
        ("critical_recall", Share(9_490, 10_000), False),
        ("critical_recall", Share(9_449, 10_000), True),
        ("critical_lost", Share(2, 200), False),
        ("critical_lost", Share(3, 200), True),
        ("critical_lost", Share(3, 400), False),
        ("under", Share(29, 500), False),
        ("under", Share(31, 500), True),
        ("over", Share(400, 800), False),
    ],
)
def test_a_figure_that_got_worse_by_too_much_is_told(
    figure: str, now: Share, is_setback: bool
) -> None:
    changed: dict[str, Any] = {figure: now}
    found = setbacks(replace(GOOD, **changed), GOOD)

    assert bool(found) is is_setback
    assert all(f"{now.hits} of {now.of}" in told for told in found)
