"""Read the text of a PDF into blocks with pypdf, page by page."""

import io
import logging
import re
from collections import Counter
from collections.abc import Iterator

from aurora.errors import HandbookError
from aurora.guidance.handbook.blocks import Block, blocks_of_lines
from aurora.guidance.handbook.clean import visible

MOST_PAGES = 2_000
FEWEST_PAGES_WITH_FURNITURE = 3
INVISIBLE = 3
SHOW_TEXT = (b"Tj", b"TJ", b"'", b'"')
BROKEN = "not a PDF that can be read; print it to PDF again"
SCANNED = "has no text, only pictures of pages; run text recognition (OCR) on it first"


def read_pdf_file(content: bytes) -> list[Block]:
    """Return headings and paragraphs with their pages; headers and footers are left out."""
    pages = _pages(content)
    if not any(re.search(r"\w", page) for page in pages):
        raise HandbookError(SCANNED)
    furniture = _repeated(pages)
    return [
        block
        for number, page in enumerate(pages, start=1)
        for block in blocks_of_lines(_without(page, furniture), number)
    ]


def _pages(content: bytes) -> list[str]:
    # Loaded here: it takes a tenth of a second that a line need not wait for.
    from pypdf import PdfReader
    from pypdf.errors import DependencyError, FileNotDecryptedError, PyPdfError

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # it tells of every mended fault
    try:
        reader = PdfReader(io.BytesIO(content))
        if reader.is_encrypted and not reader.decrypt(""):
            raise HandbookError("encrypted; save it without a password")
        if len(reader.pages) > MOST_PAGES:
            raise HandbookError(f"has over {MOST_PAGES} pages; split it")
        return [_text(reader, number) for number in range(len(reader.pages))]
    except (FileNotDecryptedError, DependencyError) as error:
        raise HandbookError("encrypted; save it without a password") from error
    # pypdf raises these too for files that break the format.
    except (
        *(PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError),
        *(RecursionError, OSError, AssertionError, NotImplementedError, ArithmeticError),
    ) as error:
        raise HandbookError(BROKEN) from error


def _text(reader: object, number: int) -> str:
    page = reader.pages[number]  # type: ignore[attr-defined]
    whole = str(page.extract_text())
    if (contents := page.get_contents()) is None:
        return visible(whole)
    kept = list(_shown_operations(contents.operations))
    if len(kept) == len(contents.operations):
        return visible(whole)
    from pypdf.generic import NameObject

    contents.operations = kept
    page[NameObject("/Contents")] = contents
    # Text recognition lays all its words invisibly over a scan; beside text that is seen,
    # invisible words are hidden ones.
    seen = visible(str(page.extract_text()))
    return seen if re.search(r"\w", seen) else visible(whole)


def _shown_operations(operations: list[tuple[object, bytes]]) -> Iterator[tuple[object, bytes]]:
    mode, outer = 0, [0]
    for operands, operator in operations:
        if operator == b"q":
            outer.append(mode)
        elif operator == b"Q" and len(outer) > 1:
            mode = outer.pop()
        elif operator == b"Tr" and operands:
            mode = int(operands[0])  # type: ignore[index]
        if mode != INVISIBLE or operator not in SHOW_TEXT:
            yield operands, operator


def _repeated(pages: list[str]) -> set[str]:
    """Lines that begin or end most pages, whatever their page number."""
    if len(pages) < FEWEST_PAGES_WITH_FURNITURE:
        return set()
    counts = Counter(
        line
        for page in pages
        for lines in [[_without_digits(line) for line in page.split("\n") if line]]
        for line in {*lines[:1], *lines[-1:]}
    )
    return {line for line, count in counts.items() if count > len(pages) / 2}


def _without(page: str, furniture: set[str]) -> str:
    lines = page.split("\n")
    return "\n".join(line for line in lines if not line or _without_digits(line) not in furniture)


def _without_digits(line: str) -> str:
    return re.sub(r"\d+", "#", line)
