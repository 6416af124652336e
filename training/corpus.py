"""The labelled utterances, split by author and idea; and how a line may also be heard."""

import json
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from aurora.levels import Hazard, Urgency
from aurora.triage.text import canonical, unaccented

CORPUS = Path(__file__).parent.parent / "evals" / "corpus"
FILLERS = {
    "en": ("uh", "um", "er", "like", "okay"),
    "es": ("eh", "este", "pues", "bueno"),
    "fr": ("euh", "ben", "bah", "alors"),
    "de": ("äh", "ähm", "also", "ja"),
}


@dataclass(frozen=True, slots=True)
class Labelled:
    """One utterance as evals/LABELLING.md rates it."""

    id: str
    text: str
    language: str
    urgency: Urgency
    accept: tuple[Urgency, ...]
    """Every class that is not an error, the right one first."""
    hazard: Hazard
    kind: str
    style: str
    split: str
    """train, tune or test: test is never trained on, nor are thresholds set by it."""


def read_corpus(folder: Path = CORPUS) -> list[Labelled]:
    """Return every utterance, in a fixed order; raises KeyError or ValueError for a bad line."""
    return [line for path in sorted(folder.glob("*.jsonl")) for line in _lines(path)]


def _lines(path: Path) -> Iterator[Labelled]:
    for raw in path.read_text("utf-8").splitlines():
        line = json.loads(raw)
        yield Labelled(
            id=line["id"],
            text=line["text"],
            language=line["lang"],
            urgency=Urgency(line["urgency"]),
            accept=tuple(Urgency(level) for level in line["accept"]),
            hazard=Hazard(line["hazard"]),
            kind=line["kind"],
            style=line["style"],
            split=line["split"],
        )


def as_heard(line: Labelled, chance: random.Random) -> str:
    """Return the line as the encoder reads it, at times as a recogniser or a typist leaves it."""
    text = canonical(line.text)
    if chance.random() < 0.5:
        text = re.sub(r" ?[,?](?= |$)", "", text)
    if chance.random() < 0.15:
        text = unaccented(text)
    words = text.split()
    if len(words) > 4 and chance.random() < 0.15:
        del words[chance.randrange(len(words))]
    if chance.random() < 0.08:
        filler = chance.choice(FILLERS[line.language])
        words.insert(chance.choice((0, len(words) // 2)), filler)
    return " ".join(words)
