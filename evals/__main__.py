"""Measure triage, scenarios and grounding, and print them beside the last stored run."""

import asyncio
import io
import json
import sys
import time
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import structlog
import typer
import yaml
from rich.console import Console

from aurora.errors import AuroraError
from aurora.rehearsal.scenarios import rehearse_file
from evals.grounding import PARTS, Stage, answer_all, read
from evals.measures import Labelled, Rated
from evals.rating import packaged_triage, rate
from evals.replies import ScenarioScore, score_scenarios
from evals.results import Figures, as_figures, load_results, score_slices, store_results
from evals.sets import SCENARIOS, by_slice, public_folder, read_probe, read_public, read_split
from evals.table import WIDTH, print_run

out = Console(width=WIDTH)


def main(
    *,
    store: Annotated[
        bool, typer.Option("--store", help="Keep this run in evals/results.json.")
    ] = False,
    show_misses: Annotated[bool, typer.Option("--misses", help="List what went wrong.")] = False,
) -> None:
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    stored = load_results()
    try:
        run = _measure(show_misses=show_misses)
    except AuroraError as error:
        out.print(f"evals: {error}", highlight=False, markup=False)
        raise typer.Exit(1) from error
    print_run(out, run, stored)
    if store:
        store_results(run, stored)


def _measure(*, show_misses: bool) -> Figures:
    folder = public_folder()
    own, public, probe = read_split("test"), read_public(folder), read_probe("kept")
    items = [*own, *public, *probe]
    started = time.perf_counter()
    triage = packaged_triage()
    ready = time.perf_counter()
    ratings = rate(items, triage)
    per_second = len(items) / (time.perf_counter() - ready)
    out.print(f"triage ready in {ready - started:.1f} s", highlight=False)
    # The public set's misses stay unread: who has read them can no longer be measured by them.
    _print_misses(own if show_misses else [], ratings)
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "triage": {
            name: as_figures(score)
            for name, score in score_slices(by_slice(own, public, probe), ratings).items()
        },
        "scenarios": _scenarios(folder, show_misses=show_misses),
        "grounding": _grounding(),
        "throughput": {"sentences_per_s": round(per_second), **_times(ratings.values())},
    }


def _print_misses(items: Iterable[Labelled], ratings: Mapping[Any, Rated]) -> None:
    for item in items:
        said = ratings[item["id"]]["urgency"]
        if said not in item["accept"]:
            out.print(f"{item['id']} {said}, not {item['urgency']}: {item['text']}", markup=False)


def _times(ratings: Iterable[Rated]) -> dict[str, float]:
    times = sorted(rating["ms"] for rating in ratings)
    return {"p50_ms": times[len(times) // 2], "p99_ms": times[int(len(times) * 0.99)]}


def _scenarios(folder: Path | None, *, show_misses: bool) -> Figures:
    """Return passed and of, for the own files together and the public one when it is there."""
    own = [_rehearse(path) for path in sorted(SCENARIOS.glob("*.yaml"))]
    public = folder / "dev_scenarios.yaml" if folder else None
    if public is None or not public.is_file():
        out.print("public scenarios: not on this machine, left out")
    for failure in (failure for score in own for failure in score.failures if show_misses):
        out.print(failure, markup=False, highlight=False)
    sets = {"own": own}
    if public and public.is_file():
        sets["public"] = [_rehearse(public)]
    return {
        name: [sum(score.passed for score in scores), sum(score.scenarios for score in scores)]
        for name, scores in sets.items()
    }


def _rehearse(path: Path) -> ScenarioScore:
    answers = io.StringIO()
    asyncio.run(rehearse_file(path, answers))
    turns = [json.loads(line) for line in answers.getvalue().splitlines()]
    replies = {(turn["scenario"], turn["turn"]): turn for turn in turns}
    return score_scenarios(yaml.safe_load(path.read_text("utf-8")), replies)


def _grounding() -> Figures:
    """Return how many hostile and harmless sentences of a model are spoken, of all there are."""
    stage = Stage()
    figures = {}
    for name, label in (("hostile", "hostile spoken"), ("harmless", "harmless let through")):
        sentences = [written for part in PARTS for written in read(name, part)]
        answers = asyncio.run(answer_all(stage, sentences))
        figures[label] = [sum(answer.is_spoken for answer in answers), len(answers)]
    return figures


if __name__ == "__main__":
    typer.run(main)
