"""The handbook of a running line: packaged and uploaded documents, searched in each language."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from threading import Lock

from aurora.errors import HandbookError
from aurora.guidance.handbook.answer import best_sentences
from aurora.guidance.handbook.passage import Document, Passage
from aurora.guidance.handbook.read import read_document
from aurora.guidance.handbook.search import Found, Index, Meaning
from aurora.guidance.handbook.shelf import Shelf, Signature, shelf_in
from aurora.guidance.handbook.words import words_of
from aurora.site.load import SitePaths

INDEXED_AT_ONCE = 300
"""So many passages are indexed when the first question needs them, in 0.2 s. Every call of the
machine waits meanwhile, so more of them answer only once `warm` has indexed them beside the calls.
"""
QUESTIONS_KEPT = 256
"""Answers that are not looked up twice: a question read in a pause is mostly the turn's."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A passage that answers, with the sentences of it to be read out."""

    passage: Passage
    words: str | None
    """Word for word; None where every sentence is too long to be spoken."""


@dataclass(frozen=True, slots=True)
class Contents:
    """What the handbook holds at one moment; replaced as a whole."""

    documents: tuple[Document, ...] = ()
    passages: Mapping[str, tuple[Passage, ...]] = field(default_factory=dict)
    """By language."""
    indexes: Mapping[str, Index] = field(default_factory=dict)
    """By language, as far as they are made; the others are made by `warm` or the first question."""
    problems: tuple[str, ...] = ()
    """Stored files that could not be read."""
    signature: Signature = ()

    @property
    def unindexed(self) -> list[str]:
        return sorted(set(self.passages) - set(self.indexes))

    def can_answer(self, language: str) -> bool:
        """Whether a question in this language is looked up now."""
        count = len(self.passages.get(language, ()))
        return language in self.indexes or 0 < count <= INDEXED_AT_ONCE


class Handbook:
    """Answers from passages; memory only, but for `refresh`."""

    def __init__(
        self,
        packaged: Iterable[Document] = (),
        shelf: Shelf | None = None,
        meaning: Meaning | None = None,
    ) -> None:
        self._packaged = tuple(packaged)
        self.shelf = shelf
        self._meaning = meaning
        self._replacing = Lock()
        self._read = lru_cache(maxsize=QUESTIONS_KEPT)(_read)
        self.contents = self._gather(shelf.signature() if shelf else ())

    def ask(self, question: str, language: str) -> Reading | None:
        """Return the passage of this language that answers a question, or None."""
        index = self._index_for_question(language)
        return self._read(question, index) if index is not None else None

    def search(self, question: str, language: str, limit: int = 3) -> list[Found]:
        """Return the passages that answer, best first."""
        index = self._index_for_question(language)
        return index.search(question, limit) if index is not None else []

    def is_written_in(self, language: str) -> bool:
        return language in self.contents.passages

    @property
    def is_empty(self) -> bool:
        return not self.contents.documents

    def warm(self, languages: Iterable[str] | None = None) -> None:
        """Index these languages, or all; blocking, and made to run beside the calls."""
        for language in self.contents.passages if languages is None else languages:
            self._index(language)

    def refresh(self) -> bool:
        """Take in what was added or removed since; blocking, and returns whether anything was."""
        if self.shelf is None:
            return False
        signature = self.shelf.signature()
        if signature == self.contents.signature:
            return False
        gathered = self._gather(signature)
        indexes = {
            language: self._new_index(language, passages)
            for language, passages in gathered.passages.items()
        }
        with self._replacing:
            self.contents = replace(gathered, indexes=indexes)
        self._read.cache_clear()
        return True

    def _index_for_question(self, language: str) -> Index | None:
        contents = self.contents
        if language not in contents.indexes and contents.can_answer(language):
            return self._index(language)
        return contents.indexes.get(language)

    def _index(self, language: str) -> Index | None:
        """Return the language's index, made now if need be; None where nothing is written in it."""
        contents = self.contents
        passages = contents.passages.get(language)
        if passages is None or language in contents.indexes:
            return contents.indexes.get(language)
        # Made outside the lock, so that a question never waits for another language's index; that
        # two threads may make the same one harms nothing.
        index = self._new_index(language, passages)
        with self._replacing:
            now = self.contents
            # Otherwise `refresh` was quicker, and has indexed what it found.
            if now.passages is contents.passages:
                self.contents = replace(now, indexes={**now.indexes, language: index})
        return index

    def _new_index(self, language: str, passages: Sequence[Passage]) -> Index:
        return Index(passages, words_of(language), self._meaning)

    def _gather(self, signature: Signature) -> Contents:
        uploaded, problems = self.shelf.read() if self.shelf else ([], [])
        documents = (*self._packaged, *uploaded)
        by_language: dict[str, list[Passage]] = {}
        for document in documents:
            by_language.setdefault(document.language, []).extend(document.passages())
        passages = {language: tuple(written) for language, written in by_language.items()}
        return Contents(documents, passages, {}, tuple(problems), signature)


def _read(question: str, index: Index) -> Reading | None:
    found = index.search(question, limit=1)
    if not found:
        return None
    passage = found[0].passage
    return Reading(passage, best_sentences(passage, question, index))


def packaged_documents(paths: SitePaths, languages: Sequence[str]) -> list[Document]:
    """Return the documents that come with the site; raises HandbookError naming the files."""
    documents, problems = [], []
    for language in languages:
        for path in paths.files(f"handbook/{language}/*.md"):
            try:
                documents.append(read_document(path, language=language, document_id=path.stem))
            except HandbookError as error:
                problems.append(str(error))
    if problems:
        raise HandbookError("\n".join(problems))
    return documents


def open_handbook(paths: SitePaths, languages: Sequence[str], data_dir: Path) -> Handbook:
    """Return the handbook of a site with what was uploaded to this machine."""
    return Handbook(packaged_documents(paths, languages), shelf_in(data_dir))
