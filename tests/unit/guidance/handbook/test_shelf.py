"""Uploaded documents on disk: kept whole, told apart, and never lost to a bad neighbour."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from aurora.errors import HandbookError
from aurora.guidance.handbook.handbook import Handbook
from aurora.guidance.handbook.passage import Document
from aurora.guidance.handbook.read import read_document
from aurora.guidance.handbook.shelf import Shelf

ADDED = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def document(directory: Path, text: str, name: str = "rules.md") -> Document:
    path = directory / name
    path.write_text(text)
    return read_document(path, language="en", added_at=ADDED)


def shelf(directory: Path) -> Shelf:
    return Shelf(directory / "handbook")


def test_a_shelf_without_a_folder_is_empty(tmp_path):
    assert shelf(tmp_path).read() == ([], [])


def test_what_is_added_is_read_back_as_it_was(tmp_path):
    rules = document(tmp_path, "# Kiln\n\n## Firing\n\nOpen the damper first.\n")
    shelf(tmp_path).add(rules)

    assert shelf(tmp_path).read() == ([rules], [])


def test_the_same_bytes_twice_are_refused_and_name_the_first(tmp_path):
    rules = document(tmp_path, "# Kiln\n\nOpen the damper first.\n")
    again = rules.model_copy(update={"id": "other", "title": "Other"})
    shelf(tmp_path).add(rules)

    with pytest.raises(HandbookError, match=f"already in the handbook as {rules.id}"):
        shelf(tmp_path).add(again)
    assert shelf(tmp_path).read()[0] == [rules]


def test_removing_lets_go_of_one_and_keeps_the_others(tmp_path):
    one = document(tmp_path, "# One\n\nOpen the damper.\n")
    two = document(tmp_path, "# Two\n\nClose the damper.\n")
    shelf(tmp_path).add(one)
    shelf(tmp_path).add(two)
    shelf(tmp_path).remove(one.id)

    assert shelf(tmp_path).read()[0] == [two]


@pytest.mark.parametrize("name", ["none", "../../rules", "*", ""])
def test_removing_what_is_not_there_is_refused(tmp_path, name):
    with pytest.raises(HandbookError, match="no uploaded document has this id"):
        shelf(tmp_path).remove(name)


def test_a_damaged_file_is_named_and_the_others_answer(tmp_path):
    rules = document(tmp_path, "# Kiln\n\nOpen the damper first.\n")
    shelf(tmp_path).add(rules)
    (shelf(tmp_path).folder / "broken.json").write_text('{"id": "broken"')
    documents, problems = shelf(tmp_path).read()

    assert documents == [rules]
    assert len(problems) == 1
    assert "broken.json: not a stored document" in problems[0]


def test_a_write_that_fails_leaves_what_was_there(tmp_path, monkeypatch):
    rules = document(tmp_path, "# Kiln\n\nOpen the damper first.\n")
    shelf(tmp_path).add(rules)
    monkeypatch.setattr("os.replace", fails)

    with pytest.raises(HandbookError, match="cannot be written"):
        shelf(tmp_path).add(document(tmp_path, "# Two\n\nClose it.\n"))
    assert [path.name for path in shelf(tmp_path).folder.iterdir()] == [f"{rules.id}.json"]


def fails(*_: object) -> None:
    raise OSError(28, "No space left on device")


def test_a_running_handbook_takes_in_what_is_added_and_lets_go_of_what_is_removed(tmp_path):
    running = Handbook(shelf=shelf(tmp_path))
    rules = document(tmp_path, "# Kiln\n\n## Firing\n\nOpen the damper first.\n")

    assert running.ask("how do i open the damper", "en") is None
    assert not running.refresh()
    shelf(tmp_path).add(rules)
    assert running.refresh()
    assert running.ask("how do i open the damper", "en").words == "Open the damper first."
    assert not running.refresh()
    shelf(tmp_path).remove(rules.id)
    assert running.refresh()
    assert running.ask("how do i open the damper", "en") is None


def test_an_answer_that_was_looked_up_before_is_another_once_the_documents_are(tmp_path):
    running = Handbook(shelf=shelf(tmp_path))
    first = document(tmp_path, "# Kiln\n\n## Damper\n\nOpen the damper first.\n")
    shelf(tmp_path).add(first)
    running.refresh()

    assert running.ask("how do i open the damper", "en").words == "Open the damper first."
    shelf(tmp_path).remove(first.id)
    second = document(tmp_path, "# Oven\n\n## Damper\n\nNever open the damper yourself.\n")
    shelf(tmp_path).add(second)
    running.refresh()
    assert running.ask("how do i open the damper", "en").words == "Never open the damper yourself."
