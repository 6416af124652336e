"""Figures of a run as they are kept and compared; measuring and printing are left to others."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

from evals.measures import Labelled, Rated, Share, UrgencyScore, score_urgency

RESULTS = Path(__file__).parent / "results.json"
Figures = dict[str, Any]
"""date; triage by slice, scenarios, grounding: shares as [hits, of]; throughput."""


def score_slices(
    slices: Mapping[str, Sequence[Labelled]], ratings: Mapping[Any, Rated]
) -> dict[str, UrgencyScore]:
    return {name: score_urgency(items, ratings) for name, items in slices.items()}


def as_figures(score: UrgencyScore) -> Figures:
    """Return a score in JSON's own types."""
    figures: Figures = {}
    for name, value in asdict(score).items():
        is_share = isinstance(value, dict)
        figures[name] = [value["hits"], value["of"]] if is_share else _rounded(value)
    return figures


def as_score(figures: Mapping[str, Any]) -> UrgencyScore:
    """Return a kept score."""
    kept = {field.name: figures[field.name] for field in fields(UrgencyScore)}
    shares = {name: Share(*value) for name, value in kept.items() if isinstance(value, list)}
    return UrgencyScore(**{**kept, **shares})


def load_results(path: Path = RESULTS) -> Figures:
    """Return the figures of the last stored run; empty before the first."""
    return json.loads(path.read_text("utf-8")) if path.exists() else {}


def store_results(figures: Figures, stored: Figures, path: Path = RESULTS) -> None:
    """Keep a run; a set that is not on this machine keeps the figures it had."""
    kept = {**figures}
    for part in ("triage", "scenarios"):
        public = {name: old for name, old in stored.get(part, {}).items() if "public" in name}
        kept[part] = {**public, **figures[part]}
    path.write_text(_one_slice_a_line(kept), "utf-8")


def _one_slice_a_line(figures: Figures) -> str:
    """Write JSON whose difference shows which slice moved."""
    parts = []
    for part, value in sorted(figures.items()):
        if isinstance(value, dict):
            rows = [f"  {json.dumps(name)}: {json.dumps(value[name])}" for name in sorted(value)]
            shown = "{\n" + ",\n".join(rows) + "\n }"
        else:
            shown = json.dumps(value)
        parts.append(f" {json.dumps(part)}: {shown}")
    return "{\n" + ",\n".join(parts) + "\n}\n"


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
