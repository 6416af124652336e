"""The words of a call that a search found it by, with those words marked; pure."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from aurora.conversation.record import Message
from aurora.records.search_words import Wanted, words_of

SHOWN_CHARS = 180
_TOKEN = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of an excerpt."""

    text: str
    is_found: bool = False


def excerpt(messages: Sequence[Message], wanted: Sequence[Wanted]) -> list[Piece]:
    """Return the first words that have most of what was wanted; else the caller's first ones."""
    if not messages:
        return []
    best = max(messages, key=lambda message: _hits(message.content, wanted)) if wanted else None
    if best is None or not _hits(best.content, wanted):
        heard = [message for message in messages if message.role == "user"]
        return _pieces((heard or list(messages))[0].content[:SHOWN_CHARS], ())
    text = best.content
    first = next(at for at, word in _words(text) if _is_wanted(word, wanted))
    start = max(0, first - SHOWN_CHARS // 3)
    if start:
        start = text.find(" ", start) + 1
    cut = text[start : start + SHOWN_CHARS]
    before = [Piece("… ")] if start else []
    after = [Piece(" …")] if start + SHOWN_CHARS < len(text) else []
    return [*before, *_pieces(cut, wanted), *after]


def _pieces(text: str, wanted: Sequence[Wanted]) -> list[Piece]:
    pieces: list[Piece] = []
    done = 0
    for at, word in _words(text):
        if not _is_wanted(word, wanted):
            continue
        pieces += [Piece(text[done:at]), Piece(word, is_found=True)]
        done = at + len(word)
    return [piece for piece in (*pieces, Piece(text[done:])) if piece.text]


def _words(text: str) -> Iterable[tuple[int, str]]:
    return ((match.start(), match[0]) for match in _TOKEN.finditer(text))


def _hits(text: str, wanted: Sequence[Wanted]) -> int:
    found = {part for _, word in _words(text) for part in words_of(word)}
    return sum(_has(found, one) for one in wanted)


def _has(found: Iterable[str], one: Wanted) -> bool:
    return all(
        any(have == word or (one.is_beginning and have.startswith(word)) for have in found)
        for word in one.words
    )


def _is_wanted(word: str, wanted: Sequence[Wanted]) -> bool:
    parts = words_of(word)
    return any(
        part == asked or (one.is_beginning and part.startswith(asked))
        for one in wanted
        for asked in one.words
        for part in parts
    )
