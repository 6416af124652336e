"""The corpus is labelled in triage's words; its splits share nothing and hold nothing public."""

import re
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import pytest

from aurora.levels import Hazard, Urgency
from evals.sets import CORPUS, by_slice, public_folder, read_probe, read_public, read_split

SPLITS = ("train", "tune", "test")
AT_LEAST = {"en": 3_000, "es": 1_000, "fr": 1_000, "de": 1_000}
KINDS = {
    *("drill", "drill_real", "figurative", "hypothetical", "injection", "just_over", "keyword"),
    *("minimised", "negation", "past", "question_live", "wrong_number"),
}
FIELDS = {
    *("id", "split", "group", "text", "lang", "urgency", "accept", "hazard", "zone", "kind"),
    *("style", "origin"),
}


@pytest.fixture(scope="module")
def corpus() -> list[dict[str, Any]]:
    return [dict(item) for split in SPLITS for item in read_split(split)]


def bare(text: str) -> str:
    """Letters and digits alone: texts that differ in less are the same text."""
    return " ".join(re.findall(r"\w+", text.casefold()))


def test_every_line_belongs_to_a_split(corpus: list[dict[str, Any]]) -> None:
    files = [path.read_text("utf-8") for path in CORPUS.glob("*.jsonl")]

    assert len(corpus) == sum(len(text.splitlines()) for text in files)


def test_every_line_is_labelled_in_the_words_triage_uses(corpus: list[dict[str, Any]]) -> None:
    for item in corpus:
        assert item.keys() >= FIELDS, item
        assert item["text"].strip(), item
        assert item["accept"][0] == item["urgency"], item
        assert set(item["accept"]) <= set(Urgency), item
        assert item["hazard"] in set(Hazard), item
        assert item["lang"] in AT_LEAST, item
        assert item["style"] in ("clean", "asr"), item
        assert item["kind"] == "plain" or item["kind"].removeprefix("trap:") in KINDS, item
        assert item["zone"] is None or item["zone"].strip(), item


def test_the_corpus_is_large_enough_in_every_language(corpus: list[dict[str, Any]]) -> None:
    lines = Counter(item["lang"] for item in corpus)

    assert len(corpus) >= 6_000
    assert all(lines[language] >= least for language, least in AT_LEAST.items()), lines


def test_every_hazard_is_told_in_every_language(corpus: list[dict[str, Any]]) -> None:
    told = {(item["lang"], item["hazard"]) for item in corpus}

    assert {(language, hazard) for language in AT_LEAST for hazard in Hazard} <= told


def test_no_id_is_given_twice(corpus: list[dict[str, Any]]) -> None:
    assert [id_ for id_, n in Counter(item["id"] for item in corpus).items() if n > 1] == []


def test_no_text_stands_twice_in_a_language(corpus: list[dict[str, Any]]) -> None:
    texts = Counter((item["lang"], item["text"].casefold()) for item in corpus)

    assert [text for text, number in texts.items() if number > 1] == []


def test_no_text_of_the_test_split_is_trained_or_tuned_on_in_any_language(
    corpus: list[dict[str, Any]],
) -> None:
    seen = {bare(item["text"]) for item in corpus if item["split"] != "test"}

    tested = [item for item in corpus if item["split"] == "test"]
    assert [item["id"] for item in tested if bare(item["text"]) in seen] == []


def test_no_idea_is_in_two_splits(corpus: list[dict[str, Any]]) -> None:
    splits = defaultdict(set)
    for item in corpus:
        splits[item["group"]].add(item["split"])

    assert [group for group, found in splits.items() if len(found) > 1] == []


def test_no_text_of_the_public_development_set_is_in_it(corpus: list[dict[str, Any]]) -> None:
    public = {bare(item["text"]) for item in read_public(public_folder())}

    assert [item["id"] for item in corpus if bare(item["text"]) in public] == []


def test_no_text_or_idea_of_the_probe_is_trained_or_tuned_on(
    corpus: list[dict[str, Any]],
) -> None:
    texts, groups = {bare(item["text"]) for item in corpus}, {item["group"] for item in corpus}

    probe = [*read_probe("study"), *read_probe("kept")]
    known = [item for item in probe if bare(item["text"]) in texts or item["group"] in groups]
    assert len(probe) >= 300
    assert known == []


def test_the_halves_of_the_probe_share_no_idea() -> None:
    study, kept = ({item["group"] for item in read_probe(half)} for half in ("study", "kept"))

    assert study & kept == set()


def test_the_labels_of_another_split_are_not_even_parsed(tmp_path: Path) -> None:
    (tmp_path / "en.jsonl").write_text(
        '{"id": "a", "split": "train", broken\n'
        '{"id": "b", "split": "test", "text": "says \\"split\\": \\"train\\""}\n'
    )

    assert [item["id"] for item in read_split("test", tmp_path)] == ["b"]


@pytest.mark.parametrize("checkout", ["main", "worktrees/one"])
def test_the_public_sets_are_found_beside_the_checkout(tmp_path: Path, checkout: str) -> None:
    assert public_folder(tmp_path / checkout) is None

    (tmp_path / "shared" / "evals").mkdir(parents=True)
    assert public_folder(tmp_path / checkout) == tmp_path / "shared" / "evals"


def test_a_public_set_that_is_not_there_is_an_empty_one(tmp_path: Path) -> None:
    assert read_public(None) == read_public(tmp_path) == []


def test_the_test_split_is_shown_by_language_trap_and_how_its_text_came_about() -> None:
    line = {"lang": "de", "kind": "trap:past", "style": "asr", "origin": "recognised"}
    own = [
        {"id": "held-1", **line},
        {"id": "de1-1", **line, "kind": "plain", "origin": "hand"},
        {"id": "de1-2", **line, "style": "clean", "origin": "hand"},
    ]
    slices = {name: len(items) for name, items in by_slice(own, []).items()}

    assert slices == {
        "own test split": 3,
        "kept-back author": 1,
        "language de": 3,
        "trap past": 2,
        "clean text": 1,
        "errors written in": 1,
        "errors of a recogniser": 1,
    }
