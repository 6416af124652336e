"""A rating a line, in order; a bad line is named and the rest goes on."""

import json
from collections.abc import Iterable

import pytest

from aurora.levels import Hazard, Urgency
from aurora.rehearsal.triage_lines import rate_lines
from aurora.triage.assess import Heard
from aurora.triage.assessment import Assessment, Place


class ListedTriage:
    """Rates everything as a fire and notes the language it was asked to start from."""

    def __init__(self) -> None:
        self.started_from: list[str] = []

    def assess(
        self, words: str, *, language: str, before: str = "", is_place_expected: bool = False
    ) -> Heard:
        self.started_from.append(language)
        place = Place("Zone B", "b") if "B" in words else None
        rated = Assessment(Urgency.CRITICAL, Hazard.FIRE, "fire", language, 0.98765, place=place)
        return Heard(words, rated, 0.1239)


@pytest.fixture
def triage() -> ListedTriage:
    return ListedTriage()


def rate(triage: ListedTriage, lines: Iterable[bytes]) -> tuple[list[dict[str, object]], list[str]]:
    written: list[str] = []
    complaints: list[str] = []
    bad = rate_lines(lines, triage, "en", written.append, complaints.append)  # type: ignore[arg-type]
    assert bad == len(complaints)
    return [json.loads(line) for line in written], complaints


def test_a_line_is_rated_with_every_field(triage: ListedTriage) -> None:
    (rated,), _ = rate(triage, [b'{"id": "u1", "text": "Fire in B"}'])
    assert rated == {
        "id": "u1",
        "urgency": "critical",
        "hazard": "fire",
        "zone": "Zone B",
        "procedure": "fire",
        "lang": "en",
        "confidence": 0.988,
        "ms": 0.124,
    }


def test_no_place_said_is_null(triage: ListedTriage) -> None:
    (rated,), _ = rate(triage, [b'{"id": 1, "text": "fire"}'])
    assert rated["zone"] is None


def test_the_order_is_kept_and_empty_lines_are_passed_over(triage: ListedTriage) -> None:
    lines = [b'\xef\xbb\xbf{"id": 2, "text": "x"}\n', b"\n", b'{"id": 1, "text": ""}\n']
    rated, complaints = rate(triage, lines)
    assert [line["id"] for line in rated] == [2, 1]
    assert complaints == []


def test_rating_starts_from_the_lines_language_else_the_sites(triage: ListedTriage) -> None:
    lines = [b'{"id": 1, "text": "x", "lang": "de"}', b'{"id": 2, "text": "x", "lang": null}']
    rate(triage, [*lines, b'{"id": 3, "text": "x", "lang": "pt"}'])
    assert triage.started_from == ["de", "en", "en"]


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        (b"fire!", "not JSON"),
        (b'{"id": 1, "text": "\xff"}', "not JSON"),
        (b"[1, 2]", "not an object"),
        (b'{"text": "x"}', "id is missing"),
        (b'{"id": true, "text": "x"}', "id is missing"),
        (b'{"id": 1}', "text is missing"),
        (b'{"id": 1, "text": ["x"]}', "text is missing"),
        (b'{"id": 1, "text": "x", "lang": 3}', "lang is not"),
    ],
)
def test_a_bad_line_is_named_and_the_next_one_rated(
    triage: ListedTriage, line: bytes, complaint: str
) -> None:
    rated, (said,) = rate(triage, [b"\n", line, b'{"id": 9, "text": "x"}'])
    assert said.startswith("line 2: ")
    assert complaint in said
    assert [line["id"] for line in rated] == [9]
