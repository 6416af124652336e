"""Read a Word document (.docx) into blocks with python-docx."""

import io
import zipfile
from collections.abc import Iterator
from typing import Any

from aurora.errors import HandbookError
from aurora.guidance.handbook.blocks import Block

MOST_UNPACKED_BYTES = 100_000_000
BROKEN = "not a Word document that can be read; open it in Word, save it again as .docx"


def read_word_file(content: bytes) -> list[Block]:
    """Return headings, paragraphs and table rows in order; hidden text is left out."""
    _check_package(content)
    # Loaded here: lxml takes a tenth of a second that a line need not wait for.
    import docx
    from docx.opc.exceptions import PackageNotFoundError
    from lxml.etree import LxmlError

    try:
        document = docx.Document(io.BytesIO(content))
        return list(_blocks(document))
    # What a package lacks or misstates shows in any of these; each means that it is broken.
    except (
        *(PackageNotFoundError, LxmlError, zipfile.BadZipFile, zipfile.LargeZipFile),
        *(KeyError, ValueError, AttributeError, IndexError, TypeError, OSError, EOFError),
        *(NotImplementedError, RuntimeError, AssertionError),
    ) as error:
        raise HandbookError(BROKEN) from error


def _check_package(content: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            names = package.namelist()
            # What the package says of its sizes is all that can be unpacked from it.
            unpacked = sum(entry.file_size for entry in package.infolist())
            is_locked = any(entry.flag_bits & 1 for entry in package.infolist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        if content.startswith(b"\xd0\xcf\x11\xe0"):
            raise HandbookError(
                "an encrypted or old Word document; save it without a password as .docx"
            ) from error
        raise HandbookError(BROKEN) from error
    if unpacked > MOST_UNPACKED_BYTES:
        raise HandbookError(
            f"unpacks to {unpacked // 1_000_000} MB, more than a text can be; save its text alone"
        )
    if is_locked:
        raise HandbookError("encrypted; save it without a password")
    if "[Content_Types].xml" not in names:
        raise HandbookError(BROKEN)


def _blocks(document: Any) -> Iterator[Block]:
    from docx.table import Table
    from docx.text.paragraph import Paragraph

    # Content controls hold paragraphs that python-docx passes over; lost words change a rule.
    for element in document.element.body.xpath("./w:p | ./w:tbl | ./w:sdt//w:p | ./w:sdt//w:tbl"):
        if element.tag.endswith("}tbl"):
            for row in Table(element, document).rows:
                cells = dict.fromkeys(_words_of(cell) for cell in row.cells)
                yield Block(": ".join(filter(None, cells)))
        elif not element.xpath("ancestor::w:tbl"):
            paragraph = Paragraph(element, document)
            style = (paragraph.style.name if paragraph.style is not None else "") or ""
            if not style.lower().startswith("toc"):
                yield Block(_shown(paragraph), _level(style))


def _words_of(cell: Any) -> str:
    return " ".join(filter(None, map(_shown, cell.paragraphs))).strip()


def _shown(paragraph: Any) -> str:
    """Every run that is seen, as if all tracked changes were accepted."""
    from docx.text.run import Run

    elements = paragraph._p.xpath(".//w:r[not(ancestor::*[local-name()='Fallback'])]")
    runs = (Run(element, paragraph) for element in elements)
    return "".join(run.text for run in runs if not run.font.hidden)


def _level(style: str) -> int:
    if style == "Title":
        return 1
    last = style.rpartition(" ")[2]
    return min(int(last), 6) if style.startswith("Heading ") and last.isdigit() else 0
