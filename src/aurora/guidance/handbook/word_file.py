"""Read a Word document (.docx) into blocks with python-docx."""

import io
import zipfile
from collections.abc import Iterator

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


def _blocks(document: object) -> Iterator[Block]:
    from docx.table import Table

    for item in document.iter_inner_content():  # type: ignore[attr-defined]
        if isinstance(item, Table):
            for row in item.rows:
                cells = dict.fromkeys(_paragraphs_of(cell) for cell in row.cells)
                yield Block(": ".join(filter(None, cells)))
        else:
            style = (item.style.name if item.style is not None else "") or ""
            yield Block(_shown(item), _level(style))


def _paragraphs_of(cell: object) -> str:
    shown = (_shown(paragraph) for paragraph in cell.paragraphs)  # type: ignore[attr-defined]
    return " ".join(filter(None, shown)).strip()


def _shown(paragraph: object) -> str:
    from docx.text.run import Run

    found: list[str] = []
    for part in paragraph.iter_inner_content():  # type: ignore[attr-defined]
        runs = [part] if isinstance(part, Run) else part.runs
        found += [run.text for run in runs if not run.font.hidden]
    return "".join(found)


def _level(style: str) -> int:
    if style == "Title":
        return 1
    last = style.rpartition(" ")[2]
    return min(int(last), 6) if style.startswith("Heading ") and last.isdigit() else 0
