"""Lay two texts side by side, line by line; what is equal far from a change is folded away."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

CONTEXT = 3
Mark = Literal["same", "changed", "added", "removed", "fold"]


@dataclass(frozen=True, slots=True)
class Line:
    """One row: the line before and the line after, with their numbers; None where there is none."""

    mark: Mark
    before: tuple[int, str] | None = None
    after: tuple[int, str] | None = None
    folded: int = 0
    """How many equal lines are left out here."""


def side_by_side(before: str, after: str) -> list[Line]:
    """Return the rows of a comparison; empty when the texts are equal."""
    left, right = before.splitlines(), after.splitlines()
    if left == right:
        return []
    matcher = SequenceMatcher(None, left, right, autojunk=False)
    rows: list[Line] = []
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag == "equal":
            rows += _same(left[a:b], a, c, is_first=a == 0, is_last=b == len(left))
        else:
            rows += _changed(left[a:b], a, right[c:d], c)
    return rows


def _same(lines: Sequence[str], a: int, c: int, *, is_first: bool, is_last: bool) -> Iterator[Line]:
    head = 0 if is_first else CONTEXT
    tail = 0 if is_last else CONTEXT
    hidden = len(lines) - head - tail
    for at, line in enumerate(lines):
        if hidden > 1 and head <= at < head + hidden:
            if at == head:
                yield Line("fold", folded=hidden)
            continue
        yield Line("same", (a + at + 1, line), (c + at + 1, line))


def _changed(left: Sequence[str], a: int, right: Sequence[str], c: int) -> Iterator[Line]:
    for at in range(max(len(left), len(right))):
        before = (a + at + 1, left[at]) if at < len(left) else None
        after = (c + at + 1, right[at]) if at < len(right) else None
        mark: Mark = "changed" if before and after else "added" if after else "removed"
        yield Line(mark, before, after)
