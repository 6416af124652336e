"""The handbook is indexed beside the calls; no call waits for more than one small language."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from aurora.guidance.handbook.handbook import Handbook
from aurora.guidance.handbook.passage import Document, Section
from aurora.guidance.handbook.shelf import Shelf
from tests.line import NOON

DAMPER = "how do I open the damper"
KLAPPE = "wie öffne ich die Klappe"


def document(text: str, language: str, **parts: Any) -> Document:
    defaults: dict[str, Any] = {"id": "kiln", "title": "Kiln", "sha256": "0" * 64}
    section = Section(heading="Firing", text=text)
    return Document(language=language, name="kiln.md", sections=[section], **{**defaults, **parts})


ENGLISH = document("Open the damper slowly.", "en")
GERMAN = document("Die Klappe langsam öffnen.", "de")


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two passages are more than a caller may wait for."""
    monkeypatch.setattr("aurora.guidance.handbook.handbook.INDEXED_AT_ONCE", 1)


TWO_ENGLISH = [ENGLISH, document("Close the lid at once.", "en")]


class WhileIndexing:
    """Acts in the middle of the first index being made; as a meaning, it finds nothing alike."""

    def __init__(self, act: Callable[[], None]) -> None:
        self._act: Callable[[], None] | None = act

    def vectors(self, texts: Sequence[str]) -> NDArray[np.float32]:
        act, self._act = self._act, None
        if act is not None:
            act()
        return np.zeros((len(texts), 2), np.float32)


def words(handbook: Handbook, question: str, language: str) -> str | None:
    reading = handbook.ask(question, language)
    return reading.words if reading else None


def test_nothing_is_indexed_before_it_is_asked_for_or_warmed():
    handbook = Handbook([ENGLISH, GERMAN])

    assert handbook.contents.unindexed == ["de", "en"]
    assert handbook.is_written_in("de")
    assert not handbook.is_empty


def test_the_first_question_indexes_its_own_language_and_no_other():
    handbook = Handbook([ENGLISH, GERMAN])

    assert words(handbook, DAMPER, "en") == "Open the damper slowly."
    assert handbook.contents.unindexed == ["de"]


def test_a_language_is_indexed_once():
    handbook = Handbook([ENGLISH])
    handbook.warm()
    index = handbook.contents.indexes["en"]
    handbook.ask(DAMPER, "en")
    handbook.warm()

    assert handbook.contents.indexes["en"] is index


def test_a_warm_handbook_has_every_language_indexed():
    handbook = Handbook([ENGLISH, GERMAN])
    handbook.warm()

    assert handbook.contents.unindexed == []
    assert words(handbook, KLAPPE, "de") == "Die Klappe langsam öffnen."


def test_a_large_handbook_answers_nothing_rather_than_hold_up_the_calls(large):
    handbook = Handbook([*TWO_ENGLISH, GERMAN])

    assert words(handbook, DAMPER, "en") is None
    assert handbook.search(DAMPER, "en") == []
    assert handbook.contents.unindexed == ["de", "en"]


def test_a_large_handbook_answers_once_it_is_warm(large):
    handbook = Handbook(TWO_ENGLISH)
    handbook.warm()

    assert words(handbook, DAMPER, "en") == "Open the damper slowly."


def test_a_question_in_one_language_does_not_wait_for_the_index_of_another(large):
    answers: list[str | None] = []
    meanwhile = WhileIndexing(lambda: answers.append(words(handbook, KLAPPE, "de")))
    handbook = Handbook([*TWO_ENGLISH, GERMAN], meaning=meanwhile)
    handbook.warm(["en"])

    assert answers == ["Die Klappe langsam öffnen."]
    assert handbook.contents.unindexed == []


def test_what_is_added_while_an_index_is_made_is_not_lost(tmp_path):
    shelf = Shelf(tmp_path)

    def add() -> None:
        shelf.add(document("Open the hatch first.", "en", id="hatch", added_at=NOON))
        assert handbook.refresh()

    handbook = Handbook([ENGLISH], shelf, WhileIndexing(add))
    handbook.warm()

    assert len(handbook.contents.documents) == 2
    assert words(handbook, "how do I open the hatch", "en") == "Open the hatch first."
