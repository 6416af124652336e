"""Read Markdown into blocks; raw HTML in it, and what it hides, is left out."""

import re
from collections.abc import Iterator, Sequence

from markdown_it import MarkdownIt
from markdown_it.token import Token

from aurora.guidance.handbook.blocks import Block

_PARSER = MarkdownIt("commonmark").enable("table")
_FRONT_MATTER = re.compile(r"\A---\n.*?\n---\n", re.DOTALL)
_HIDES = re.compile(
    r"\bhidden\b|display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0", re.I
)
_BREAKS = ("softbreak", "hardbreak")


def read_markdown(text: str) -> Iterator[Block]:
    """Yield a heading or paragraph at a time; code, links and emphasis as their words."""
    level, is_row = 0, False
    cells: list[str] = []
    for token in _PARSER.parse(_FRONT_MATTER.sub("", text)):
        if token.type == "heading_open":
            level = int(token.tag[1])
        elif token.type == "heading_close":
            level = 0
        elif token.type == "tr_open":
            is_row, cells = True, []
        elif token.type == "tr_close":
            is_row = False
            yield Block(": ".join(filter(None, cells)))
        elif token.type == "inline":
            words = _words(token.children or [])
            if is_row:
                cells.append(words)
            else:
                yield Block(words, level)
        elif token.type in ("fence", "code_block"):
            for line in token.content.splitlines():
                yield Block(line)


def _words(tokens: Sequence[Token]) -> str:
    found: list[str] = []
    hidden_by: str | None = None
    for token in tokens:
        if token.type == "html_inline":
            tag = re.match(r"</?(\w+)", token.content)
            if hidden_by is None and tag and _HIDES.search(token.content):
                hidden_by = tag.group(1)
            elif hidden_by and token.content.startswith(f"</{hidden_by}"):
                hidden_by = None
        elif hidden_by is None and token.type in ("text", "code_inline"):
            found.append(token.content)
        elif token.type in _BREAKS:
            found.append(" ")
    return "".join(found)
