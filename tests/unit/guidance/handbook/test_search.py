"""The packaged handbook is found by questions in other words, and is silent on what it lacks."""

import re
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

import pytest

from aurora.guidance.handbook.handbook import Handbook, packaged_documents
from aurora.guidance.handbook.passage import Document, Section
from aurora.guidance.handbook.sentences import sentences
from aurora.guidance.handbook.words import FOLDER, WordLists, Words, words_of
from aurora.site.load import DEFAULT_SITE, locate
from aurora.site.yaml_file import read_yaml

FOUND_AT_LEAST = 0.9


@cache
def packaged() -> Handbook:
    return Handbook(packaged_documents(locate(None), ["en"]))


def questions() -> list[tuple[str, list[str]]]:
    """Each question with the headings that answer it."""
    lines = (Path(__file__).parent / "questions.tsv").read_text(encoding="utf-8").splitlines()
    cut = (line.split("\t") for line in lines)
    return [(question, headings.split("|")) for question, headings in cut]


def first_heading(question: str) -> str | None:
    found = packaged().search(question, "en", limit=1)
    return found[0].passage.heading if found else None


def test_questions_in_other_words_find_their_passage_first():
    asked = questions()
    missed = [
        (question, first)
        for question, headings in asked
        if (first := first_heading(question)) not in headings
    ]

    assert len(missed) <= len(asked) * (1 - FOUND_AT_LEAST), missed


@pytest.mark.parametrize(
    "question",
    [
        "what's the capital of France",
        "who won the football match last night",
        "when is payday",
        "how do I reset my computer password",
        "what is on the menu in the canteen",
        "what is the wifi code",
        "tell me a joke",
        "where can I park my car",
        "what is the torque for the flange bolts",
        "what time is it",
        "do you speak Polish",
        "",
        "?",
    ],
)
def test_what_the_handbook_does_not_cover_is_not_answered(question):
    assert packaged().ask(question, "en") is None


def test_every_answer_is_word_for_word_and_short_enough_to_be_spoken():
    for question, _ in questions():
        reading = packaged().ask(question, "en")
        if reading is None:
            continue
        assert reading.words.replace("\n", " ") in reading.passage.text.replace("\n", " ")
        assert len(reading.words.split()) <= 45


def test_a_question_for_a_number_gets_the_sentence_that_has_one():
    assert "sixty minutes" in packaged().ask("how long does a fire watch last", "en").words
    assert "once a week" in packaged().ask("how often is the eyewash tested", "en").words


def test_locking_out_a_mixer_is_never_answered_with_starting_it():
    passage = packaged().ask("how do I lock out the mixer", "en").passage

    assert (passage.document, passage.heading) == ("Lockout and tagout", "How to lock out")


def test_the_packaged_documents_are_whole():
    documents = packaged_documents(locate(None), ["en"])

    assert len(documents) >= 18
    for document in documents:
        assert 4 <= len(document.sections) <= 9, document.id
        for section in document.sections:
            assert section.heading
            assert section.asked, (document.id, section.heading)
            assert any(len(part.split()) <= 45 for part in sentences(section.text))


def test_no_packaged_sentence_names_a_place_or_number_of_the_site():
    for path in (DEFAULT_SITE / "handbook").glob("*/*.md"):
        text = path.read_text(encoding="utf-8").lower()
        assert not re.search(r"zone [a-f]\b|\+\d{6,}|112|valve \d", text), path


# Words


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [
        ("en", "checking the ladders", "inspect a ladder"),
        ("es", "revisar las escaleras", "inspección de la escalera"),
        ("fr", "vérifier les échelles", "contrôle de l'échelle"),
        ("de", "Leitern prüfen", "Kontrolle der Leiter"),
    ],
)
def test_forms_and_names_of_the_same_thing_are_one(language, one, other):
    words = words_of(language)

    assert set(words.terms(one)) <= set(words.terms(other))


def test_a_short_name_is_not_cut_to_a_stop_word():
    assert words_of("en").terms("the aed") == words_of("en").terms("a defibrillator")
    assert words_of("en").terms("a") == []


# Meaning


class Topics:
    """Two axes: sleep, and everything else."""

    def vectors(self, texts: Sequence[str]) -> "Rows":
        return Rows([[1.0, 0.0] if re.search("tired|doze", t) else [0.0, 1.0] for t in texts])


class Rows(list[list[float]]):
    """As much of an array as search uses."""

    def __matmul__(self, other: list[float]) -> "Rows":
        return Rows([sum(a * b for a, b in zip(row, other, strict=True)) for row in self])

    def tolist(self) -> list[float]:
        return list(self)


def small(*texts: str) -> Document:
    sections = [Section(heading=f"Part {n}", text=text) for n, text in enumerate(texts)]
    return Document(
        id="small", title="Small", language="en", sha256="0" * 64, name="s.md", sections=sections
    )


def test_meaning_finds_what_shares_no_word():
    document = small("Stop when you are tired.", "Open the damper slowly.")

    assert Handbook([document]).search("may one doze", "en") == []
    [first, *_] = Handbook([document], meaning=Topics()).search("may one doze", "en")
    assert first.passage.heading == "Part 0"


def test_a_passage_whose_sentences_are_too_long_is_named_and_not_cut():
    document = small("Open the damper " + "very " * 50 + "slowly.")
    reading = Handbook([document]).ask("how do I open the damper", "en")

    assert reading.words is None
    assert reading.passage.heading == "Part 0"


# Sentences


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("Stop. Wait.", 2),
        ("Use approx. Five litres.", 1),
        ("It is 3.5 bar. Wait.", 2),
        ("Do it, e.g. Monday.", 1),
        ("One\nTwo", 2),
        ("¿Qué? ¡No! Sí.", 3),
        ("Stop! «Attendez.» Puis sortez.", 3),
        ("", 0),
    ],
)
def test_sentences_end_where_they_end(text, count):
    assert len(sentences(text)) == count


def test_words_are_stemmed_alike_however_many_threads_ask():
    starts = ("häuser", "leitern", "gabelstapler", "verantwortung", "ausrüstung")
    said = [f"{start}{end}{n}en" for start in starts for end in starts for n in "abcdefgh"]
    alone = [words_of("de").terms(word) for word in said]
    shared = Words("de", read_yaml(FOLDER / "de.yaml", WordLists))
    usual_s = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(8) as threads:
            together = list(threads.map(shared.terms, said))
    finally:
        sys.setswitchinterval(usual_s)

    assert together == alone
