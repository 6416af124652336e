"""Run `aurora triage` and `aurora rehearse` over labelled sets and print what they score."""

import asyncio
import io
import json
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import structlog
import typer
import yaml
from rich.console import Console
from rich.table import Table

from aurora.errors import AuroraError
from aurora.rehearsal.scenarios import rehearse_file
from aurora.rehearsal.triage_lines import rate_file
from evals.measures import Labelled, UrgencyScore, by_slice, score_urgency
from evals.replies import ScenarioScore, score_scenarios

HERE = Path(__file__).parent
out = Console()


def main(
    utterances: Annotated[Path, typer.Option(help="Labelled utterances, JSON lines.")] = (
        HERE / "utterances.jsonl"
    ),
    scenarios: Annotated[Path, typer.Option(help="Scenarios, YAML, or a folder of them.")] = (
        HERE / "scenarios"
    ),
    show_misses: Annotated[bool, typer.Option("--misses", help="List what went wrong.")] = False,
) -> None:
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    try:
        _utterances(utterances, show_misses=show_misses)
        for file in sorted(scenarios.glob("*.yaml")) if scenarios.is_dir() else [scenarios]:
            _scenarios(file, show_misses=show_misses)
    except AuroraError as error:
        out.print(f"evals: {error}", highlight=False, markup=False)
        raise typer.Exit(1) from error


def _utterances(path: Path, *, show_misses: bool) -> None:
    labelled = [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]
    ratings = {rating["id"]: rating for rating in _rate(labelled)}
    table = Table(
        *("slice", "n", "strict", "lenient", "found", "lost", "under", "over", "hazard"),
        "place",
        title=f"triage of {path.name}, %; found and lost: of the critical",
    )
    for name, items in by_slice(labelled).items():
        table.add_row(name, str(len(items)), *_cells(score_urgency(items, ratings)))
    out.print(table)
    _print_summary(score_urgency(labelled, ratings))
    times = sorted(rating["ms"] for rating in ratings.values())
    if times:
        p50, p99 = times[len(times) // 2], times[int(len(times) * 0.99)]
        out.print(f"triage ms an utterance: p50 {p50:.2f}, p99 {p99:.2f}")
    for item in labelled if show_misses else []:
        said = ratings.get(item["id"], {}).get("urgency")
        if said not in item["accept"]:
            out.print(f"{item['id']} {said}, not {item['urgency']}: {item['text']}", markup=False)


def _rate(labelled: Sequence[Labelled]) -> list[dict[str, Any]]:
    """Rate the words alone: the labels stay here."""
    with tempfile.TemporaryDirectory() as folder:
        asked = Path(folder) / "asked.jsonl"
        lines = [
            json.dumps({"id": item["id"], "text": item["text"], "lang": item["lang"]})
            for item in labelled
        ]
        asked.write_text("\n".join(lines), "utf-8")
        answers = io.StringIO()
        rate_file(asked, sys.stdin, answers)
    return [json.loads(line) for line in answers.getvalue().splitlines()]


def _cells(score: UrgencyScore) -> list[str]:
    shares = (
        *(score.strict, score.lenient, score.critical_recall, score.critical_lost),
        *(score.under, score.over, score.hazard, score.zone),
    )
    return ["-" if share.rate is None else f"{100 * share.rate:.0f}" for share in shares]


def _print_summary(score: UrgencyScore) -> None:
    found, lost, alarm = score.critical_recall, score.critical_lost, score.false_alarm
    out.print(f"critical called critical: {found}; called normal, assistive or nothing: {lost}")
    out.print(f"false alarms where there is no hazard: {alarm}; macro F1 {score.macro_f1 or 0:.2f}")


def _scenarios(path: Path, *, show_misses: bool) -> None:
    answers = io.StringIO()
    asyncio.run(rehearse_file(path, answers))
    turns = [json.loads(line) for line in answers.getvalue().splitlines()]
    replies = {(turn["scenario"], turn["turn"]): turn for turn in turns}
    score = score_scenarios(yaml.safe_load(path.read_text("utf-8")), replies)
    out.print(_scenario_table(path, score))
    for failure in score.failures if show_misses else []:
        out.print(failure, markup=False, highlight=False)


def _scenario_table(path: Path, score: ScenarioScore) -> Table:
    passed = f"{score.passed} of {score.scenarios} scenarios pass"
    table = Table("check", "held", "failed", title=f"{path.name}: {passed}")
    for check, number in sorted(score.checks.items()):
        table.add_row(check, str(number - score.failed[check]), str(score.failed[check]))
    return table


if __name__ == "__main__":
    typer.run(main)
