"""The sentences of a procedure as fields of a form, grouped as callers meet them, and back."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from aurora.site.yaml_text import Path, sentences_in, with_scalars

SAID = frozenset({"title", "first_line", "do", "ask", "again", "say"})
TEXTS_IN_MIND = 16
"""Texts that people have before them: each is read once, not at every look."""
LISTS = frozenset({"say", "heard", "comfort", "count", "change_over"})


@dataclass(frozen=True, slots=True)
class Field:
    """One sentence."""

    name: str
    """Of the form's field: "then/0/do"."""
    part: str
    """What of its group it is: do, ask, again, say, heard, if_yes, if_no, ..."""
    value: str


@dataclass(frozen=True, slots=True)
class Group:
    """Sentences that belong together."""

    kind: str
    """opening, step, question, reply, comfort or rhythm."""
    name: str
    """Which of its kind: the step's number, the reply's id; empty for one of a kind."""
    fields: list[Field] = field(default_factory=list)


@lru_cache(TEXTS_IN_MIND)
def groups_of(text: str) -> Sequence[Group]:
    """Return every sentence that callers hear or say, in the file's order; raises SiteError."""
    groups: dict[str, Group] = {}
    scalars = list(sentences_in(text))
    ids = {path[:2]: value for path, value in scalars if path[2:] == ("id",)}
    for path, value in _said(scalars):
        key = _group(path)
        if key not in groups:
            groups[key] = Group(_kind(path), _name(path, ids))
        groups[key].fields.append(Field(name_of(path), _part(path), value))
    return tuple(groups.values())


def with_sentences(text: str, given: Mapping[str, str]) -> str:
    """Return the text with the sentences that differ replaced; raises SiteError."""
    changed: dict[Path, str] = {}
    for path, value in _said(sentences_in(text)):
        words = " ".join(given.get(name_of(path), value).split())
        if words != value:
            changed[path] = words
    return with_scalars(text, changed)


def name_of(path: Path) -> str:
    return "/".join(map(str, path))


def _said(scalars: Iterable[tuple[Path, str]]) -> Iterator[tuple[Path, str]]:
    for path, value in scalars:
        in_list = isinstance(path[-1], int) and path[-2:-1] and path[-2] in LISTS
        if path[-1] in SAID or in_list:
            yield path, value


def _group(path: Path) -> str:
    return "/".join(map(str, path[:2])) if path[0] in ("then", "replies") else _kind(path)


def _kind(path: Path) -> str:
    if path[0] == "then":
        return "question" if path[2] in ("ask", "if_yes", "if_no") else "step"
    kinds = {"replies": "reply", "comfort": "comfort", "rhythm": "rhythm"}
    return kinds.get(str(path[0]), "opening")


def _name(path: Path, ids: Mapping[Path, str]) -> str:
    if path[0] == "then":
        return str(int(path[1]) + 1)
    return ids.get(path[:2], "") if path[0] == "replies" else ""


def _part(path: Path) -> str:
    named = [str(part) for part in path if isinstance(part, str)]
    branch = next((part for part in named if part in ("if_yes", "if_no")), None)
    return branch or named[-1]
