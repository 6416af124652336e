"""Files that cannot be taken in: each is named with what to do about it."""

import io
import zipfile
from pathlib import Path

import pytest
from pypdf import PdfReader, PdfWriter

from aurora.errors import HandbookError
from aurora.guidance.handbook import read
from aurora.guidance.handbook.read import read_document
from aurora.guidance.handbook.word_file import MOST_UNPACKED_BYTES
from tests.documents import pdf, with_part, word


def encrypted_pdf() -> bytes:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf(["Open the lid."]))))
    writer.encrypt("secret", algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def zip_bomb() -> bytes:
    return with_part(word("Open."), "word/media/big.bin", b"\0" * (MOST_UNPACKED_BYTES + 1))


def zip_of(name: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        package.writestr(name, "x")
    return out.getvalue()


ENTITIES = (
    b'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a "Open the lid. ">'
    + b"".join(b'<!ENTITY %c "%b">' % (98 + i, b"&%c;" % (97 + i) * 20) for i in range(7))
    + b']><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
    b"<w:body><w:p><w:r><w:t>&h;</w:t></w:r></w:p></w:body></w:document>"
)

BAD = {
    "unknown kind": ("a.exe", b"MZ", "unknown kind .exe; give .pdf, .docx"),
    "no ending": ("manual", b"text", "unknown kind without an ending"),
    "empty": ("a.txt", b"", "is empty"),
    "only spaces": ("a.md", b" \n\n ", "is empty"),
    "only marks": ("a.md", b"# \n\n---\n\n* * *", "holds no text"),
    "scanned": ("a.pdf", pdf([]), "has no text, only pictures of pages; run text recognition"),
    "encrypted pdf": ("a.pdf", encrypted_pdf(), "encrypted; save it without a password"),
    "cut pdf": ("a.pdf", pdf(["Open the lid."])[:200], "not a PDF that can be read"),
    "no pdf": ("a.pdf", b"Open the lid of the machine.", "not a PDF that can be read"),
    "cut docx": ("a.docx", word("Open.")[:900], "not a Word document that can be read"),
    "no docx": ("a.docx", b"Open the lid.", "not a Word document that can be read"),
    "another zip": ("a.docx", zip_of("a.txt"), "not a Word document that can be read"),
    "old or locked word": (
        "a.docx",
        b"\xd0\xcf\x11\xe0rest",
        "save it without a password as .docx",
    ),
    "docx of broken xml": (
        "a.docx",
        with_part(word("Open."), "word/document.xml", b"<w:document"),
        "not a Word document that can be read",
    ),
    "zip bomb": ("a.docx", zip_bomb(), "unpacks to 100 MB"),
    "pdf as text": ("a.txt", pdf(["Open."]), "is not text but a PDF; name it .pdf"),
    "docx as text": ("a.md", word("Open."), "is not text but a packed file"),
    "binary as text": ("a.txt", b"\x7fELF\x00\x01\x02text", "is not text"),
    "latin-1": ("a.txt", "Schließen".encode("latin-1"), "not UTF-8 (byte 6); save it as UTF-8"),
    "no language": (
        "a.txt",
        b"valve 12345 gasket",
        "language cannot be told; say which it is (--lang",
    ),
}


@pytest.mark.parametrize("kind", BAD)
def test_a_bad_file_is_named_with_what_to_do(tmp_path, kind):
    name, content, words = BAD[kind]
    path = tmp_path / name
    path.write_bytes(content)

    with pytest.raises(HandbookError) as caught:
        read_document(path)

    assert str(caught.value).startswith(f"{path}: ")
    assert words in str(caught.value)


def test_entities_that_unfold_without_end_are_not_unfolded(tmp_path):
    path = tmp_path / "a.docx"
    path.write_bytes(with_part(word("Open."), "word/document.xml", ENTITIES))

    with pytest.raises(HandbookError, match=r"cannot be|can be read|holds no text"):
        read_document(path, language="en")


def test_a_file_that_is_too_large_is_not_even_opened(tmp_path):
    path = tmp_path / "a.pdf"
    with path.open("wb") as file:
        file.truncate(50_000_000)  # sparse: takes no room

    with pytest.raises(HandbookError, match=r"is 50 MB, the most is 25 MB; split it"):
        read_document(path)


def test_a_document_of_too_many_passages_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(read, "MOST_SECTIONS", 3)
    path = tmp_path / "a.md"
    path.write_text("".join(f"## H{n}\n\nThe lid of it.\n\n" for n in range(4)))

    with pytest.raises(HandbookError, match="over 3 passages; split it"):
        read_document(path)


@pytest.mark.parametrize("name", ["none.pdf", "."])
def test_a_path_that_is_no_file_is_named(tmp_path, name):
    with pytest.raises(HandbookError, match=r"cannot be read|unknown kind"):
        read_document(tmp_path / name)


def test_an_unknown_language_is_refused(tmp_path):
    path = Path(tmp_path / "a.txt")
    path.write_text("Otevrete ventil.")

    with pytest.raises(HandbookError, match="unknown language 'cs'; give one of en, es, fr, de"):
        read_document(path, language="cs")
