"""Headings and paragraphs on their way from a file to sections of one document."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from aurora.guidance.handbook.clean import on_one_line
from aurora.guidance.handbook.passage import Section
from aurora.guidance.handbook.sentences import as_sentence, sentences

MOST_WORDS = 120
"""A longer passage is cut between sentences: a short one is found for what it says."""
MOST_HEADING_WORDS = 12
ASKED = "Asked:"
"""Begins a paragraph of other words people ask for the section with."""
_NUMBER = re.compile(r"^(?:\d{1,2}(?:\.\d{1,2})*[.)]?|[IVX]{1,4}\.|[A-Z]\.)\s+")
_NUMBERED = re.compile(r"^\d{1,2}(?:\.\d{1,2})+\.?\s+\S|^\d{1,2}\.?\s+[A-ZÀ-Þ]")
_BULLET = re.compile(r"^(?:[•‣▪●○◦·*–—-]|\(?\d{1,2}[.)]|\(?[a-z][.)])\s+")
_ENDS = (".", ",", ";", "!", "?", ":")


@dataclass(frozen=True, slots=True)
class Block:
    """One heading, or one paragraph or list item."""

    text: str
    level: int = 0
    """0 for a paragraph, 1 for a title, 2 and more for headings under it."""
    page: int | None = None


def title_of(blocks: Iterable[Block]) -> str | None:
    """Return the document's own title: its first block, when that is a title."""
    first = next(iter(blocks), None)
    return on_one_line(first.text) if first is not None and first.level == 1 else None


def sections_of(blocks: Iterable[Block], title: str | None) -> list[Section]:
    """Return the paragraphs under their headings, cut to passages."""
    found: list[Section] = []
    heading, asked, page = "", "", None
    paragraphs: list[str] = []
    for block in blocks:
        text = on_one_line(block.text)
        if not any(map(str.isalnum, text)):
            continue
        if block.level or (paragraphs and block.page != page):
            found += _cut(heading, paragraphs, asked, page)
            paragraphs, asked = [], ""
        if block.level:
            heading = "" if text == title else _NUMBER.sub("", text)[:120].strip()
        elif text.startswith(ASKED):
            asked = text.removeprefix(ASKED).strip()[:1_000]
        else:
            paragraphs.append(as_sentence(text))
        page = block.page
    return [*found, *_cut(heading, paragraphs, asked, page)]


def blocks_of_lines(text: str, page: int | None = None) -> Iterator[Block]:
    """Tell headings from paragraphs in lines of plain text, as a PDF or a .txt gives them."""
    lines = text.split("\n")
    paragraph: list[str] = []
    for index, line in enumerate(lines):
        following = lines[index + 1] if index + 1 < len(lines) else ""
        if re.fullmatch(r"[=\-_*~.]{3,}", line):
            continue
        is_new = not line or _BULLET.match(line) is not None
        level = _heading_level(line, lines[index - 1] if index else "", following)
        if (is_new or level) and paragraph:
            yield Block(" ".join(paragraph), page=page)
            paragraph = []
        if level:
            yield Block(line, level, page)
        elif line:
            # "main-" and "tenance" on the next line were one word.
            if paragraph and re.search(r"[a-zà-ÿ]-$", paragraph[-1]) and line[0].islower():
                paragraph[-1] = paragraph[-1][:-1] + line
            else:
                paragraph.append(_BULLET.sub("", line))
    if paragraph:
        yield Block(" ".join(paragraph), page=page)


def _heading_level(line: str, before: str, after: str) -> int:
    """Whether a line looks like a heading: short, no end mark, and set apart in some way."""
    words = line.split()
    if not words or len(words) > MOST_HEADING_WORDS or line.endswith(_ENDS):
        return 0
    if not any(map(str.isalpha, line)) or not after:
        return 2 if re.fullmatch(r"[=-]{3,}", after or "") else 0
    if re.fullmatch(r"={3,}", after):
        return 1
    is_capitals = line.isupper() and len(line) > 3
    stands_alone = not before and line[0].isupper() and not _BULLET.match(line) and len(words) <= 8
    is_numbered = _NUMBERED.match(line) is not None and len(words) <= 8
    return 2 if is_capitals or is_numbered or (stands_alone and after[0].isupper()) else 0


def _cut(heading: str, paragraphs: list[str], asked: str, page: int | None) -> Iterator[Section]:
    kept: list[str] = []
    for paragraph in paragraphs:
        for sentence in sentences(paragraph):
            if kept and len(" ".join([*kept, sentence]).split()) > MOST_WORDS:
                yield Section(heading=heading, text="\n".join(kept), asked=asked, page=page)
                kept = []
            kept.append(sentence[:20_000])
    if kept:
        yield Section(heading=heading, text="\n".join(kept)[:20_000], asked=asked, page=page)
