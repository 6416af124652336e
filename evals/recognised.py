"""Speak labelled utterances, send them down a noisy telephone line and keep what is recognised.

A caller's words reach triage through a recogniser that errs; a corpus for training and measuring
needs its real errors, under the labels of what was said. Two steps, with a person between them:

    python -m evals.recognised hear SOURCE HEARD --take en=600,es=230,fr=230,de=240
    python -m evals.recognised keep HEARD DROPPED OUTPUT

`hear` samples clean utterances of 6 to 22 words (critical and urgent ones twice as likely), and
writes one JSON line for each: what was said, what was recognised, the noise, and why the
transcript is refused if it is empty, unchanged, a loop or an invention. A refused one is heard
once more: a lost sentence in less noise, an unchanged one in more. The same seed takes the same
lines, voices and noises, but py-nanotts never speaks a sentence twice alike to the sample, so a
transcript may differ by a word. `hear` stops after `--minutes` and goes on where it stopped.
A person then reads the rest and lists in DROPPED the ids whose label a careful dispatcher would
no longer reach, one a line, a reason after it if wanted. `keep` writes the others.

It listens as the line does, with a beam of one. Packaged weights are joined in `--models` and
checked before they are loaded. One thread; about half a second of CPU an utterance.
"""

import argparse
import json
import random
import statistics
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from evals.measures import Labelled
from evals.misheard import bare, word_errors

WORDS = (6, 22)
LIKELIHOOD = {"critical": 2.0, "urgent": 2.0}
Hear = Callable[[Labelled, random.Random], Mapping[str, Any]]


def read(path: Path) -> list[Labelled]:
    """Read utterances or heard lines, a JSON list or JSON lines."""
    text = path.read_text("utf-8")
    lines: list[Labelled] = (
        json.loads(text)
        if text.lstrip().startswith("[")
        else [json.loads(line) for line in text.split("\n") if line.strip()]
    )
    return lines


def sample(lines: Iterable[Labelled], take: Mapping[str, int], seed: int) -> list[Labelled]:
    """Return so many clean lines of each language, the dangerous more likely, in mixed order."""
    chance = random.Random(seed)  # noqa: S311
    drawn: dict[str, list[tuple[float, Labelled]]] = defaultdict(list)
    least, most = WORDS
    for line in sorted(lines, key=lambda line: str(line["id"])):
        if line["style"] == "clean" and least <= len(line["text"].split()) <= most:
            # Weighted drawing without replacement, after Efraimidis and Spirakis.
            lot = chance.random() ** (1 / LIKELIHOOD.get(line["urgency"], 1.0))
            drawn[line["lang"]].append((lot, line))
    taken = [
        line
        for language, number in take.items()
        for _, line in sorted(drawn[language], key=lambda pair: -pair[0])[:number]
    ]
    chance.shuffle(taken)
    return taken


def hear_all(lines: Sequence[Labelled], path: Path, hear: Hear, seed: int, until: float) -> None:
    """Append what is heard of each line not yet in the file, until the clock passes `until`."""
    known = {row["source"] for row in _mended(path)}
    waiting = [line for line in lines if line["id"] not in known]
    with path.open("a", encoding="utf-8") as file:
        for number, line in enumerate(waiting, 1):
            if time.monotonic() > until:
                _tell(f"time is up: {len(waiting) - number + 1} left; run again to go on")
                return
            row = hear(line, random.Random(f"{seed}:{line['id']}"))  # noqa: S311
            file.write(json.dumps(row, ensure_ascii=False) + "\n")
            file.flush()
            if number % 25 == 0 or number == len(waiting):
                _tell(f"{number} of {len(waiting)} heard")


def keep(heard: Iterable[Labelled], dropped: set[str]) -> list[dict[str, Any]]:
    """Return the labelled lines that neither the checks nor the reader refused."""
    return [
        row["line"]
        for row in heard
        if row["refused"] is None and not {row["source"], row["line"]["id"]} & dropped
    ]


