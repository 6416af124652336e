"""The handbook of a running line: packaged and uploaded documents, searched in each language."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from aurora.errors import HandbookError
from aurora.guidance.handbook.answer import best_sentences
from aurora.guidance.handbook.passage import Document, Passage
from aurora.guidance.handbook.read import read_document
from aurora.guidance.handbook.search import Found, Index, Meaning
from aurora.guidance.handbook.shelf import Shelf, Signature
from aurora.guidance.handbook.words import words_of
from aurora.site.load import SitePaths


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
    indexes: dict[str, Index] = field(default_factory=dict)
    """By language."""
    problems: tuple[str, ...] = ()
    """Stored files that could not be read."""
    signature: Signature = ()


class Handbook:
    """Answers from passages; memory only, but for `refresh`."""

    def __init__(
        self,
        packaged: Iterable[Document] = (),
        shelf: Shelf | None = None,
        meaning: Meaning | None = None,
    ) -> None:
        self._packaged = tuple(packaged)
        self._shelf = shelf
        self._meaning = meaning
        self.contents = self._gather(shelf.signature() if shelf else ())

    def ask(self, question: str, language: str) -> Reading | None:
        """Return the passage of this language that answers a question, or None."""
        found = self.search(question, language, limit=1)
        if not found:
            return None
        passage = found[0].passage
        index = self.contents.indexes[language]
        return Reading(passage, best_sentences(passage, question, index))

    def search(self, question: str, language: str, limit: int = 3) -> list[Found]:
        """Return the passages that answer, best first."""
        index = self.contents.indexes.get(language)
        return index.search(question, limit) if index is not None else []

    def is_written_in(self, language: str) -> bool:
        return language in self.contents.indexes

    @property
    def is_empty(self) -> bool:
        return not self.contents.documents

    def refresh(self) -> bool:
        """Take in what was added or removed since; blocking, and returns whether anything was."""
        if self._shelf is None:
            return False
        signature = self._shelf.signature()
        if signature == self.contents.signature:
            return False
        self.contents = self._gather(signature)
        return True

    def _gather(self, signature: Signature) -> Contents:
        uploaded, problems = self._shelf.read() if self._shelf else ([], [])
        documents = (*self._packaged, *uploaded)
        by_language: dict[str, list[Passage]] = {}
        for document in documents:
            by_language.setdefault(document.language, []).extend(document.passages())
        indexes = {
            language: Index(passages, words_of(language), self._meaning)
            for language, passages in by_language.items()
        }
        return Contents(documents, indexes, tuple(problems), signature)


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
    return Handbook(packaged_documents(paths, languages), Shelf(data_dir / "handbook"))
