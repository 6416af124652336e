"""Documents for tests, made of the fewest bytes that a reader takes for the real thing."""

import io
import zipfile
from collections.abc import Sequence

import docx
from docx.document import Document as WordDocument


def pdf(*pages: Sequence[str], before: str = "") -> bytes:
    """A PDF with one line of text under the other; a line may be a raw operator in brackets."""
    parts = ["<< /Type /Catalog /Pages 2 0 R >>", "", "<< /Type /Font /Subtype /Type1 /BaseFont "]
    parts[2] += "/Helvetica /Encoding /WinAnsiEncoding >>"
    kids = []
    for lines in pages:
        shown = "\n".join(_shown(line) for line in lines)
        stream = f"BT /F1 12 Tf 14 TL 72 770 Td {before}\n{shown}\nET"
        parts.append(f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream")
        parts.append(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] "
            f"/Resources << /Font << /F1 3 0 R >> >> /Contents {len(parts)} 0 R >>"
        )
        kids.append(f"{len(parts)} 0 R")
    parts[1] = f"<< /Type /Pages /Count {len(kids)} /Kids [{' '.join(kids)}] >>"
    out = b"%PDF-1.4\n"
    offsets = []
    for number, part in enumerate(parts, start=1):
        offsets.append(len(out))
        out += f"{number} 0 obj\n{part}\nendobj\n".encode("latin-1")
    table = "".join(f"{offset:010d} 00000 n \n" for offset in offsets)
    trailer = f"<< /Size {len(parts) + 1} /Root 1 0 R >>\nstartxref\n{len(out)}\n%%EOF\n"
    head = f"xref\n0 {len(parts) + 1}\n0000000000 65535 f \n"
    return out + f"{head}{table}trailer\n{trailer}".encode("latin-1")


def _shown(line: str) -> str:
    if line.startswith("[") and line.endswith("]"):
        return line[1:-1]
    escaped = line.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
    return f"({escaped}) Tj T*"


def word(*paragraphs: tuple[str, str] | str) -> bytes:
    """A .docx of paragraphs, or (style, text)."""
    document = docx.Document()
    for paragraph in paragraphs:
        style, text = paragraph if isinstance(paragraph, tuple) else (None, paragraph)
        document.add_paragraph(text, style=style)
    return saved(document)


def saved(document: WordDocument) -> bytes:
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def with_part(package: bytes, name: str, content: bytes) -> bytes:
    """The same package with one part replaced or added."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(package)) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for entry in old.namelist():
            if entry != name:
                new.writestr(entry, old.read(entry))
        new.writestr(name, content)
    return out.getvalue()