def _mended(path: Path) -> list[Labelled]:
    """Read the rows of an earlier run; a line cut short by its end is taken off."""
    if not path.exists():
        return []
    text = path.read_text("utf-8")
    whole = text[: text.rfind("\n") + 1]
    if whole != text:
        path.write_text(whole, "utf-8")
    return [json.loads(line) for line in whole.split("\n") if line]


def _ears(lines: Sequence[Labelled], models: Path, clean_share: float) -> Hear:
    # Loaded late: sampling and keeping need no model.
    from evals.listening import Ears

    return Ears(lines, models, clean_share).hear


def _run_hear(asked: argparse.Namespace) -> None:
    until = time.monotonic() + asked.minutes * 60
    lines = [
        line
        for line in read(asked.source)
        if line["id"].startswith(asked.only)
        and not (asked.skip and line["id"].startswith(asked.skip))
    ]
    taken = sample(lines, asked.take, asked.seed)
    hear_all(taken, asked.heard, _ears(taken, asked.models, asked.clean_share), asked.seed, until)


def _run_keep(asked: argparse.Namespace) -> None:
    heard = read(asked.heard)
    listed = asked.dropped.read_text("utf-8").splitlines()
    dropped = {line.split()[0] for line in listed if line.split()}
    kept = keep(heard, dropped)
    asked.output.write_text(
        "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in kept), "utf-8"
    )
    for summary in _summaries(heard, kept):
        _tell(summary)


def _summaries(heard: Sequence[Labelled], kept: Sequence[Labelled]) -> Iterable[str]:
    remaining = Counter(line["lang"] for line in kept)
    for language in sorted({row["line"]["lang"] for row in heard}):
        rows = [row for row in heard if row["line"]["lang"] == language]
        reasons = Counter(row["refused"] or "kept or read" for row in rows)
        quiet = [
            word_errors(bare(row["said"]), bare(row["clean"]))
            for row in rows
            if row["clean"] is not None
        ]
        noisy = [row["errors_first"] for row in rows]
        yield (
            f"{language}: {remaining[language]} of {len(rows)} kept; median word error rate "
            f"{_median(quiet)} % clean, {_median(noisy)} % noisy; {dict(reasons)}"
        )


def _median(shares: Sequence[float]) -> str:
    return f"{100 * statistics.median(shares):.0f}" if shares else "-"


def _tell(what: str) -> None:
    sys.stderr.write(f"{what}\n")
    sys.stderr.flush()


def _take(text: str) -> dict[str, int]:
    return {
        language: int(number) for language, number in (part.split("=") for part in text.split(","))
    }


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m evals.recognised")
    steps = parser.add_subparsers(required=True)
    hear = steps.add_parser("hear", help="Speak, transcribe and compare.")
    hear.set_defaults(run=_run_hear)
    hear.add_argument("source", type=Path, help="Labelled utterances, JSON lines or a list.")
    hear.add_argument("heard", type=Path, help="Where what is heard is added.")
    hear.add_argument("--take", type=_take, required=True, help="Lines a language: en=600,es=230.")
    hear.add_argument("--only", default="", help="Only ids that begin so.")
    hear.add_argument("--skip", default="", help="No ids that begin so.")
    hear.add_argument("--seed", type=int, default=11)
    hear.add_argument("--minutes", type=float, default=60)
    hear.add_argument("--clean-share", type=float, default=0.2, help="Heard without noise too.")
    hear.add_argument("--models", type=Path, default=Path("data/models"), help="Joined weights.")
    kept = steps.add_parser("keep", help="Write what the reader left.")
    kept.set_defaults(run=_run_keep)
    kept.add_argument("heard", type=Path)
    kept.add_argument("dropped", type=Path, help="Ids, one a line.")
    kept.add_argument("output", type=Path)
    asked = parser.parse_args()
    asked.run(asked)


if __name__ == "__main__":
    main()
