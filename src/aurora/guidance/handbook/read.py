"""Turn a file into a document of the handbook, or say plainly what is wrong with it."""

import hashlib
import re
from datetime import datetime
from pathlib import Path, PurePath

from pydantic import ValidationError

from aurora.errors import HandbookError
from aurora.guidance.handbook.blocks import Block, blocks_of_lines, sections_of, title_of
from aurora.guidance.handbook.clean import on_one_line, visible
from aurora.guidance.handbook.markdown import read_markdown
from aurora.guidance.handbook.passage import MOST_SECTIONS, Document
from aurora.guidance.handbook.pdf_file import read_pdf_file
from aurora.guidance.handbook.word_file import read_word_file
from aurora.guidance.handbook.words import language_of
from aurora.site.model import LANGUAGES
from aurora.triage.text import unaccented

MOST_BYTES = 25_000_000
TEXT_SUFFIXES = (".md", ".markdown", ".txt", ".text")
SUFFIXES = (".pdf", ".docx", *TEXT_SUFFIXES)
_MAGIC = {
    b"%PDF-": "a PDF; name it .pdf",
    b"PK\x03\x04": "a packed file; name it .docx if it is one",
}


def read_document(
    path: Path,
    *,
    language: str | None = None,
    title: str | None = None,
    document_id: str | None = None,
    added_at: datetime | None = None,
) -> Document:
    """Return the document in a file; raises HandbookError naming the file and the fix.

    language: of its words; told from them when None. title: as it is to be spoken; the
    document's own, or the file's name, when None.
    """
    try:
        return document_of(
            path.name,
            _content(path),
            language=language,
            title=title,
            document_id=document_id,
            added_at=added_at,
        )
    except HandbookError as error:
        raise HandbookError(f"{path}: {error}") from error


def document_of(
    name: str,
    content: bytes,
    *,
    language: str | None = None,
    title: str | None = None,
    document_id: str | None = None,
    added_at: datetime | None = None,
) -> Document:
    """Return the document in these bytes; raises HandbookError with what is wrong and the fix.

    name: the file's own, whose ending says what kind it is.
    """
    _check(name, len(content))
    if not content.strip():
        raise HandbookError("is empty; check that it is the right file")
    path = PurePath(name)
    blocks = _blocks(path.suffix.lower(), content)
    own_title = title_of(blocks)
    sections = sections_of(blocks, own_title)
    if not sections:
        raise HandbookError("holds no text; check that it is the right file")
    if len(sections) > MOST_SECTIONS:
        raise HandbookError(f"has over {MOST_SECTIONS} passages; split it")
    title = on_one_line(title or own_title or re.sub(r"[_-]+", " ", path.stem))[:80].strip()
    digest = hashlib.sha256(content).hexdigest()
    try:
        return Document(
            id=document_id or f"{_slug(title)}-{digest[:8]}",
            title=title or "Untitled",
            language=_language(language, " ".join(section.text for section in sections[:40])),
            sha256=digest,
            name=on_one_line(path.name),
            added_at=added_at,
            sections=sections,
        )
    except ValidationError as error:
        raise HandbookError(f"{error.errors()[0]['msg']}; give it a --title") from error


def _check(name: str, size: int) -> None:
    suffix = PurePath(name).suffix
    if suffix.lower() not in SUFFIXES:
        known = ", ".join(SUFFIXES)
        raise HandbookError(f"unknown kind {suffix or 'without an ending'}; give {known}")
    if size > MOST_BYTES:
        most = MOST_BYTES // 1_000_000
        raise HandbookError(f"is {size // 1_000_000} MB, the most is {most} MB; split it")


def _content(path: Path) -> bytes:
    try:
        _check(path.name, path.stat().st_size)
        return path.read_bytes()
    except OSError as error:
        raise HandbookError(f"cannot be read ({error.strerror}); check the path") from error


def _blocks(suffix: str, content: bytes) -> list[Block]:
    if suffix == ".pdf":
        return read_pdf_file(content)
    if suffix == ".docx":
        return read_word_file(content)
    text = _decoded(content)
    if suffix in (".md", ".markdown"):
        return list(read_markdown(text))
    return list(blocks_of_lines(visible(text)))


def _decoded(content: bytes) -> str:
    for magic, kind in _MAGIC.items():
        if content.startswith(magic):
            raise HandbookError(f"is not text but {kind}")
    encoding = "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        if b"\x00" in content[:10_000]:
            raise HandbookError("is not text; give the PDF, .docx or text itself") from error
        raise HandbookError(f"not UTF-8 (byte {error.start}); save it as UTF-8") from error
    if "\x00" in text:
        raise HandbookError("is not text; give the PDF, .docx or text itself")
    return text


def _language(given: str | None, text: str) -> str:
    if given is None:
        return language_of(text)
    if given not in LANGUAGES:
        raise HandbookError(f"unknown language {given!r}; give one of {', '.join(LANGUAGES)}")
    return given


def _slug(title: str) -> str:
    words = re.sub(r"[^a-z0-9]+", "-", unaccented(title.lower())).strip("-")
    return words[:50].strip("-") or "document"
