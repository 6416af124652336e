"""Find, read and slice the labelled sets; rating and scoring them are left to others."""

import json
import re
from collections.abc import Sequence
from pathlib import Path

from evals.measures import Labelled

HERE = Path(__file__).parent
CORPUS = HERE / "corpus"
SCENARIOS = HERE / "scenarios"
PROBE = HERE / "probe.jsonl"
KEPT_BACK = "held-"
"""Ids of the author whose lines nobody saw while writing rules or training."""
OWN, HELD, PUBLIC = "own test split", "kept-back author", "public development set"
FRESH = "everyday probe, kept half"

_SPLIT = re.compile(r'"split":\s*"(\w+)"')


def read_split(split: str, corpus: Path = CORPUS) -> list[Labelled]:
    """Return one split of the corpus; the lines of the others are passed over unparsed."""
    items = []
    for path in sorted(corpus.glob("*.jsonl")):
        for line in path.read_text("utf-8").splitlines():
            found = _SPLIT.search(line)
            if found and found.group(1) == split:
                items.append(json.loads(line))
    return items


def public_folder(checkout: Path = HERE.parent) -> Path | None:
    """Return the public sets' folder beside the checkout, or a worktree's one folder up."""
    for parent in list(checkout.resolve().parents)[:2]:
        folder = parent / "shared" / "evals"
        if folder.is_dir():
            return folder
    return None


def read_public(folder: Path | None) -> list[Labelled]:
    """Return the public development set; empty when it is not on this machine."""
    path = folder / "dev_urgency.jsonl" if folder else None
    if path is None or not path.is_file():
        return []
    return [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]


def read_probe(half: str, path: Path = PROBE) -> list[Labelled]:
    """Return one half of the probe: "study", which may be read, or "kept", which is only scored."""
    items = map(json.loads, path.read_text("utf-8").splitlines())
    return [item for item in items if item["split"] == half]


def by_slice(
    own: Sequence[Labelled], public: Sequence[Labelled], probe: Sequence[Labelled] = ()
) -> dict[str, list[Labelled]]:
    """Return the whole sets, then the own one by language, trap and how its text came about."""

    def of(key: str, value: str) -> list[Labelled]:
        return [item for item in own if item[key] == value]

    slices = {
        OWN: list(own),
        HELD: [item for item in own if item["id"].startswith(KEPT_BACK)],
        PUBLIC: list(public),
        FRESH: list(probe),
    }
    for language in sorted({item["lang"] for item in own}):
        slices[f"language {language}"] = of("lang", language)
    for kind in sorted({item["kind"] for item in own} - {"plain"}):
        slices[kind.replace("trap:", "trap ")] = of("kind", kind)
    slices["clean text"] = of("style", "clean")
    recognised = of("origin", "recognised")
    slices["errors written in"] = [i for i in of("style", "asr") if i["origin"] != "recognised"]
    slices["errors of a recogniser"] = recognised
    return {name: items for name, items in slices.items() if items}
